"""The last 100 codes, asked for by 2,000 at once, api processes killed on the way: 100, each once.

Two api processes on one database. One is killed before the commit of a code, one behind it, and one in the middle of
everything with -9; whoever gets no answer asks again with the same key, as the app does.
"""

import asyncio
import json
import random
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio
from sqlalchemy import text

from common.auth import Actor
from common.testing import Mint
from huzhu.parts.ports import Ports
from tests.faults.system import Nursery

from ..conftest import Fair
from .nursery import JWKS, KILL

pytestmark = [pytest.mark.xdist_group("killed"), pytest.mark.timeout(900)]
MEMBERS = 2_000
CODES = 100
A_POOL = 50
"""Members to one client: a client with all of them spends its time in its own queue, not in asking."""
DEADLINE = 600.0
APIS = ("api-1", "api-2")


@dataclass
class Apis:
    """Two api processes; each is started again when it has died."""

    nursery: Nursery
    environment: dict[str, str]
    folder: Path
    ports: dict[str, int]
    deaths: Counter[str] = field(default_factory=Counter)

    async def start(self, name: str) -> None:
        env = {**self.environment, "PORT": str(self.ports[name])}
        await self.nursery.start(name, {"role": "api", "env": env, "log": str(self.folder / f"{name}.log")})

    async def keep_alive(self) -> None:
        """Start again whoever died, until cancelled."""
        while True:
            for name in APIS:
                if name not in self.nursery.pids:
                    self.deaths[name] += 1
                    await self.start(name)
            await asyncio.sleep(0.05)

    async def ready(self) -> None:
        end = time.monotonic() + 60
        async with httpx.AsyncClient(trust_env=False) as http:
            for port in self.ports.values():
                while True:
                    with suppress(httpx.TransportError):
                        if (await http.get(f"http://127.0.0.1:{port}/readyz")).status_code == 200:
                            break
                    assert time.monotonic() < end
                    await asyncio.sleep(0.05)


@pytest_asyncio.fixture(loop_scope="session")
async def apis(parts: Any, environment: dict[str, str], mint: Mint, tmp_path: Path) -> AsyncIterator[Apis]:
    ports = Ports(parts.home)
    env = {
        **{name: value for name, value in environment.items() if "_OWNER_" not in name},
        JWKS: json.dumps({"keys": [mint.key.as_dict(private=False)]}),
        KILL: str(tmp_path / "kill"),
        "HUZHU_LOG_LEVEL": "ERROR",
        "ACTIVITIES_DATABASE_POOL_SIZE": "8",
    }
    nursery = await Nursery.open("tests.activities.killed.nursery")
    running = Apis(nursery, env, tmp_path, {name: ports.take(f"activities-{name}") for name in APIS})
    try:
        for name in APIS:
            await running.start(name)
        await running.ready()
        yield running
    finally:
        await nursery.close()


async def ask(
    clients: list[httpx.AsyncClient],
    fair: Fair,
    campaign: str,
    member: Actor,
    number: int,
    pick: random.Random,
) -> httpx.Response:
    """Ask until there is an answer: the same request with the same key, at either process."""
    headers = fair.client.mint.headers(member, **{"Idempotency-Key": f"last-code-{number:05d}"})
    end = time.monotonic() + DEADLINE
    while time.monotonic() < end:
        with suppress(httpx.TransportError):
            answer = await pick.choice(clients).post(f"/campaigns/{campaign}/rewards", headers=headers)
            if answer.status_code != 503:
                return answer
        await asyncio.sleep(pick.uniform(0.05, 0.3))
    raise AssertionError("no answer in time")


async def given(fair: Fair) -> int:
    async with fair.client.context.db.transaction(fair.tenant.id) as session:
        found = await session.execute(text("SELECT count(*) FROM reward_code WHERE reward_id IS NOT NULL"))
        return int(found.scalar_one())


async def kill_on_the_way(apis: Apis, fair: Fair) -> None:
    """Three deaths: before a commit, behind one, and one in the middle of everything."""
    while (
        (apis.folder / "kill").exists() or await given(fair) < CODES // 2 or "api-1" not in apis.nursery.pids
    ):
        await asyncio.sleep(0.02)
    await apis.nursery.kill("api-1")


@pytest.mark.feature("E.04")
async def test_the_last_hundred_codes_go_to_a_hundred_of_two_thousand(apis: Apis, fair: Fair) -> None:
    seed = random.randrange(10**6)
    print(f"seed {seed}")
    pick = random.Random(seed)
    campaign = await fair.published(codes=CODES)
    members = [fair.member() for _ in range(MEMBERS)]
    unlimited = httpx.Limits(max_connections=None)
    clients = [
        httpx.AsyncClient(
            base_url=f"http://127.0.0.1:{port}",
            limits=unlimited,
            timeout=DEADLINE,
            trust_env=False,
            verify=False,
        )
        for port in apis.ports.values()
        for _ in range(0, MEMBERS, 2 * A_POOL)
    ]
    (apis.folder / "kill").write_text("before\nafter")
    keeper = asyncio.create_task(apis.keep_alive())
    killer = asyncio.create_task(kill_on_the_way(apis, fair))
    try:
        answers = await asyncio.gather(
            *(ask(clients, fair, campaign, member, n, pick) for n, member in enumerate(members))
        )
        async with asyncio.timeout(60):
            await killer
            while sum(apis.deaths.values()) < 3:
                await asyncio.sleep(0.05)
        lucky = [(m, a) for m, a in zip(members, answers, strict=True) if a.status_code == 201]
        assert Counter(a.status_code for a in answers) == {201: CODES, 409: MEMBERS - CODES}
        refused = {a.json()["code"] for a in answers if a.status_code == 409}
        assert refused == {"campaign.none_left"}
        codes = [a.json()["code"] for _, a in lucky]
        assert sorted(codes) == [f"CODE-{n:04d}" for n in range(CODES)], "each code once"
        await each_has_what_they_were_told(fair, lucky)
        again = await ask(clients, fair, campaign, lucky[0][0], members.index(lucky[0][0]), pick)
        assert again.json() == lucky[0][1].json(), "asked again, the same code"
    finally:
        for task in (keeper, killer):
            task.cancel()
        await asyncio.gather(keeper, killer, return_exceptions=True)
        for client in clients:
            await client.aclose()


async def each_has_what_they_were_told(fair: Fair, lucky: list[tuple[Actor, httpx.Response]]) -> None:
    """The database, the events and the answers say the same."""
    async with fair.client.context.db.transaction(fair.tenant.id) as session:
        rows = (
            await session.execute(
                text("SELECT r.person_id, c.code FROM reward r JOIN reward_code c ON c.reward_id = r.id")
            )
        ).all()
        left = await session.execute(text("SELECT count(*) FROM reward_code WHERE reward_id IS NULL"))
        assert left.scalar_one() == 0
    stored = {person: fair.tenant.keys.open(code, context="code") for person, code in rows}
    assert len(rows) == len(stored) == CODES, "one code for each person, one person for each code"
    assert stored == {member.person_id: answer.json()["code"] for member, answer in lucky}
    events = await fair.said("activities.reward_issued.v1")
    told = {
        event.data["person_id"]: fair.tenant.keys.open(event.data["code"]["ciphertext"], context="code")
        for event in events
    }
    assert len(events) == CODES and told == {str(person): code for person, code in stored.items()}
    assert len(await fair.said("activities.activity_joined.v1")) == CODES
