"""What the parts have in common: orphan ended, started, waited for, stopped; `async with` for tests."""

import asyncio
import time
from types import TracebackType
from typing import ClassVar, Self

from huzhu.home import Home
from huzhu.parts.ports import Ports, RememberedPorts
from huzhu.processes.program import Program, Running, end_orphan, spawn

_POLL_S = 0.03
_STARTS = 3  # another program may take a chosen port before the server does


class PartFailed(RuntimeError):
    """A part could not be started; the message ends with the tail of its log."""


class NotYet(Exception):
    """The server is still starting."""


class AtWork(NotYet):
    """The server itself says that it works (replays its log): that takes as long as it takes."""


class Part:
    """One server of one home. It may be started again after it has ended.

    A part imports its server's client where it asks: most commands of `huzhu` want addresses only, and at once.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    ready_within_s: ClassVar[float] = 60.0

    def __init__(self, home: Home) -> None:
        self.home = home
        self._running: Running | None = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    @property
    def pid(self) -> int | None:
        """Its process id while it runs."""
        return self._running.pid if self._running and self._running.alive else None

    def attach(self) -> Self:
        """Uses the server that another process of ours runs on this home; starts and stops nothing.

        Raises PartFailed when none has ever been started there.
        """
        try:
            self.use_ports(RememberedPorts(self.home))
        except KeyError:
            raise PartFailed(f"{self.title} has never been started on {self.home.path}.") from None
        return self

    async def start(self) -> None:
        """Ends an own orphan of an earlier run, starts the server and waits until it answers.

        Raises PartFailed, StillRunning.
        """
        await end_orphan(self.home, self.name)
        await self.prepare()
        for attempt in range(1, _STARTS + 1):
            self.use_ports(Ports(self.home))
            self._running = await spawn(self.home, self.program())
            try:
                await self._wait_ready(self._running)
            except BaseException as error:
                ended_by_itself = isinstance(error, PartFailed) and not self._running.alive
                await self.stop()
                if not ended_by_itself or attempt == _STARTS:
                    raise
            else:
                break
        await self.complete()

    async def stop(self) -> None:
        """Asks the server to end, waits; kills it only after the deadline."""
        if self._running:
            await self._running.stop()
            self._running = None

    async def wait(self) -> int:
        """Waits until the server ends by itself; returns its exit code (negative: a signal)."""
        if self._running is None:
            return 0
        return await self._running.process.wait()

    async def ready(self) -> None:
        """A part that has been started answers."""

    async def prepare(self) -> None:
        """What has to be there before the first start (data folder, downloads)."""

    def use_ports(self, ports: Ports) -> None:
        """Takes the ports it listens on."""
        raise NotImplementedError

    def program(self) -> Program:
        """The program to run on these ports."""
        raise NotImplementedError

    async def answers(self) -> None:
        """Asks the server something real; raises NotYet, OSError or TimeoutError until it is ready."""
        raise NotImplementedError

    def doing(self) -> str | None:
        """What the starting server is at, in words, where it can be told."""
        return None

    async def complete(self) -> None:
        """What is done once it answers."""

    async def _wait_ready(self, running: Running) -> None:
        """Waits as long as the server says that it works; `ready_within_s` bounds its silence."""
        until = time.monotonic() + self.ready_within_s
        while True:
            if not running.alive:
                raise PartFailed(f"{self.title} ended at its start; {running.last_words()}")
            try:
                return await self.answers()
            except (NotYet, OSError, TimeoutError) as error:
                if isinstance(error, AtWork):
                    until = time.monotonic() + self.ready_within_s
                elif time.monotonic() > until:
                    late = f"{self.title} did not answer in time ({error})"
                    raise PartFailed(f"{late}; {running.last_words()}") from error
                await asyncio.sleep(_POLL_S)
