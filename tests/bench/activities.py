"""Codes given per second, beside the same endpoint without a stock: one process each, the same database and clients."""

import asyncio
import json
import os
import shutil
import time
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path

import httpx

from activities.app import create_app
from common.contracts.pack import load_pack
from common.crypto import MasterKeys
from common.db.migrate import upgrade
from common.telemetry.logs import configure_logs
from common.testing import Client, Mint, add_tenant, client_of
from common.testing.tenants import make_tenant
from huzhu.environment import service_environment
from huzhu.parts import EmbeddedPostgres, EmbeddedSeaweed, EmbeddedValkey
from huzhu.parts.ports import Ports
from tests.activities.conftest import COLLECT, MANAGE, Fair
from tests.activities.killed.nursery import JWKS, KILL, SEALED
from tests.faults.system import Nursery
from tests.stack_broker import short_lived_home

from .entry import Entry

NAMES = (("activities.codes_per_s", "1/s"),)
ROOT = Path(__file__).resolve().parents[2]
REQUESTS, CLIENTS, ROUNDS = 400, 16, 2


@asynccontextmanager
async def ground() -> AsyncIterator[tuple[Fair, dict[str, str], Ports, Path]]:
    """Running parts, the service in this process for setting up, a tenant."""
    configure_logs("bench", level="ERROR")
    home = short_lived_home("huzhu-bench-", on_disk=True)
    async with AsyncExitStack() as stack:
        stack.callback(shutil.rmtree, home.path.parent, ignore_errors=True)
        postgres = await stack.enter_async_context(EmbeddedPostgres(home, services=("activities",)))
        valkey = await stack.enter_async_context(EmbeddedValkey(home))
        seaweed = await stack.enter_async_context(EmbeddedSeaweed(home))
        values = dict(
            service_environment(
                home, postgres=postgres, valkey=valkey, seaweed=seaweed, public_url="http://127.0.0.1:1"
            )
        )
        await asyncio.to_thread(
            upgrade, ROOT / "services" / "activities" / "migrations", values["ACTIVITIES_OWNER_DATABASE_URL"]
        )
        os.environ.update({name: value for name, value in values.items() if "_OWNER_" not in name})
        client: Client = await stack.enter_async_context(client_of(create_app(), Mint()))
        tenant = make_tenant(
            load_pack(ROOT / "tenants" / "wuxi.yaml"), MasterKeys.parse(home.secrets["master_key"])
        )
        await add_tenant(client.context.db, tenant)
        fair = Fair(client, tenant, client.mint.actor(tenant, MANAGE, COLLECT))
        yield fair, values, Ports(home), home.path


@asynccontextmanager
async def process(
    fair: Fair, values: dict[str, str], ports: Ports, folder: Path, role: str
) -> AsyncIterator[httpx.AsyncClient]:
    """One process of a role, and a client of it."""
    port = ports.take(f"bench-{role}")
    environment = {
        **{name: value for name, value in values.items() if "_OWNER_" not in name},
        JWKS: json.dumps({"keys": [fair.client.mint.key.as_dict(private=False)]}),
        KILL: str(folder / "never"),
        SEALED: fair.tenant.keys.seal("NO-STOCK-0001", context="code"),
        "PORT": str(port),
        "HUZHU_LOG_LEVEL": "ERROR",
    }
    nursery = await Nursery.open("tests.activities.killed.nursery")
    try:
        log = str(folder / f"{role}.log")
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


async def rate(fair: Fair, http: httpx.AsyncClient, campaign: str, name: str) -> float:
    """Codes asked for per second by members who each ask once; every answer gives one."""
    headers = [
        fair.client.mint.headers(fair.member(), **{"Idempotency-Key": f"{name}-{n:06d}"})
        for n in range(REQUESTS)
    ]
    waiting = iter(headers)

    async def client() -> None:
        for one in waiting:
            answer = await http.post(f"/campaigns/{campaign}/rewards", headers=one)
            assert answer.status_code == 201, answer.text

    started = time.perf_counter()
    await asyncio.gather(*(client() for _ in range(CLIENTS)))
    return REQUESTS / (time.perf_counter() - started)


async def measure() -> AsyncGenerator[Entry, None]:
    """Yield the entry: the best of the rounds on either side, turn by turn."""
    async with ground() as (fair, values, ports, folder):
        campaign = await fair.published(codes=1)
        made = {"count": REQUESTS * ROUNDS}
        await fair.client.post(f"/campaigns/{campaign}/codes/make", fair.officer, json=made)
        best = {"api": 0.0, "stockless": 0.0}
        for turn in range(ROUNDS):
            for role in ("stockless", "api"):
                async with process(fair, values, ports, folder, role) as http:
                    best[role] = max(best[role], await rate(fair, http, campaign, f"{role}-{turn}"))
        codes, left = await fair.stock(campaign)
        assert codes - left == REQUESTS * ROUNDS, "each answer of the real endpoint took a code"
        note = f"one process each, {CLIENTS} clients; baseline: the same endpoint without stock"
        yield Entry("activities.codes_per_s", best["api"], "1/s", best["stockless"], note=note)
