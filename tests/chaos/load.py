"""Steady, bounded calls of members and a handler; each is sent again with its own key until it is answered."""

import asyncio
import io
import itertools
import random
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
from PIL import Image

from common import clock
from common.ids import new_id
from huzhu.people.persons import Person, people

from .history import History, Told
from .people import ILLNESS, Account, Town

AWAY = {502, 503, 504}
ATTEMPT_SECONDS = 12.0
"""How long a client waits for one answer before it sends the same request again."""
AGAIN_SECONDS = (0.2, 0.8)
RULES = ("pathology", "discharge-record")
TOLD = "claims.claim_submitted"


@dataclass(frozen=True)
class Call:
    """One answered call: when its first attempt and when its last one began, and when the answer came."""

    kind: str
    asked: float
    begun: float
    ended: float
    attempts: int
    failed: int = 0
    """Attempts that were refused or cut off; one that nobody answered in time is none: the machine may be busy."""


@dataclass
class Load:
    """Clients of one union and what they saw."""

    town: Town
    chance: random.Random
    pause: float
    history: History = field(default_factory=History)
    calls: list[Call] = field(default_factory=list)
    open_claims: int = 0

    def __post_init__(self) -> None:
        self._persons: Iterator[Person] = people(100_000, seed=self.chance.randrange(10**9))

    async def send(
        self, account: Account, kind: str, method: str, path: str, **options: Any
    ) -> httpx.Response:
        """Send one request until it is answered, with one key."""
        headers = {"X-Tenant": account.tenant, **options.pop("headers", {})}
        if method != "GET":
            headers["Idempotency-Key"] = str(new_id())
        asked, failed = time.monotonic(), 0
        for attempt in itertools.count(1):
            headers["Authorization"] = f"Bearer {account.token}"
            begun = time.monotonic()
            try:
                answer = await account.http.request(
                    method, path, headers=headers, timeout=ATTEMPT_SECONDS, **options
                )
            except httpx.TimeoutException:
                answer = None
            except httpx.TransportError:
                answer, failed = None, failed + 1
            if answer is not None and answer.status_code not in AWAY:
                if answer.is_error:
                    self.history.refused.append(f"{method} {path} {answer.status_code} {answer.text[:300]}")
                    raise Stopped
                self.calls.append(Call(kind, asked, begun, time.monotonic(), attempt, failed))
                return answer
            failed += answer is not None
            await asyncio.sleep(self.chance.uniform(*AGAIN_SECONDS))
        raise AssertionError("endless")

    async def look(self, account: Account) -> None:
        """What a member looks at."""
        for path in (
            "/api/enrollment/policies/mine",
            "/api/claims/claims?limit=20",
            "/api/notify/messages/unread-count",
            "/api/claims/kinds",
        ):
            await self.send(account, f"read {path.split('/')[2]}", "GET", path)

    async def claim(self, account: Account) -> None:
        """Hand papers in, draft, submit, and wait for the message."""
        papers, documents = {}, []
        for rule in RULES:
            answer = await self.send(
                account, "upload", "POST", "/api/ocr/documents", params={"recognize": "false"},
                content=picture(self.chance),
                headers={"Content-Type": "application/octet-stream", "X-Filename": "p.jpg"},
            )  # fmt: skip
            stored = answer.json()
            papers[stored["document_id"]] = stored["sha256"]
            documents.append({"receipt": stored["receipt"], "rule": rule})
        fields = {
            "illness": "acute-myocardial-infarction", "diagnosed_on": clock.today().isoformat(),
            "hospital": "无锡市人民医院",
        }  # fmt: skip
        body = {
            "kind": ILLNESS, "documents": documents,
            "fields": [{"code": code, "value": value} for code, value in fields.items()],
        }  # fmt: skip
        draft = (await self.send(account, "draft", "POST", "/api/claims/claims", json=body)).json()
        path = f"/api/claims/claims/{draft['id']}/submit"
        claim = (await self.send(account, "submit", "POST", path)).json()
        self.history.told.append(Told(str(id(account)), "claim", claim["id"], claim["number"], papers))
        await self._told(account, claim["number"])

    async def _told(self, account: Account, number: str) -> None:
        """Wait until the message of a claim is there: its event has passed relay, bus and consumer."""
        asked = time.monotonic()
        while True:
            begun = time.monotonic()
            page = (await self.send(account, "read notify", "GET", "/api/notify/messages?limit=20")).json()
            if any(number in message["text"] for message in page["items"]):
                self.calls.append(Call("effect", asked, begun, time.monotonic(), 1))
                return
            await asyncio.sleep(0.5)

    async def order(self, account: Account) -> None:
        """Draft an order of the unit, add a person by form, submit."""
        person, base = next(self._persons), "/api/enrollment/orders"
        order = (await self.send(account, "order", "POST", base, json={"product": self.town.product})).json()
        body = {
            "name": person.name, "document_number": person.id_number, "bank_card": person.social_card,
            "bank_name": person.bank_name, "mobile": person.mobile,
        }  # fmt: skip
        await self.send(account, "order", "POST", f"{base}/{order['id']}/people", json=body)
        sent = (await self.send(account, "order", "POST", f"{base}/{order['id']}/submit", json={})).json()
        self.history.told.append(Told(str(id(account)), "order", sent["id"], sent["number"]))

    async def _repeat(self, stop: asyncio.Event, work: Any, account: Account) -> None:
        while not stop.is_set():
            try:
                await work(account)
            except Stopped:
                return
            await asyncio.sleep(self.pause * self.chance.uniform(0.5, 1.5))

    @asynccontextmanager
    async def running(self, *, deadline: float) -> AsyncIterator[None]:
        """Send from every account at once; on leaving, wait until everything sent has its answer."""
        stop = asyncio.Event()
        half = max(1, len(self.town.members) // 2)
        work = [(self.claim, member) for member in self.town.members[:half]]
        work += [(self.look, member) for member in self.town.members[half:]]
        work.append((self.order, self.town.handler))
        tasks = [asyncio.create_task(self._repeat(stop, what, who)) for what, who in work]
        try:
            yield
            stop.set()
            _, waiting = await asyncio.wait(tasks, timeout=deadline)
            assert not waiting, f"{len(waiting)} clients have no answer {deadline:.0f} s after the end"
            for task in tasks:
                task.result()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


class Stopped(Exception):
    """A request was refused; it stands in the history and fails the run."""


def picture(chance: random.Random) -> bytes:
    """Return a small photograph that nobody has handed in before."""
    size = (160, 120)
    out = io.BytesIO()
    Image.frombytes("L", size, chance.randbytes(size[0] * size[1])).save(out, "JPEG", quality=60)
    return out.getvalue()
