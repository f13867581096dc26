"""A union with an approved unit, covered members with app accounts and a handler, made through the public API."""

import asyncio
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import httpx
import yaml

from common.contracts.pack import parse_pack, read_text
from huzhu.demo import enrolment
from huzhu.demo.caller import Caller, until
from huzhu.demo.world import World
from huzhu.operator import Operator
from huzhu.people.persons import Person
from tests.conftest import ROOT

STEPS = tuple(step for _, step in enrolment.STEPS)
ILLNESS = "critical-illness"
PACK = ROOT / "tenants" / "wuxi.yaml"


@dataclass
class Account(Caller):
    """A session that is renewed before its token ends."""

    refresh_token: str = ""
    renewed_at: float = field(default_factory=time.monotonic)

    def take(self, tokens: dict[str, Any]) -> None:
        """Use new tokens."""
        self.token, self.refresh_token = tokens["access_token"], tokens["refresh_token"]
        self.renewed_at = time.monotonic()

    async def renew(self) -> None:
        """Exchange the refresh token."""
        self.take(await self.post("/api/identity/sessions/refresh", {"refresh_token": self.refresh_token}))


@dataclass
class Town:
    """One union's people."""

    tenant: str
    handler: Account
    members: list[Account]
    product: str
    serial: int = 0

    @property
    def everybody(self) -> list[Account]:
        return [self.handler, *self.members]

    async def renew(self, *, older_than: float) -> None:
        """Renew the sessions that are older than so many seconds."""
        for account in self.everybody:
            if time.monotonic() - account.renewed_at > older_than:
                await account.renew()


def pack_text(code: str) -> str:
    """Return a union's pack that differs from wuxi's by its name, and whose critical-illness papers nobody reads.

    Reading a page takes a second of a core; what is tried here is everything else.
    """
    pack = yaml.safe_load(read_text(PACK))
    pack["tenant"] |= {"code": code, "id": str(uuid5(NAMESPACE_URL, code))}
    for kind in pack["claims"]:
        if kind["code"] == ILLNESS:
            for document in kind["documents"]:
                document.pop("recognised")
    return yaml.safe_dump(pack, allow_unicode=True, sort_keys=False)


async def new_union(url: str, secrets: Any, text: str) -> None:
    """Bring another union live: a pack, no code."""
    pack = parse_pack(text)
    async with Operator(url, "ops1", secrets["platform_operator_1"]) as operator:
        await operator.apply(pack.code, text)
        await operator.add_demo(pack, secrets["demo_password"])


async def new_town(
    url: str, http: httpx.AsyncClient, *, secrets: Any, seed: int, members: int, tenant: str = "chaos"
) -> Town:
    """Enrol a unit of the union and sign its handler and some of its members in."""
    text = pack_text(tenant)
    await new_union(url, secrets, text)
    pack = parse_pack(text)
    with tempfile.TemporaryDirectory() as folder:
        world = World(http, pack, seed, secrets["demo_password"], Path(folder))
        handler = Account(http, tenant)
        world.handler = handler
        tokens: list[dict[str, Any]] = []
        post = handler.post

        async def remember(path: str, body: Any = None, **options: Any) -> Any:
            answer = await post(path, body, **options)
            if isinstance(answer, dict) and isinstance(answer.get("tokens"), dict):
                tokens.append(answer["tokens"])
            return answer

        handler.post = remember  # type: ignore[method-assign]
        for step in STEPS:
            await step(world)
        handler.post = post  # type: ignore[method-assign]
        handler.take(tokens[-1])
        await handler.renew()
        accounts = [await _register(http, tenant, person) for person in world.people[1 : members + 1]]
    return Town(tenant, handler, accounts, world.product.code)


async def _register(http: httpx.AsyncClient, tenant: str, person: Person) -> Account:
    member = Account(http, tenant)
    privacy = await member.get("/api/identity/privacy-statement")
    since = time.time() - 1
    asked = {"purpose": "bind", "mobile": person.mobile, "account_kind": "member"}
    await member.post("/api/identity/verification-codes", asked)
    body = {
        "name": person.name,
        "id_number": person.id_number,
        "mobile": person.mobile,
        "code": await member.sms_code(person.mobile, since=since),
        "consent": {"version": privacy["version"]},
    }
    member.take((await member.post("/api/identity/members/register", body))["tokens"])

    async def covered() -> list[Any] | None:
        return (await member.get("/api/enrollment/policies/mine"))["items"] or None

    await until(covered, "the cover")
    await asyncio.sleep(0)
    return member
