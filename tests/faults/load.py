"""Clients on loopback: several tenants and keys, each request repeated with its own key until it is answered."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from uuid import UUID

import httpx

from common.auth.actor import Actor, ActorKind
from common.ids import new_id
from common.testing import Mint

from .history import POISONED_KEY, History, Sent
from .sample import WRITE

KEYS = ("a", "b", "c", "d", "e", "f")
POISON_SHARE = 0.03
REPEAT_SECONDS = (0.05, 0.5)
LIFETIME = 3600


@dataclass
class Load:
    """Sends requests and keeps the history of what was answered."""

    url: str
    mint: Mint
    tenants: list[UUID]
    chance: random.Random
    history: History = field(default_factory=History)
    repeated: int = 0

    def __post_init__(self) -> None:
        self._headers = {tenant: self._authorization(tenant) for tenant in self.tenants}
        self._http = httpx.AsyncClient(base_url=self.url, timeout=10, trust_env=False)

    def _authorization(self, tenant: UUID) -> dict[str, str]:
        actor = Actor(
            kind=ActorKind.STAFF,
            id=new_id(),
            tenant_id=tenant,
            tenant=f"t{tenant.hex[:8]}",
            permissions=frozenset({WRITE}),
            session_id=new_id(),
        )
        return {"Authorization": f"Bearer {self.mint.token(actor, lifetime=LIFETIME)}"}

    async def request(self, tenant: UUID, key: str) -> int:
        """Send one request until it is answered; return the number it was given."""
        name = str(new_id())
        self.history.sent[name] = Sent(str(tenant), key)
        headers = {**self._headers[tenant], "Idempotency-Key": name}
        while True:
            number = await self._try(name, key, headers)
            if number is not None:
                return number
            self.repeated += 1
            await asyncio.sleep(self.chance.uniform(*REPEAT_SECONDS))

    async def _try(self, name: str, key: str, headers: dict[str, str]) -> int | None:
        try:
            answer = await self._http.post("/things", json={"key": key, "request": name}, headers=headers)
        except httpx.TransportError:
            return None
        if answer.status_code == 503:
            return None
        if answer.status_code != 201:
            self.history.refused.append(f"{answer.status_code} {answer.text}")
            return -1
        number: int = answer.json()["number"]
        self.history.answered[name].append(number)
        # Now and then ask again: the answer must be the same.
        if self.chance.random() < 0.02:
            await self._try(name, key, headers)
        return number

    async def _client(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            key = POISONED_KEY if self.chance.random() < POISON_SHARE else self.chance.choice(KEYS)
            await self.request(self.chance.choice(self.tenants), key)
            await asyncio.sleep(self.chance.uniform(0, 0.04))

    @asynccontextmanager
    async def running(self, clients: int, *, deadline: float) -> AsyncIterator[None]:
        """Send from several clients at once; on leaving, wait until every request sent has its answer."""
        stop = asyncio.Event()
        tasks = [asyncio.create_task(self._client(stop)) for _ in range(clients)]
        try:
            yield
            stop.set()
            done, waiting = await asyncio.wait(tasks, timeout=deadline)
            for task in done:
                task.result()
            assert not waiting, (
                f"{len(waiting)} clients have no answer within {deadline:.0f} s of the last fault"
            )
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def close(self) -> None:
        await self._http.aclose()
