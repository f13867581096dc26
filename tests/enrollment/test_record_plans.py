"""The plans of the records' searches under row-level security: indexes of the tenant, few rows looked at."""

import re
import time
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest
import pytest_asyncio
from sqlalchemy import text
from sqlalchemy.dialects import postgresql

from common import clock
from common.auth import Actor
from common.db import unscoped
from enrollment.records.repository import PolicyFilter, RecordRepository

from .covers import staff
from .masses import Mass, bring_in
from .world import PRODUCT, World, id_number, person

COUNT = 24_000
MOST_ROWS = 3_000
TODAY = clock.today()


@pytest_asyncio.fixture
async def mass(world: World, other: World, environment: dict[str, str]) -> AsyncIterator[Mass]:
    dsn = environment["ENROLLMENT_OWNER_DATABASE_URL"].replace("+asyncpg", "")
    connection = await asyncpg.connect(dsn)
    try:
        await bring_in(connection, other.tenant, COUNT // 4, [PRODUCT, "a", "b"])
        yield await bring_in(connection, world.tenant, COUNT, [PRODUCT, "a", "b"])
    finally:
        await connection.close()


def searches(world: World, mass: Mass) -> dict[str, tuple[Actor, PolicyFilter]]:
    keys = world.tenant.keys
    whole = staff(world, "enrollment.policy.read")
    branch = staff(world, "enrollment.policy.read", org_path="/branch/")
    handler = world.handler.model_copy(update={"unit_id": mass.units[3]})
    document = tuple(keys.blinds("document", id_number(7)))
    name = tuple(keys.blinds("name", person(7)["name"]))
    return {
        "whole": (whole, PolicyFilter()),
        "whole of an old year": (whole, PolicyFilter(year=2021)),
        "product and year": (whole, PolicyFilter(year=2022, product="a")),
        "expired": (whole, PolicyFilter(state="expired", on=TODAY)),
        "in force": (whole, PolicyFilter(state="in_force", on=TODAY)),
        "terminated": (whole, PolicyFilter(state="terminated", on=TODAY)),
        "expiring": (whole, PolicyFilter(ends_from=TODAY.replace(day=1), ends_until=TODAY)),
        "document": (whole, PolicyFilter(document_indexes=document)),
        "name": (whole, PolicyFilter(name_indexes=name)),
        "order": (whole, PolicyFilter(order_number=mass.orders[5])),
        "policy": (whole, PolicyFilter(policy_number=mass.numbers[5])),
        "branch": (branch, PolicyFilter()),
        "branch of a year": (branch, PolicyFilter(year=2021)),
        "branch, expired": (branch, PolicyFilter(state="expired", on=TODAY)),
        "handler": (handler, PolicyFilter()),
        "handler of a year and product": (handler, PolicyFilter(year=2023, product="b")),
        "handler, expired": (handler, PolicyFilter(state="expired", on=TODAY)),
    }


async def explained(world: World, actor: Actor, wanted: PolicyFilter) -> tuple[str, float, int]:
    """The plan of a search's page as it really runs, its milliseconds, and how many rows came."""
    seen: list[str] = []
    async with world.client.context.db.transaction(world.tenant.id) as session:
        repository = RecordRepository(session, world.tenant.id)
        execute = session.execute

        async def spy(statement: Any, *args: Any, **more: Any) -> Any:
            if hasattr(statement, "compile") and "policy" in str(statement):
                compiled = statement.compile(
                    dialect=postgresql.dialect(),
                    compile_kwargs={"literal_binds": True},  # type: ignore[no-untyped-call]
                )
                seen.append(str(compiled))
            return await execute(statement, *args, **more)

        session.execute = spy  # type: ignore[method-assign]
        rows = await repository.batch(actor, wanted, after=None, limit=51)
        session.execute = execute  # type: ignore[method-assign]
        explain = unscoped(
            text("EXPLAIN (ANALYZE, FORMAT TEXT) " + seen[-1].replace(":", "\\:")), why="a test"
        )
        started = time.perf_counter()
        plan = "\n".join((await session.execute(explain)).scalars())
        return plan, (time.perf_counter() - started) * 1000, len(rows)


@pytest.mark.feature("C.06")
async def test_every_search_walks_an_index_of_the_tenant(world: World, mass: Mass) -> None:
    for name, (actor, wanted) in searches(world, mass).items():
        plan, _, rows = await explained(world, actor, wanted)
        assert rows > 0, name
        assert "Seq Scan on policy" not in plan, (name, plan)
        filtered = sum(int(n) for n in re.findall(r"Rows Removed by Filter: (\d+)", plan))
        assert filtered < MOST_ROWS, (name, plan)
        for index in re.findall(r"Index (?:Only )?Scan(?: Backward)? using (\w+) on policy", plan):
            assert index.startswith("policy"), (name, plan)
        assert "tenant_id = " in plan, (name, plan)


async def test_a_branch_sees_its_own_units_in_the_right_order(world: World, mass: Mass) -> None:
    branch = staff(world, "enrollment.policy.read", org_path="/branch/")
    async with world.client.context.db.transaction(world.tenant.id) as session:
        repository = RecordRepository(session, world.tenant.id)
        first = await repository.batch(branch, PolicyFilter(), after=None, limit=100)
        then = await repository.batch(branch, PolicyFilter(), after=first[-1].id, limit=100)
    places = [(policy.starts_on, policy.id) for policy in [*first, *then]]
    assert places == sorted(places, reverse=True) and len(set(places)) == 200
    assert {policy.unit_id for policy in first} <= set(mass.units[:10])
