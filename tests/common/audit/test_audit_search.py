"""What is rare in a union's log is found by indexes, under row-level security, and is what reading all finds."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio
from sqlalchemy import text
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncSession

from common.audit.search import Search, found
from common.clock import now
from common.db import Database, unscoped
from common.ids import new_id

from .test_audit_chain import write

COUNT = 20_000
MOST_ROWS = 3_000
BEGUN = now() - timedelta(seconds=COUNT * 60)
FILL = """INSERT INTO audit_entry
  SELECT :tenant, n, CAST(:begun AS timestamptz) + n * interval '1 minute' - (n % 7) * interval '1 second',
    CASE n % 4000 WHEN 1 THEN 'seldom' ELSE 'actor' || n % 3 END,
    CASE WHEN n % 5000 = 2 THEN 'pack.consented' WHEN n % 2 = 0 THEN 'claim.read' ELSE 'person.revealed' END,
    CASE WHEN n = 3 THEN 'pack' WHEN n % 5000 = 2 THEN 'pack:' || n
      WHEN n % 2 = 0 THEN 'claim:' || n ELSE 'person:' || n END,
    '{}', '', '' FROM generate_series(1, CAST(:count AS int)) AS n"""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def full(owner_db: Database) -> AsyncIterator[UUID]:
    tenant = new_id()
    async with owner_db.transaction(None) as session:
        for one, count in ((tenant, COUNT), (new_id(), COUNT // 2)):
            await session.execute(text(FILL), {"tenant": one, "begun": BEGUN, "count": count})
        await session.execute(text("ANALYZE audit_entry"))
    yield tenant
    async with owner_db.transaction(None) as session:
        await session.execute(text("DELETE FROM audit_entry WHERE subject LIKE '%:%' AND hash = ''"))


def at(minute: int) -> Any:
    return BEGUN + timedelta(minutes=minute)


SEARCHES: dict[str, tuple[Search, Any]] = {
    "all": (Search(), lambda n: True),
    "actor": (Search(equal={"actor_id": "seldom"}), lambda n: n % 4000 == 1),
    "action": (Search(equal={"action": "pack.consented"}), lambda n: n % 5000 == 2),
    "subject": (Search(equal={"subject": "claim:18"}), lambda n: n == 18),
    "kind": (Search(kind="pack"), lambda n: n % 5000 == 2 or n == 3),
    "common kind": (Search(kind="claim"), lambda n: n % 2 == 0 and n % 5000 != 2),
    "verb": (Search(verbs=["consented", "never"]), lambda n: n % 5000 == 2),
    "verb that nobody did": (Search(verbs=["never"]), lambda n: False),
    "kind and verb": (Search(kind="pack", verbs=["consented"]), lambda n: n % 5000 == 2),
    "names": (Search(subjects=["person:5", "person:19999"]), lambda n: n in {5, 19999}),
    "no name": (Search(subjects=[]), lambda n: False),
    "long ago": (Search(until=at(400)), lambda n: n * 60 - n % 7 < 400 * 60),
    "since": (Search(since=at(19_990)), lambda n: n * 60 - n % 7 >= 19_990 * 60),
    "a day and who": (
        Search(since=at(3_990), until=at(4_010), equal={"actor_id": "seldom"}),
        lambda n: n == 4001,
    ),
    "a day without": (
        Search(since=at(5_990), until=at(6_010), equal={"actor_id": "seldom"}),
        lambda n: False,
    ),
}


async def plans(session: AsyncSession, search: Search) -> list[str]:
    """The plans of what a search asks the database, as they really run."""
    asked: list[str] = []
    execute = session.execute

    async def spy(statement: Any, *args: Any, **more: Any) -> Any:
        compiled = statement.compile(
            dialect=postgresql.dialect(),  # type: ignore[no-untyped-call]
            compile_kwargs={"literal_binds": True},
        )
        asked.append(str(compiled).replace(":", "\\:"))
        return await execute(statement, *args, **more)

    session.execute = spy  # type: ignore[method-assign]
    await found(session, search, limit=50)
    session.execute = execute  # type: ignore[method-assign]
    told = []
    for one in asked:
        explain = unscoped(text(f"EXPLAIN (ANALYZE, FORMAT TEXT) {one}"), why="a test")
        told.append("\n".join((await session.execute(explain)).scalars()))
    return told


@pytest.mark.parametrize("name", SEARCHES)
async def test_a_search_finds_what_fits_and_reads_little_beside_it(
    db: Database, full: UUID, name: str
) -> None:
    search, fits = SEARCHES[name]
    expected = [n for n in range(COUNT, 0, -1) if fits(n)]
    async with db.transaction(full) as session:
        entries = await found(session, search, limit=50)
        assert [entry.seq for entry in entries] == expected[:51]
        if len(expected) > 51:
            then = await found(session, search, limit=50, before=expected[50])
            assert [entry.seq for entry in then] == expected[51:102]
        for plan in await plans(session, search):
            assert "Seq Scan on audit_entry" not in plan, plan
            filtered = sum(int(n) for n in re.findall(r"Rows Removed by Filter: (\d+)", plan))
            assert filtered < MOST_ROWS, plan
            read = [int(float(n)) for n in re.findall(r"on audit_entry.* rows=([\d.]+) loops", plan)]
            assert sum(read) < MOST_ROWS, plan


async def test_another_union_s_entries_are_not_found(db: Database, tenant: UUID, full: UUID) -> None:
    await write(db, tenant, 2)
    async with db.transaction(tenant) as session:
        assert [entry.seq for entry in await found(session, Search(verbs=["revealed"]), limit=50)] == [2, 1]
        assert await found(session, Search(verbs=["consented"]), limit=50) == []
        assert all(entry.tenant_id == tenant for entry in await found(session, Search(), limit=50))
