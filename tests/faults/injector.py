"""Breaks things at random: kill -9 of each process, of a database backend, stops of a worker; all from one seed."""

import asyncio
import os
import random
import signal
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field

import psutil

from .system import PROCESSES, WORKERS, System

BETWEEN_SECONDS = (0.2, 1.5)
DOWN_SECONDS = (0.0, 0.8)
STOPPED_SECONDS = (0.5, 3.0)
ZOMBIE_SECONDS = 13.0
"""Longer than a Kafka session: the group goes on without the stopped member, who does not know it."""


@dataclass
class Injector:
    """Rounds of faults, each choosing its victims."""

    system: System
    chance: random.Random
    done: Counter[str] = field(default_factory=Counter)

    async def run(self, seconds: float) -> None:
        """Break things for so long; afterwards everything is started again."""
        end = time.monotonic() + seconds
        zombie = asyncio.create_task(self._zombie(seconds)) if self.system.kafka else None
        try:
            while time.monotonic() < end:
                await asyncio.sleep(self.chance.uniform(*BETWEEN_SECONDS))
                await self._round()
        finally:
            if zombie:
                await zombie
        await self.system.start_all()

    async def _round(self) -> None:
        kinds = ["worker", "worker", "api", "postgres", "backend", "stop", "two", "valkey"]
        if self.system.kafka:
            kinds += ["kafka", "kafka"]
        kind = self.chance.choice(kinds)
        self.done[kind] += 1
        if kind == "backend":
            self._kill_backend()
        elif kind == "stop":
            await self._stop_worker()
        else:
            await self._kill(self._victims(kind))

    def _victims(self, kind: str) -> list[str]:
        if kind == "worker":
            return [self.chance.choice(WORKERS)]
        if kind == "two":
            return self.chance.sample([*PROCESSES, "postgres"], 2)
        return [kind]

    async def _kill(self, victims: list[str]) -> None:
        for name in victims:
            await self.system.kill(name)
        await asyncio.sleep(self.chance.uniform(*DOWN_SECONDS))
        for name in self.chance.sample(victims, len(victims)):
            await self.system.start(name)

    def _kill_backend(self) -> None:
        """Kill one server process of PostgreSQL, which makes it end all connections and recover."""
        assert self.system.postgres.pid is not None
        backends = [
            child
            for child in psutil.Process(self.system.postgres.pid).children()
            if "huzhu_" in " ".join(child.cmdline())
        ]
        if backends:
            with suppress(psutil.Error):
                self.chance.choice(backends).kill()

    async def _stop_worker(self) -> None:
        await self._freeze(self.chance.choice(WORKERS), self.chance.uniform(*STOPPED_SECONDS))

    async def _freeze(self, name: str, seconds: float) -> None:
        pid = self.system.nursery.pids.get(name)
        if pid is None:
            return
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGSTOP)
            await asyncio.sleep(seconds)
            if self.system.nursery.pids.get(name) == pid:
                os.kill(pid, signal.SIGCONT)

    async def _zombie(self, seconds: float) -> None:
        """Once in between, stop a worker for longer than its group waits for it."""
        await asyncio.sleep(seconds * self.chance.uniform(0.2, 0.6))
        self.done["zombie"] += 1
        await self._freeze(self.chance.choice(WORKERS), ZOMBIE_SECONDS)
