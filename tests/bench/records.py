"""Searching the records of a tenant with a million policies beside one with ten thousand, in the same database.

HUZHU_BENCH_POLICIES sets the larger size. A search is everything a page takes: the query under row-level security as
the service's own role, the names beside it, opening and masking the values of fifty rows.
"""

import asyncio
import itertools
import os
import shutil
import time
from collections.abc import AsyncGenerator, Sequence
from pathlib import Path
from uuid import UUID

import asyncpg

from common.auth import Actor, ActorKind
from common.contracts.pack import load_pack
from common.crypto import MasterKeys
from common.db import Database
from common.db.migrate import upgrade
from common.http import Cursor
from common.ids import new_id
from common.testing import TestTenant, add_tenant
from common.testing.tenants import make_tenant
from enrollment.policies.reading import read_policy
from enrollment.records.schemas import PolicySearch
from enrollment.records.service import expiring_in, search_policies
from huzhu.parts import EmbeddedPostgres
from tests.enrollment.masses import KNOWN, Mass, bring_in
from tests.enrollment.world import id_number, person
from tests.stack_broker import short_lived_home

from .entry import Entry, quantile

NAMES = (("policies.search_p99_ms", "ms"), ("policies.search_p50_ms", "ms"))
SMALL, LARGE = 10_000, int(os.environ.get("HUZHU_BENCH_POLICIES", "1000000"))
ROUNDS = 12
ROOT = Path(__file__).resolve().parents[2]
PRODUCTS = ["three-in-one", "a", "b"]


def actor(tenant: TestTenant, **more: object) -> Actor:
    values = {"kind": ActorKind.STAFF, "id": new_id(), "tenant_id": tenant.id, "tenant": tenant.code}
    return Actor.model_validate(values | more)


def searches(tenant: TestTenant, mass: Mass, n: int) -> list[tuple[Actor, PolicySearch]]:
    """What people ask for, with other values every time."""
    whole, branch = actor(tenant), actor(tenant, org_path="/branch/")
    unit = mass.units[n * 7 % len(mass.units)]
    handler = actor(tenant, kind=ActorKind.HANDLER, unit_id=unit)
    year, month = 2021 + n % 6, f"202{2 + n % 4}-{n % 12 + 1:02d}"
    return [
        (whole, PolicySearch()),
        (whole, PolicySearch(year=year)),
        (whole, PolicySearch(product=PRODUCTS[0], year=year)),
        (whole, PolicySearch(state="expired")),
        (whole, PolicySearch(state="terminated")),
        (whole, expiring_in(month, None)),
        (whole, PolicySearch(document_number=id_number(n % KNOWN))),
        (whole, PolicySearch(name=person(n % KNOWN)["name"])),
        (whole, PolicySearch(order_number=mass.orders[n * 13 % len(mass.orders)])),
        (whole, PolicySearch(policy_number=mass.numbers[n % len(mass.numbers)])),
        (branch, PolicySearch()),
        (branch, PolicySearch(year=year)),
        (handler, PolicySearch()),
        (handler, PolicySearch(year=year, product=PRODUCTS[0])),
        (handler, PolicySearch(state="in_force")),
    ]


async def search(
    db: Database, tenant: TestTenant, who: Actor, wanted: PolicySearch, after: UUID | None
) -> UUID | None:
    """One page; returns where the next begins."""
    async with db.transaction(tenant.id) as session:
        cursor = Cursor(after=after, limit=50)
        found, names = await search_policies(
            session, actor=who, keys=tenant.keys, cursor=cursor, search=wanted
        )
        page = [read_policy(policy, names, tenant.keys) for policy in found[:50]]
        return page[-1].id if len(found) > 50 else None


async def measured(db: Database, tenant: TestTenant, mass: Mass) -> list[float]:
    """Milliseconds of the pages, first and second ones."""
    taken: list[float] = []
    for n in itertools.chain(range(2), range(ROUNDS)):
        if n == 0:
            taken.clear()
        for who, wanted in searches(tenant, mass, n):
            after: UUID | None = None
            for _ in range(2):
                started = time.perf_counter()
                after = await search(db, tenant, who, wanted, after)
                taken.append((time.perf_counter() - started) * 1000)
                if after is None:
                    break
    return taken


async def prepared(
    postgres: EmbeddedPostgres, secret: str, sizes: Sequence[int]
) -> AsyncGenerator[list[float], None]:
    """Bring in one tenant of each size, one after the other, and measure it."""
    scheme = "postgresql+asyncpg"
    await asyncio.to_thread(
        upgrade,
        ROOT / "services/enrollment/migrations",
        postgres.dsn("huzhu_enrollment", "enrollment_owner", scheme=scheme),
    )
    pack = load_pack(ROOT / "tenants" / "wuxi.yaml")
    offered = pack.products[0]
    more = tuple(offered.model_copy(update={"code": code}) for code in PRODUCTS[1:])
    pack = pack.model_copy(update={"products": (*pack.products, *more)})
    db = Database.connect(postgres.dsn("huzhu_enrollment", "enrollment_app", scheme=scheme), pool_size=2)
    owner = await asyncpg.connect(postgres.dsn("huzhu_enrollment", "enrollment_owner"))
    try:
        for size in sizes:
            tenant = make_tenant(pack, MasterKeys.parse(secret))
            await add_tenant(db, tenant)
            mass = await bring_in(owner, tenant, size, PRODUCTS)
            yield await measured(db, tenant, mass)
    finally:
        await owner.close()
        await db.close()


async def measure() -> AsyncGenerator[Entry, None]:
    """Yield the entries."""
    home = short_lived_home("huzhu-bench-", on_disk=True)
    try:
        home.create()
        async with EmbeddedPostgres(home, services=("enrollment",)) as postgres:
            runs = [times async for times in prepared(postgres, home.secrets["master_key"], (SMALL, LARGE))]
    finally:
        shutil.rmtree(home.path.parent, ignore_errors=True)
    small, large = runs
    note = f"{LARGE:,} policies beside {SMALL:,}"
    yield Entry("policies.search_p99_ms", quantile(large, 0.99), "ms", quantile(small, 0.99), note)
    yield Entry("policies.search_p50_ms", quantile(large, 0.5), "ms", quantile(small, 0.5), note)
