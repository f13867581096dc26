"""Which policies refunds are of is told again: those of before other services kept it, and all with a snapshot."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, update

from common.clock import now, set_to
from enrollment.policies.jobs import tell_policies
from enrollment.policies.models import PolicySnapshot
from enrollment.refunds import jobs
from enrollment.refunds.jobs import tell_refunds
from enrollment.refunds.models import RefundOwed

from .terminating import agency, approve, beijing_pack, covered, district, office, submitted
from .world import World

__all__ = ["beijing_pack", "office"]
WIRE = "enrollment.refunds_snapshot.v1"


async def refunded(office: World, policies: list[UUID]) -> dict[str, str]:
    """End covers; return what comes back by policy."""
    termination = await submitted(office, policies)
    await approve(office, termination, agency(office))
    await approve(office, termination, district(office))
    async with office.client.context.db.transaction(office.tenant.id) as session:
        rows = (await session.execute(select(RefundOwed))).scalars().all()
        return {str(row.policy_id): f"{row.amount:.2f}" for row in rows}


async def as_before(office: World) -> None:
    """The migration leaves refunds of before so; and the process of the version before writes them so."""
    async with office.client.context.db.transaction(office.tenant.id) as session:
        await session.execute(update(RefundOwed).values(policy_told=False))


async def told(office: World, emitted_of: Any) -> list[dict[str, str]]:
    said = [event.data["refunds"] for event in await emitted_of(office) if event.type == WIRE]
    return [{one["policy_id"]: one["amount"] for one in refunds} for refunds in said]


@pytest.mark.feature("D.11", "N.03")
async def test_refunds_of_before_are_told_in_batches_and_once_more_and_others_not_at_all(
    office: World, emitted_of: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "BATCH", 2)
    amounts = await refunded(office, await covered(office, 1, 2, 3))
    await tell_refunds(office.client.context, office.tenant.id)
    assert await told(office, emitted_of) == [], "RefundDue has told these"
    await as_before(office)
    with pytest.raises(KeyboardInterrupt):
        async with office.client.context.db.transaction(office.tenant.id) as session:
            assert await jobs.tell_batch(session, tenant_id=office.tenant.id)
            raise KeyboardInterrupt
    for _ in range(2):
        await tell_refunds(office.client.context, office.tenant.id)
    batches = await told(office, emitted_of)
    assert [len(batch) for batch in batches] == [2, 1]
    assert batches[0] | batches[1] == amounts
    with set_to(now() + jobs.TOLD_AGAIN_AFTER):
        for _ in range(2):
            await tell_refunds(office.client.context, office.tenant.id)
    assert (await told(office, emitted_of))[2:] == batches, "once more: the version before may have listened"
    async with office.client.context.db.transaction(office.tenant.id) as session:
        rows = (await session.execute(select(RefundOwed))).scalars().all()
        assert {str(row.id) for row in rows if row.policy_told} == {str(row.id) for row in rows}


@pytest.mark.feature("N.05")
async def test_a_snapshot_of_the_policies_tells_their_refunds_too(office: World, emitted_of: Any) -> None:
    amounts = await refunded(office, await covered(office, 1))
    async with office.client.context.db.transaction(office.tenant.id) as session:
        session.add(PolicySnapshot(tenant_id=office.tenant.id, requested_by=office.tenant.id))
    await tell_policies(office.client.context, office.tenant.id)
    await tell_refunds(office.client.context, office.tenant.id)
    assert await told(office, emitted_of) == [amounts]
