"""Facts that come twice have one effect: refunds that go back online, benefits that were paid."""

from datetime import timedelta
from decimal import Decimal

from sqlalchemy import select

from common.bus.interface import Record, TopicPartition
from common.clock import today
from common.consumer import Worker
from common.consumer.runtime import Runtime
from common.contracts.claims import PayoutCompleted, PayoutFact, PayoutRequested, PayoutWithdrawn
from common.contracts.enrollment import RefundDue
from common.events import Event
from common.events.outbox import wrap
from common.ids import new_id
from common.testing import Pump
from enrollment.consumers import SUBSCRIPTIONS
from enrollment.terminations.models import BenefitPaid

from .campus import Campus
from .world import World


async def deliver(worker: Worker, tenant_id: object, *events: Event, times: int = 2) -> None:
    runtime = Runtime(worker.context, SUBSCRIPTIONS, bus=None)  # type: ignore[arg-type]
    envelopes = [wrap(event, tenant_id) for event in events]  # type: ignore[arg-type]
    records = [Record("t", 0, e.subject.encode(), e.encode(), n) for n, e in enumerate(envelopes)]
    for _ in range(times):
        await runtime.handle({TopicPartition("t", 0): records})


def refund(campus: Campus, order_id: object, **changes: object) -> RefundDue:
    values = {
        "refund_id": new_id(), "reason": "terminated", "fund": "mutual", "product_code": "critical-illness",
        "amount": Decimal("40.00"), "due_on": today(), "payee": "member", "order_id": order_id, "person_id": new_id(),
    }  # fmt: skip
    return RefundDue.model_validate(values | changes)


async def test_a_refund_told_twice_goes_back_once(campus: Campus, worker: Worker, pump: Pump) -> None:
    member = await campus.member()
    await campus.paid(member)
    await pump.settle()
    policy = (await campus.client.get("/policies/mine", member)).json()["items"][0]
    due = refund(campus, policy["order_id"])
    await deliver(worker, campus.tenant.id, due)
    await deliver(worker, campus.tenant.id, due)
    await deliver(
        worker, campus.tenant.id, refund(campus, new_id()), refund(campus, policy["order_id"], payee="unit")
    )
    payment = (await campus.client.get("/payments", campus.finance)).json()["items"][0]
    assert payment["refunded"] == "40.00"


async def test_a_benefit_told_twice_is_kept_once(world: World, worker: Worker) -> None:
    payout = PayoutFact(
        payout_id=new_id(), claim_id=new_id(), claim_number="L1", person_id=new_id(), amount=Decimal("460.00"),
        product_code="three-in-one", event_on=today() - timedelta(days=30),
    )  # fmt: skip
    booked = payout.model_copy(update={"paid_on": today()})
    for event in (PayoutRequested(payout=payout), PayoutCompleted(payout=booked)):
        await deliver(worker, world.tenant.id, event)
        await deliver(worker, world.tenant.id, event)
    await deliver(worker, world.tenant.id, PayoutRequested(payout=payout))
    async with world.client.context.db.transaction(world.tenant.id) as session:
        kept = select(BenefitPaid).where(BenefitPaid.tenant_id == world.tenant.id)
        (benefit,) = (await session.execute(kept)).scalars()
        assert (benefit.event_on, benefit.paid_on) == (payout.event_on, booked.paid_on)


async def test_a_benefit_whose_decision_was_taken_back_leaves_the_cover_unused(
    world: World, worker: Worker
) -> None:
    payout = PayoutFact(
        payout_id=new_id(), claim_id=new_id(), claim_number="L2", person_id=new_id(), amount=Decimal("460.00"),
        product_code="three-in-one", event_on=today() - timedelta(days=30),
    )  # fmt: skip
    later = payout.model_copy(update={"version": 3})

    async def kept() -> int:
        async with world.client.context.db.transaction(world.tenant.id) as session:
            return len((await session.execute(mine)).scalars().all())

    mine = select(BenefitPaid).where(
        BenefitPaid.tenant_id == world.tenant.id, BenefitPaid.id == payout.payout_id
    )
    await deliver(worker, world.tenant.id, PayoutRequested(payout=payout))
    assert await kept() == 1
    await deliver(worker, world.tenant.id, PayoutWithdrawn(payout=later))
    assert await kept() == 0
    await deliver(worker, world.tenant.id, PayoutRequested(payout=later.model_copy(update={"version": 4})))
    assert await kept() == 1
