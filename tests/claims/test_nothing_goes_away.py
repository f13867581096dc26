"""Import, snapshot and rebuild of a copy while people work: every request is answered, the copies are right."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from sqlalchemy import text

from claims.copies.models import PolicyCopy, UnitCopy
from claims.feed.models import FeedLine
from common.contracts.enrollment import PoliciesIssued
from common.contracts.identity import UnitFact, UnitsSnapshot
from common.ids import new_id

from ..at_work import at_work
from .test_feed import as_csv, line
from .world import World

pytestmark = pytest.mark.feature("P.10")
LINES, POLICIES = 3000, 1000


async def test_people_work_on_while_a_union_imports_and_rebuilds(
    world: World, other: World, union: Callable[[str], Awaitable[World]]
) -> None:
    person, stranger = await world.cover(), await other.cover()
    claim = await world.submitted(person, verified=False)
    reader = world.client.mint.actor(world.tenant, "claims.claim.read", "claims.statistics.read")
    policies = [world.policy(10_000 + number, "王芳") for number in range(POLICIES)]
    units = [
        UnitFact(unit_id=new_id(), name=f"单位{n}", credit_code=str(n), org_path="/binhu/", status="approved")
        for n in range(300)
    ]
    people = (
        (world, person.actor, f"/claims/{claim['id']}"), (world, reader, "/claims"), (world, reader, "/statistics"),
        (other, stranger.actor, "/claims"),
    )  # fmt: skip
    async with at_work(*people) as states:
        file, *_ = await asyncio.gather(imported(world, person), rebuilt(world, policies, units))
    assert set(states) == {200} and len(states) > 20, "no request failed"
    assert (file["state"], file["lines"]) == ("read", LINES)
    assert await world.count(FeedLine, FeedLine.file_id == file["id"]) == LINES
    assert await world.count(PolicyCopy) == POLICIES + 1
    assert await world.count(UnitCopy, UnitCopy.name.like("单位%")) == 300
    assert (await world.client.get(f"/claims/{claim['id']}", person.actor)).status_code == 200


async def imported(world: World, person: Any) -> dict[str, Any]:
    """A settlement file of a whole union's month."""
    data = as_csv(*(line(person, str(number)) for number in range(LINES)))
    return dict((await world.feed(data)).json())


async def rebuilt(world: World, policies: list[Any], units: list[UnitFact]) -> None:
    """The copy of units is lost; snapshots say all facts again, twice."""
    async with world.client.context.db.transaction(world.tenant.id) as session:
        await session.execute(text("DELETE FROM unit_copy"))
    own = UnitFact(
        unit_id=world.unit_id, name="无锡测试机械", credit_code="X", org_path="/binhu/", status="approved"
    )
    for _ in range(2):
        await world.tell(UnitsSnapshot(snapshot_id=new_id(), units=[own, *units]))
        for start in range(0, len(policies), 250):
            facts = policies[start : start + 250]
            await world.tell(PoliciesIssued(batch_id=new_id(), policies=facts, notify=False))


async def test_a_union_whose_pack_cannot_be_read_stops_nobody(world: World, other: World) -> None:
    person, reader = await other.cover(), other.client.mint.actor(other.tenant, "claims.claim.read")
    async with world.client.context.db.transaction(world.tenant.id) as session:
        await session.execute(text("UPDATE tenant_pack SET pack = '{\"format\": 99}'"))
    from common import tenancy

    tenancy._parsed.pop((world.tenant.id, world.tenant.pack.version), None)
    broken = world.client.mint.actor(world.tenant, "claims.claim.submit", person_id=new_id())
    failed = await world.client.http.get(
        "/kinds", headers=world.client.mint.headers(broken), follow_redirects=False
    )
    assert failed.status_code >= 400
    await other.submitted(person, verified=False)
    answer = await other.client.get("/claims", reader)
    assert answer.status_code == 200 and len(answer.json()["items"]) == 1
