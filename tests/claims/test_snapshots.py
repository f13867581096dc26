"""Claims said again by the claims service, for copies of others that are empty or lost (N.06)."""

from typing import Any

import pytest
from sqlalchemy import select

from claims.intake.facts import claim_fact
from claims.intake.models import Claim
from claims.snapshots import service
from common.contracts.claims_snapshot import ClaimsSnapshot
from common.events import Envelope
from common.events.models import OutboxEvent
from common.ids import new_id

from .test_reports import work
from .world import World

pytestmark = pytest.mark.feature("N.06")
REPLAY = "events.replay"


async def told(world: World) -> list[ClaimsSnapshot]:
    async with world.client.context.db.transaction(world.tenant.id) as session:
        statement = select(OutboxEvent.envelope).where(OutboxEvent.tenant_id == world.tenant.id)
        events = [Envelope.decode(raw) for raw in (await session.execute(statement)).scalars()]
    return [ClaimsSnapshot.model_validate(e.data) for e in events if e.type == ClaimsSnapshot.wire]


async def facts(world: World) -> dict[Any, Any]:
    async with world.client.context.db.transaction(world.tenant.id) as session:
        rows = (await session.execute(select(Claim).where(Claim.number.is_not(None)))).scalars()
        return {row.id: claim_fact(row) for row in rows}


async def test_every_claim_that_was_told_is_told_again_as_it_is(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "BATCH", 2)
    person = await world.cover()
    for number in ("7141957131", "7141957132", "7141957133"):
        await world.submitted(await world.cover(), number, verified=False)
    await world.hospital(person, "7141957134")  # a draft: nobody was told of it
    actor, key = world.client.mint.actor(world.tenant, REPLAY), str(new_id())
    asked = [
        await world.client.post("/snapshots", actor, json={"fact": "claims"}, once=key) for _ in range(2)
    ]
    assert [answer.status_code for answer in asked] == [202, 202] and asked[0].json() == asked[1].json()
    assert asked[0].json()["title"] == "重述理赔事实"
    await work(world)
    task = (await world.client.get(f"/tasks/{asked[0].json()['id']}", actor)).json()
    assert (task["state"], task["done"]) == ("done", 3)
    batches = await told(world)
    assert sorted(len(batch.claims) for batch in batches) == [1, 2]
    assert {fact.claim_id: fact for batch in batches for fact in batch.claims} == await facts(world)


async def test_another_union_is_not_told_of(world: World, other: World) -> None:
    await world.submitted(await world.cover(), "7141957131", verified=False)
    actor = other.client.mint.actor(other.tenant, REPLAY)
    assert (await other.client.post("/snapshots", actor)).status_code == 202
    await work(other)
    assert await told(other) == [] == await told(world)


async def test_who_may_ask(world: World) -> None:
    assert (await world.client.post("/snapshots")).status_code == 401
    weak = world.client.mint.actor(world.tenant, "claims.claim.read", "claims.ledger.read")
    assert (await world.client.post("/snapshots", weak)).status_code == 403
    actor = world.client.mint.actor(world.tenant, REPLAY)
    refused = await world.client.post("/snapshots", actor, json={"fact": "policies"})
    assert refused.status_code == 422 and "fact" in refused.text
