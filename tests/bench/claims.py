"""Claims handed in and decided by rule per second, beside bare inserts of one row; SQL statements of one; the feed.

Each side is one process under uvicorn on the same database; the drafts are made before. The feed's lines are decided
by the worker's job in this process.
"""

import asyncio
import json
import os
import shutil
import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import asyncpg
import httpx
from sqlalchemy import event

from claims.app import create_app
from claims.feed.job import decide_feed, read_files
from common.clock import today
from common.contracts.pack import TenantPack, load_pack
from common.crypto import MasterKeys
from common.db.migrate import upgrade
from common.telemetry.logs import configure_logs
from common.testing import Client, Mint, add_tenant, client_of
from common.testing.tenants import make_tenant
from huzhu.environment import service_environment
from huzhu.parts import EmbeddedPostgres, EmbeddedSeaweed, EmbeddedValkey
from huzhu.parts.ports import Ports
from tests.claims.killed.nursery import JWKS, KILL
from tests.claims.test_feed import as_csv, line
from tests.claims.world import Person, World
from tests.faults.system import Nursery
from tests.stack_broker import short_lived_home

from .bare import TABLE
from .entry import Entry

NAMES = (
    ("claims.decided_per_s", "1/s"),
    ("claims.sql_statements", "statements"),
    ("claims.feed_decided_per_s", "1/s"),
)
ROOT = Path(__file__).resolve().parents[2]
CLAIMS, COUNTED, LINES, CLIENTS = 120, 5, 1000, 8
ROWS = 800


@dataclass
class Ground:
    """Running parts, the service in this process, a tenant whose plain cases are decided by rule."""

    world: World
    environment: dict[str, str]
    dsn: str
    ports: Ports
    folder: Path


def plain_pack() -> TenantPack:
    pack = load_pack(ROOT / "tenants" / "wuxi.yaml")
    kinds = [
        kind.model_copy(
            update={
                "straight_through": kind.straight_through.model_copy(update={"opened_by": ("member", "feed")})
            }
        )
        for kind in pack.claims
    ]
    return pack.model_copy(update={"claims": tuple(kinds)})


@asynccontextmanager
async def ground() -> AsyncIterator[Ground]:
    configure_logs("bench", level="ERROR")
    home = short_lived_home("huzhu-bench-", on_disk=True)
    async with AsyncExitStack() as stack:
        stack.callback(shutil.rmtree, home.path.parent, ignore_errors=True)
        postgres = await stack.enter_async_context(EmbeddedPostgres(home, services=("claims",)))
        valkey = await stack.enter_async_context(EmbeddedValkey(home))
        seaweed = await stack.enter_async_context(EmbeddedSeaweed(home))
        values = dict(
            service_environment(
                home, postgres=postgres, valkey=valkey, seaweed=seaweed, public_url="http://127.0.0.1:1"
            )
        )
        await asyncio.to_thread(
            upgrade, ROOT / "services" / "claims" / "migrations", values["CLAIMS_OWNER_DATABASE_URL"]
        )
        os.environ.update({name: value for name, value in values.items() if "_OWNER_" not in name})
        client: Client = await stack.enter_async_context(client_of(create_app(), Mint()))
        tenant = make_tenant(plain_pack(), MasterKeys.parse(home.secrets["master_key"]))
        await add_tenant(client.context.db, tenant)
        world = World(client, tenant)
        await world.approve_unit()
        dsn = values["CLAIMS_OWNER_DATABASE_URL"].replace("+asyncpg", "")
        connection = await asyncpg.connect(dsn)
        await connection.execute(TABLE)
        await connection.close()
        yield Ground(world, values, dsn, Ports(home), home.path)


async def drafts(world: World, count: int) -> list[tuple[Person, dict[str, Any]]]:
    """Covered people, each with a draft that says everything."""
    made = []
    for number in range(count):
        person = await world.cover()
        made.append((person, await world.hospital(person, f"7{number:09d}")))
    return made


async def statements(world: World, chosen: list[tuple[Person, dict[str, Any]]]) -> float:
    """SQL statements of one submission that is decided by rule."""
    count = 0

    def counted(*_: Any) -> None:
        nonlocal count
        count += 1

    engine = world.client.context.db.engine.sync_engine
    event.listen(engine, "before_cursor_execute", counted)
    try:
        for person, draft in chosen:
            answer = await world.submit(person, draft)
            assert answer.json()["status"] == "approved", answer.text
    finally:
        event.remove(engine, "before_cursor_execute", counted)
    return count / len(chosen)


@asynccontextmanager
async def process(ground: Ground, role: str) -> AsyncIterator[httpx.AsyncClient]:
    """One process of a role, and a client of it."""
    port = ground.ports.take(f"bench-{role}")
    mint = ground.world.client.mint
    environment = {
        **{name: value for name, value in ground.environment.items() if "_OWNER_" not in name},
        JWKS: json.dumps({"keys": [mint.key.as_dict(private=False)]}),
        KILL: str(ground.folder / "never"),
        "PORT": str(port),
        "HUZHU_LOG_LEVEL": "ERROR",
    }
    nursery = await Nursery.open("tests.bench.bare")
    try:
        log = str(ground.folder / f"{role}.log")
        await nursery.start(role, {"role": role, "env": environment, "log": log})
        async with httpx.AsyncClient(
            base_url=f"http://127.0.0.1:{port}", timeout=60, trust_env=False
        ) as http:
            end = time.monotonic() + 60
            while time.monotonic() < end:
                with suppress(httpx.TransportError):
                    await http.get("/readyz")
                    break
                await asyncio.sleep(0.05)
            yield http
    finally:
        await nursery.close()


async def rate(count: int, send: Callable[[int], Awaitable[httpx.Response]]) -> float:
    """Requests per second of several clients at once; every answer must be a success."""
    numbers = iter(range(count))

    async def client() -> None:
        for number in numbers:
            answer = await send(number)
            assert answer.is_success, answer.text

    started = time.perf_counter()
    await asyncio.gather(*(client() for _ in range(CLIENTS)))
    return count / (time.perf_counter() - started)


async def decided(ground: Ground, made: list[tuple[Person, dict[str, Any]]]) -> float:
    """Claims handed in and decided per second."""
    mint = ground.world.client.mint
    headers = [mint.headers(person.actor) for person, _ in made]
    async with process(ground, "api") as http:
        value = await rate(
            len(made),
            lambda n: http.post(
                f"/claims/{made[n][1]['id']}/submit",
                headers=headers[n] | {"Idempotency-Key": f"bench-{n:08d}"},
            ),
        )
    person, draft = made[-1]
    assert (await ground.world.read(person.actor, draft))["status"] == "approved"
    return value


async def fed(world: World, people: list[Person]) -> float:
    """Lines of the settlement feed decided per second, each with its claim, payout and posting."""
    lines = [
        line(p, f"{p.serial}-{n}", admission_date=(today() - timedelta(days=120 - 4 * n)).isoformat(),
             discharge_date=(today() - timedelta(days=118 - 4 * n)).isoformat())
        for p in people for n in range(LINES // len(people))
    ]  # fmt: skip
    assert (await world.send_feed(as_csv(*lines))).status_code == 201
    await read_files(world.client.context, world.tenant.id)
    started = time.perf_counter()
    await decide_feed(world.client.context, world.tenant.id)
    taken = time.perf_counter() - started
    booked = -Decimal((await world.ledger())["accounts"]["claims_payable"])
    assert booked > 0
    return len(lines) / taken


async def measure() -> AsyncGenerator[Entry, None]:
    """Yield the three entries."""
    async with ground() as place:
        made = await drafts(place.world, CLAIMS + COUNTED)
        used = await statements(place.world, made[CLAIMS:])
        yield Entry(
            "claims.sql_statements", used, "statements", note="of one claim, handed in and decided by rule"
        )
        async with process(place, "bare") as http:
            baseline = await rate(ROWS, lambda _: http.post("/rows"))
        value = await decided(place, made[:CLAIMS])
        yield Entry("claims.decided_per_s", value, "1/s", baseline, note="one process each, 8 clients")
        people = [await place.world.cover() for _ in range(50)]
        yield Entry("claims.feed_decided_per_s", await fed(place.world, people), "1/s", baseline)
