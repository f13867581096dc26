"""The platform of one home: lock, guard, parts, preparation, processes; stopped in the opposite order."""

import asyncio
import signal
from collections.abc import Awaitable, Callable, Collection, Coroutine, Iterable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from typing import Any

from huzhu.environment import service_environment
from huzhu.home import SERVICES, Home
from huzhu.parts import EmbeddedKafka, EmbeddedPostgres, EmbeddedSeaweed, EmbeddedValkey
from huzhu.parts.part import Part
from huzhu.processes.program import end_orphan, recorded
from huzhu.supervisor.child import Child, ChildProcess
from huzhu.supervisor.disk import watch_disk
from huzhu.supervisor.guard import Guard
from huzhu.supervisor.logs import keep_rotating
from huzhu.supervisor.progress import PlainProgress, Progress
from huzhu.supervisor.replacing import REPLACE_SIGNAL, take_asked
from huzhu.supervisor.restart import keep_running

_OWNER = "_OWNER_DATABASE_URL"
_TELL_S = 10.0
_STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM)
REPLACED = "replaced"
NOT_REPLACED = "not replaced"


class Platform:
    """Everything `make run` runs.

    children: the processes; each gets `process_environment()`, which has `variables` in it, and its own `env`.
    prepare: awaited when the parts answer and before the processes start (migrations, demo data).
    """

    def __init__(
        self,
        home: Home,
        children: Sequence[Child] = (),
        *,
        public_url: str = "http://127.0.0.1:8080",
        variables: Mapping[str, str] | None = None,
        prepare: Callable[["Platform"], Awaitable[None]] | None = None,
        progress: Progress | None = None,
        kafka: EmbeddedKafka | None = None,
    ) -> None:
        self.home = home
        self.public_url = public_url
        self.progress = progress or PlainProgress()
        self.postgres = EmbeddedPostgres(home)
        self.valkey = EmbeddedValkey(home)
        self.seaweed = EmbeddedSeaweed(home)
        self.kafka = kafka
        self.processes: list[ChildProcess] = []
        self._children = list(children)
        self._variables = dict(variables or {})
        self._prepare = prepare
        self._guard = Guard(home)
        self._undo = AsyncExitStack()
        self._watchers: dict[str, asyncio.Task[None]] = {}
        self._replacing: asyncio.Task[None] | None = None

    @property
    def parts(self) -> tuple[Part, ...]:
        """The servers it stands on."""
        broker = () if self.kafka is None else (self.kafka,)
        return self.postgres, self.valkey, self.seaweed, *broker

    @property
    def units(self) -> list[Part | ChildProcess]:
        """Parts and processes."""
        return [*self.parts, *self.processes]

    @property
    def pids(self) -> dict[str, int]:
        """The process of each part, of each child and of the guard, those that run."""
        found = {unit.name: unit.pid for unit in self.units} | {"guard": self._guard.pid}
        return {name: pid for name, pid in found.items() if pid is not None}

    def environment(self) -> dict[str, str]:
        """Addresses and secrets, the databases' owners included (migrations). The parts must have been started."""
        addresses = service_environment(
            self.home,
            postgres=self.postgres,
            valkey=self.valkey,
            seaweed=self.seaweed,
            public_url=self.public_url,
        )
        bus = {} if self.kafka is None else self.kafka.environment({name: name for name in SERVICES})
        return {**addresses, **bus, **self._variables}

    def process_environment(self) -> dict[str, str]:
        """The same without the owners: a running process can change no table and pass no row-level security."""
        return {name: value for name, value in self.environment().items() if not name.endswith(_OWNER)}

    async def start(self) -> None:
        """Starts all; when something fails or is cancelled, what was started is stopped again.

        Raises HomeInUse, SecretsUnusable, PartFailed, ChildFailed and what `prepare` raises.
        """
        try:
            self._undo.enter_context(self.home.lock())
            for child in self._children:
                if child.door is not None:
                    self._undo.push_async_callback(child.door.close)
                    await child.door.stand_in()
            await self._guard.start()
            self._undo.push_async_callback(self._guard.dismiss)
            await self._end_orphans()
            self._undo.push_async_callback(self._stop_all, self.parts)
            await _all(self._start_part(part) for part in self.parts)
            if self._prepare is not None:
                await self._prepare(self)
            shared = self.process_environment()
            self.processes = [ChildProcess(self.home, child, shared) for child in self._children]
            self._undo.push_async_callback(self._stop_all, self.processes)
            await _all(self._start_child(process) for process in self.processes)
        except BaseException:
            await self.stop()
            raise
        for unit in self.units:
            self._watch(unit)
        self._watchers["logs"] = asyncio.create_task(keep_rotating(self.home.logs))
        self._watchers["disk"] = asyncio.create_task(watch_disk(self.home.path, self.progress.say))

    async def stop(self) -> None:
        """Stops the processes, then the parts; nothing is left afterwards. May be called twice."""
        if self._replacing is not None:
            self._replacing.cancel()
            await asyncio.gather(self._replacing, return_exceptions=True)
        await self._unwatch(*self._watchers)
        await self._undo.aclose()

    async def replace_processes(self, services: Collection[str] = SERVICES) -> None:
        """Brings databases up to date and replaces these services' processes by new ones, of the code as it is now.

        An api's successor answers before the old one ends; where it does not get ready the old one stays.
        Raises ChildFailed and what `prepare` raises; what was replaced before stays replaced.
        """
        if self._prepare is not None:
            await self._prepare(self)
        for place, process in enumerate(self.processes):
            if process.child.service in services:
                await self._replace(place)

    async def _replace(self, place: int) -> None:
        old = self.processes[place]
        with self.progress.step(f"{old.title} is replaced"):
            if old.child.successor is None:
                await self._unwatch(old.name)
                await old.stop()
                await self._start_again(old)
                return
            child = replace(old.child.successor, successor=replace(old.child, successor=None))
            new = ChildProcess(self.home, child, self.process_environment())
            try:
                await new.start()
                await new.ready()
                await asyncio.sleep(child.known_after_s)
            except BaseException:
                await new.stop()
                raise
            self.processes[place] = new
            self._watch(new)
            await self._unwatch(old.name)
            await old.stop()

    async def _start_again(self, process: ChildProcess) -> None:
        try:
            await process.start()
            await process.ready()
        finally:
            self._watch(process)

    async def run_forever(
        self, *, started: Callable[["Platform"], Awaitable[None] | None] | None = None
    ) -> None:
        """Starts, runs until Ctrl-C, SIGTERM or hang-up, and stops.

        started: called once everything runs (to print the addresses).
        """
        loop = asyncio.get_running_loop()
        asked = asyncio.Event()
        starting = asyncio.ensure_future(self.start())

        def on_signal() -> None:
            if not asked.is_set():  # a second Ctrl-C must not interrupt the stopping
                asked.set()
                starting.cancel()
                self.progress.say("stopping …")  # last: who listened may be gone

        heard = list(
            _STOP_SIGNALS
        )  # SIGINT too where a script's `&` had it ignored: whoever sends it means it
        if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:  # nohup
            heard.append(signal.SIGHUP)
        for number in heard:
            loop.add_signal_handler(number, on_signal)
        loop.add_signal_handler(REPLACE_SIGNAL, self._on_replace)
        try:
            await asyncio.wait([starting])
            if not starting.cancelled():
                starting.result()
                if started is not None and (told := started(self)) is not None:
                    await told
                self.home.announced()
                await asked.wait()
        finally:
            if not asked.is_set():
                starting.cancel()
            await asyncio.gather(starting, return_exceptions=True)
            await self.stop()
            for number in (*heard, REPLACE_SIGNAL):
                loop.remove_signal_handler(number)

    def _on_replace(self) -> None:
        if self._watchers and (self._replacing is None or self._replacing.done()):
            self._replacing = asyncio.create_task(self._replace_and_say())

    async def _replace_and_say(self) -> None:
        """Does what was asked for, and what is asked for meanwhile after it."""
        while services := take_asked(self.home):
            try:
                await self.replace_processes(services)
            except Exception as error:
                self.progress.say(f"{NOT_REPLACED}: {error}")
            else:
                self.progress.say(f"{REPLACED}: {', '.join(services)}")

    def _watch(self, unit: Part | ChildProcess) -> None:
        self._watchers[unit.name] = asyncio.create_task(keep_running(unit, self.progress.say))

    async def _unwatch(self, *names: str) -> None:
        ended = [self._watchers.pop(name) for name in names if name in self._watchers]
        for watcher in ended:
            watcher.cancel()
        await asyncio.gather(*ended, return_exceptions=True)

    async def _end_orphans(self) -> None:
        """Ends what an earlier, killed run has left: processes first, the parts see to themselves later."""
        own = {part.name for part in self.parts}
        await asyncio.gather(
            *(end_orphan(self.home, name) for name in recorded(self.home) if name not in own)
        )

    async def _start_part(self, part: Part) -> None:
        with self.progress.step(f"{part.title} starts"):
            telling = asyncio.create_task(self._tell(part))
            try:
                await part.start()
            finally:
                telling.cancel()

    async def _tell(self, part: Part) -> None:
        """Says now and then what a part that takes long is at: replaying the log after a restore may take an hour."""
        while True:
            await asyncio.sleep(_TELL_S)
            if (words := part.doing()) is not None:
                self.progress.say(f"  …       {part.title}: {words}")

    async def _start_child(self, process: ChildProcess) -> None:
        with self.progress.step(f"{process.title} starts"):
            await process.start()
            await process.ready()

    @staticmethod
    async def _stop_all(units: Sequence[Part | ChildProcess]) -> None:
        await asyncio.gather(*(unit.stop() for unit in units))


async def _all(starts: Iterable[Coroutine[Any, Any, None]]) -> None:
    """Runs them together; on a failure the others are cancelled and waited for, and the first error raised."""
    try:
        async with asyncio.TaskGroup() as group:
            for start in starts:
                group.create_task(start)
    except BaseExceptionGroup as errors:
        raise errors.exceptions[0] from None
