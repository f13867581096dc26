"""What an early termination gives back: after a benefit, and decided on later (row D.11)."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from common import clock
from common.consumer import Worker
from common.contracts.claims import PayoutCompleted, PayoutFact, PayoutFailed, PayoutRequested
from common.ids import new_id
from enrollment.terminations.models import BenefitPaid
from enrollment.terminations.repository import TerminationRepository

from .terminating import (
    PRODUCT,
    TODAY,
    agency,
    approve,
    beijing_pack,
    covered,
    district,
    office,
    request,
    submitted,
)
from .test_cover_consumers import deliver
from .world import World, id_number

__all__ = ["beijing_pack", "office"]


@pytest.mark.feature("D.11")
async def test_a_benefit_in_the_term_leaves_nothing_to_refund(office: World) -> None:
    (policy,) = await covered(office, 1)
    async with office.client.context.db.transaction(office.tenant.id) as session:
        await TerminationRepository(session, office.tenant.id).note_benefit(
            payout_id=new_id(),
            person_id=office.tenant.keys.person_id("resident_id", id_number(1)),
            product_code=PRODUCT,
            event_on=TODAY,
            paid_on=None,
        )
    made = (await request(office, [policy])).json()
    assert made["items"][0]["refund"] == "0.00"
    assert "已给付待遇" in made["items"][0]["refund_reason"]


@pytest.mark.feature("D.11")
@pytest.mark.parametrize("days", [-101, 365])
async def test_a_benefit_outside_the_term_leaves_the_refund_as_it_is(office: World, days: int) -> None:
    """The day before the term of 365 days that began 100 days ago, and the day after it."""
    (policy,) = await covered(office, 1)
    day = TODAY + timedelta(days=days if days < 0 else days - 100)
    async with office.client.context.db.transaction(office.tenant.id) as session:
        await TerminationRepository(session, office.tenant.id).note_benefit(
            payout_id=new_id(),
            person_id=office.tenant.keys.person_id("resident_id", id_number(1)),
            product_code=PRODUCT,
            event_on=day,
            paid_on=TODAY,
        )
    made = (await request(office, [policy])).json()
    assert made["items"][0]["refund"] == "80.00", "the day of the case counts, not that of the transfer"


@pytest.mark.feature("D.11")
async def test_who_is_decided_on_later_was_covered_until_then(office: World, emitted_of: Any) -> None:
    (policy,) = await covered(office, 1, begun_days_ago=40)
    termination = await submitted(office, [policy])
    with clock.set_to(clock.now() + timedelta(days=35)):
        await approve(office, termination, agency(office))
        done = (await approve(office, termination, district(office))).json()
    until = TODAY + timedelta(days=35)
    assert (done["status"], done["last_day"]) == ("done", until.isoformat())
    # 75 of 365 days begun: the months of 12 that are left are counted from the day of the decision.
    assert done["items"][0]["refund"] == "90.00"
    (ended,) = [e.data for e in await emitted_of(office) if e.type == "enrollment.policy_terminated.v1"]
    assert ended["ended_on"] == until.isoformat()


@pytest.mark.feature("D.11")
async def test_a_benefit_counts_for_the_cover_of_its_case_from_its_approval_on(
    office: World, worker: Worker
) -> None:
    """A case of the year before that the bank paid in this term is not this term's; an approved one is, unpaid."""
    (policy,) = await covered(office, 1)
    fact = PayoutFact(
        payout_id=new_id(), claim_id=new_id(), claim_number="L1", product_code=PRODUCT, amount=Decimal("100.00"),
        person_id=office.tenant.keys.person_id("resident_id", id_number(1)),
        event_on=TODAY - timedelta(days=140), paid_on=TODAY,
    )  # fmt: skip
    await deliver(worker, office.tenant.id, PayoutCompleted(payout=fact))
    made = (await request(office, [policy])).json()
    assert made["items"][0]["refund"] == "80.00"
    changes = {"payout_id": new_id(), "event_on": TODAY - timedelta(days=9), "paid_on": None}
    await deliver(worker, office.tenant.id, PayoutRequested(payout=fact.model_copy(update=changes)))
    shown = (await office.client.get(f"/terminations/{made['id']}", office.handler)).json()
    assert shown["items"][0]["refund"] == "0.00" and "已给付待遇" in shown["items"][0]["refund_reason"]


@pytest.mark.feature("D.11", "N.05")
async def test_money_that_the_bank_gave_back_is_paid_no_more_and_still_owed(
    office: World, worker: Worker
) -> None:
    """退汇: the cover was used all the same; what is told late or again changes nothing."""
    (policy,) = await covered(office, 1)
    fact = PayoutFact(
        version=3, payout_id=new_id(), claim_id=new_id(), claim_number="L1", product_code=PRODUCT,
        amount=Decimal("100.00"), person_id=office.tenant.keys.person_id("resident_id", id_number(1)),
        event_on=TODAY - timedelta(days=9), paid_on=TODAY,
    )  # fmt: skip
    paid = PayoutCompleted(payout=fact)
    back = PayoutFailed(
        payout=fact.model_copy(update={"version": 4, "paid_on": None}),
        reason=office.tenant.keys.sealed_words("账户已销户"),
    )
    for told, paid_on in ((paid, TODAY), (back, None), (paid, None)):
        await deliver(worker, office.tenant.id, told)
        async with office.client.context.db.transaction(office.tenant.id) as session:
            kept = (
                await session.execute(select(BenefitPaid).where(BenefitPaid.id == fact.payout_id))
            ).scalars()
            assert [(row.paid_on, row.event_on) for row in kept] == [(paid_on, fact.event_on)]
    made = (await request(office, [policy])).json()
    assert made["items"][0]["refund"] == "0.00"
