"""A reading process of one's own, seen from the parent: asked, watched, killed when it takes too long.

Not a ProcessPoolExecutor: that breaks as a whole when one process dies, so that a document would be blamed for its
neighbour's crash, and it offers no way to stop a single task that takes too long.
"""

import asyncio
import multiprocessing
import time
from contextlib import suppress
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from typing import Any

import orjson

from . import rules
from .child import PICTURES, READ, serve

SPAWN = multiprocessing.get_context("spawn")
START_SECONDS = 120.0


class ReadingDied(Exception):
    """The process ended, was too slow or failed at this document; `problem` says which, as a code."""

    def __init__(self, problem: str) -> None:
        self.problem = problem
        super().__init__(problem)


class ReaderNotStarting(ConnectionError):
    """No reading process comes up (memory, models): not the document's fault, tried again."""


class Reader:
    """One reading process at a time, started at the first document, after a crash, and where one has grown too large.

    `most_mb`: what a process may hold between two documents. What a page takes on top of it is given back, but what
    stays between pieces in use is not: after many pages of many kinds a process is larger than at its beginning.
    """

    def __init__(self, *, threads: int, most_mb: int = 600) -> None:
        self._threads = threads
        self._most_mb = most_mb
        self._process: SpawnProcess | None = None
        self._connection: Connection | None = None
        self._used_at = time.monotonic()

    @property
    def pid(self) -> int | None:
        """Of the process, if there is one."""
        return self._process.pid if self._process else None

    async def read(self, data: bytes, *, within: float, pictures_only: bool = False) -> dict[str, Any]:
        """Return the process's answer; ReadingDied or ReaderNotStarting. Cancelled, it kills the process."""
        asking = asyncio.get_running_loop().run_in_executor(None, self._ask, data, within, pictures_only)
        try:
            return await asyncio.shield(asking)
        except asyncio.CancelledError:
            self.kill()
            with suppress(Exception):
                await asking
            raise

    def rest(self, *, after: float) -> None:
        """End the process if it has had no work for `after` seconds; its memory is the largest of all."""
        if self._process is not None and time.monotonic() - self._used_at > after:
            self.stop()

    def kill(self) -> None:
        """End the process at once; whoever waits for its answer is told that it died."""
        if self._process is not None:
            self._process.kill()

    def stop(self) -> None:
        """End the process and forget it."""
        self.kill()
        if self._connection is not None:
            self._connection.close()
        if self._process is not None:
            self._process.join(10)
        self._process = self._connection = None

    def _ask(self, data: bytes, within: float, pictures_only: bool) -> dict[str, Any]:
        connection = self._started()
        try:
            connection.send_bytes(PICTURES if pictures_only else READ)
            connection.send_bytes(data)
            if not connection.poll(within):
                raise ReadingDied(rules.TOO_LONG)
            answer: dict[str, Any] = orjson.loads(connection.recv_bytes())
            answer["pictures"] = [connection.recv_bytes() for _ in range(answer.get("pictures", 0))]
        except (EOFError, OSError):
            self.stop()
            raise ReadingDied(rules.CRASHED) from None
        except ReadingDied:
            self.stop()
            raise
        self._used_at = time.monotonic()
        if answer.pop("resident_mb", 0) > self._most_mb:
            self.stop()
        if "failed" in answer:
            raise ReadingDied(rules.FAILED)
        return answer

    def _started(self) -> Connection:
        if self._process is not None and self._process.is_alive() and self._connection is not None:
            return self._connection
        self.stop()
        mine, theirs = SPAWN.Pipe()
        self._process = SPAWN.Process(
            target=serve, args=(theirs, self._threads, self._most_mb), name="reader", daemon=True
        )
        self._connection = mine
        self._process.start()
        theirs.close()
        try:
            if mine.poll(START_SECONDS) and mine.recv_bytes():
                return mine
        except (EOFError, OSError):
            pass
        self.stop()
        raise ReaderNotStarting("no reading process")
