"""A process of the platform itself (api, worker, recognition): given as a command, started again when it crashes."""

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from huzhu.home import SERVICES, Home
from huzhu.processes.program import Program, Running, end_orphan, spawn
from huzhu.supervisor.front import FrontDoor

_POLL_S = 0.1


class ChildFailed(RuntimeError):
    """A process ended or did not get ready while the platform started; the message ends with its log."""


@dataclass(frozen=True)
class Child:
    """What to run. Secrets belong into `env`, never into `argv`, which every user of the machine can read."""

    name: str
    argv: list[str]
    env: Mapping[str, str] = field(default_factory=dict)
    cwd: Path = field(default_factory=Path.cwd)
    ready_url: str | None = None
    """Answers 200 when the process is ready; None: it counts as ready at once."""
    ready_within_s: float = 600.0
    stop_within_s: float = 15.0
    door: FrontDoor | None = None
    """The socket that it serves on; while the process is away the supervisor answers there."""
    service: str | None = None
    """The one service whose settings it gets beside the common ones; None: all."""
    successor: "Child | None" = None
    """What takes its place at a replacement: the same on another port, so that both run for a moment."""
    known_after_s: float = 0.0
    """How long after it is ready a gateway may still hold it for away: it must not be alone before."""


class ChildProcess:
    """One child of one home; may be started again after it has ended."""

    def __init__(self, home: Home, child: Child, environment: Mapping[str, str]) -> None:
        self.home = home
        self.child = child
        own = own_variables(environment, child.service) if child.service else environment
        self._environment = {**own, **child.env}
        if child.door is not None:
            self._environment["HUZHU_LISTEN_FD"] = str(child.door.fileno())
        self._running: Running | None = None

    @property
    def name(self) -> str:
        """Its name, also that of its log."""
        return self.child.name

    @property
    def title(self) -> str:
        """Its name as shown to people."""
        return self.child.name

    @property
    def pid(self) -> int | None:
        """Its process id while it runs."""
        return self._running.pid if self._running and self._running.alive else None

    async def start(self) -> None:
        """Ends an own orphan of an earlier run and starts it; does not wait until it is ready."""
        await end_orphan(self.home, self.name)
        door = self.child.door
        if door is not None:
            await door.stand_in()
        program = Program(
            self.name,
            self.child.argv,
            self.child.cwd,
            self._environment,
            stop_within_s=self.child.stop_within_s,
            inherit=True,
            pass_fds=() if door is None else (door.fileno(),),
        )
        self._running = await spawn(self.home, program)

    async def ready(self) -> None:
        """Waits until its address answers 200. Raises ChildFailed when it ends or takes too long."""
        await self._until_ready()
        if self.child.door is not None:
            await self.child.door.stand_down()

    async def _until_ready(self) -> None:
        if self.child.ready_url is None:
            return
        until = time.monotonic() + self.child.ready_within_s
        async with httpx.AsyncClient(timeout=5, trust_env=False) as client:
            while self._running is not None and not await _answers(client, self.child.ready_url):
                if not self._running.alive:
                    raise ChildFailed(f"{self.name} ended at its start; {self._running.last_words()}")
                if time.monotonic() > until:
                    raise ChildFailed(
                        f"{self.name} 在规定时间内没有就绪，多半是机器太忙；再次运行同一命令即可继续。"
                        f" It is not ready in time, as on a busy machine: run the same command again."
                        f" {self._running.last_words()}"
                    )
                await asyncio.sleep(_POLL_S)

    async def stop(self) -> None:
        """SIGTERM, then after its deadline SIGKILL to its group and descendants."""
        if self._running:
            await self._running.stop()
            self._running = None

    async def wait(self) -> int:
        """Waits until it ends; returns its exit code."""
        code = await self._running.process.wait() if self._running else 0
        if self.child.door is not None:
            await self.child.door.stand_in()
        return code


def own_variables(environment: Mapping[str, str], service: str) -> dict[str, str]:
    """Return an environment without the settings of the other services: a process knows no foreign database."""
    foreign = tuple(f"{name.upper()}_" for name in SERVICES if name != service)
    return {name: value for name, value in environment.items() if not name.startswith(foreign)}


async def _answers(client: httpx.AsyncClient, address: str) -> bool:
    try:
        return (await client.get(address)).status_code == httpx.codes.OK
    except httpx.HTTPError:
        return False
