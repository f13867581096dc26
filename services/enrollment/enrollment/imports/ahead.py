"""Reads a file ahead of its check: read parts are small, and what refuses a file shows before all is checked."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Self

from .pool import Lane
from .tasks import KnownRow, ReadPart, RosterTask, begin_roster, end_roster, read_part

AHEAD = 8
"""Parts that wait to be checked at most: more would only take memory."""


class Reading:
    """A file, or rows, on the way out of the process that reads them. `total` is 0 until all of it has been read."""

    def __init__(self, lane: Lane) -> None:
        self.total = 0
        self._lane = lane
        self._parts: asyncio.Queue[ReadPart | None] = asyncio.Queue(AHEAD)
        self._problem: Exception | None = None
        self._task = asyncio.create_task(self._read())

    @classmethod
    async def begin(cls, lane: Lane, task: RosterTask, path: Path | None, rows: Sequence[KnownRow]) -> Self:
        """Begin to read; raises what refuses the file at once."""
        await lane.reader.run(begin_roster, task, path, rows)
        return cls(lane)

    @property
    def over(self) -> bool:
        """Whether all of it has been read."""
        return self._task.done()

    async def next(self) -> ReadPart | None:
        """Return the next part, or None after the last; raises what refuses the file as soon as that is known."""
        part = await self._parts.get()
        if self._problem is not None:
            raise self._problem
        return part

    async def end(self) -> None:
        """Stop reading and let the process forget the file."""
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        await self._lane.reader.run(end_roster)

    async def _read(self) -> None:
        rows = 0
        try:
            while (part := await self._lane.reader.run(read_part)) is not None:
                rows += part.rows
                await self._parts.put(part)
                if part.last:
                    break
            self.total = rows
        except Exception as problem:
            self._problem = problem
        await self._parts.put(None)
