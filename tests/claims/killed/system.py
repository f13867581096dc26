"""The claims service as processes of its own, and a client that asks again until it is answered."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from common.testing import Client, Mint
from huzhu.home import Home
from huzhu.parts.ports import Ports
from tests.faults.system import Nursery

from .nursery import JWKS, KILL

ANSWER_SECONDS = 60.0


@dataclass
class Killed:
    """An api and, if it is started, a worker; `kills` counts how often one died."""

    nursery: Nursery
    environment: dict[str, str]
    folder: Path
    port: int
    kills: int = 0
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def order(self) -> Path:
        return self.folder / "kill"

    def arm(self, moment: str) -> None:
        """Let the process die before or after its next commit."""
        self.order.write_text(moment)

    async def start(self, name: str) -> None:
        """Start a process unless it runs."""
        if name not in self.nursery.pids:
            job = {"role": name, "env": self.environment, "log": str(self.folder / f"{name}.log")}
            await self.nursery.start(name, job)

    async def revive(self) -> None:
        """The api did not answer: start it if it died, and wait until it answers."""
        async with self._lock:
            end = time.monotonic() + ANSWER_SECONDS
            async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{self.port}", trust_env=False) as http:
                while time.monotonic() < end:
                    if "api" not in self.nursery.pids:
                        self.kills += 1
                        await self.start("api")
                    with suppress(httpx.TransportError):
                        if (await http.get("/readyz")).status_code == 200:
                            return
                    await asyncio.sleep(0.02)
            raise AssertionError((self.folder / "api.log").read_text()[-4000:])


class Persistent(httpx.AsyncBaseTransport):
    """Sends a request until it is answered, the same request with the same key each time."""

    def __init__(self, system: Killed) -> None:
        self._system = system
        self._inner = httpx.AsyncHTTPTransport()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await request.aread()
        while True:
            try:
                return await self._inner.handle_async_request(request)
            except httpx.TransportError:
                await self._inner.aclose()
                self._inner = httpx.AsyncHTTPTransport()
                await self._system.revive()

    async def aclose(self) -> None:
        await self._inner.aclose()


@asynccontextmanager
async def killed_system(
    home: Home, environment: dict[str, str], mint: Mint, folder: Path
) -> AsyncIterator[Killed]:
    """Run the api on the databases of the tests."""
    port = Ports(home).take("claims-api")
    env: dict[str, Any] = {
        **{name: value for name, value in environment.items() if "_OWNER_" not in name},
        JWKS: json.dumps({"keys": [mint.key.as_dict(private=False)]}),
        KILL: str(folder / "kill"),
        "PORT": str(port),
        "CLAIMS_FEED_EVERY": "PT0.2S",
    }
    nursery = await Nursery.open("tests.claims.killed.nursery")
    system = Killed(nursery, env, folder, port)
    try:
        await system.start("api")
        await system.revive()
        yield system
    finally:
        await nursery.close()


@asynccontextmanager
async def client_of_system(system: Killed, like: Client) -> AsyncIterator[Client]:
    """A client that reaches the processes; its context is the test's own, for looking at the database."""
    async with httpx.AsyncClient(
        transport=Persistent(system), base_url=f"http://127.0.0.1:{system.port}", timeout=60
    ) as http:
        yield Client(like.app, http, like.mint)
