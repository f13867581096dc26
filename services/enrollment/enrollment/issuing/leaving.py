"""People whom an amendment removes: their policies end and the product's rule says what comes back (row P.01)."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.clock import today
from common.contracts.enrollment import RefundDue
from common.contracts.pack import Product, TenantPack
from common.ids import new_id

from ..orders.models import Order
from ..people.reasons import ENDED_MEANWHILE, claim_open, reason_json
from ..policies.ending import end_all
from ..policies.facts import sealed
from ..policies.models import Policy
from ..refunds.service import owe_refunds
from ..terminations.refunding import held_by_claims, refunds_of
from ..terminations.repository import TerminationRepository
from ..terminations.rules import Cover, refund_for
from .repository import IssuingRepository


async def end_policies(
    session: AsyncSession,
    repository: IssuingRepository,
    order: Order,
    pack: TenantPack,
    people: Sequence[Any],
) -> int:
    """End the policies of people who leave, with the day before the amendment begins; return how many ended.

    Those that ended meanwhile are left as they are: all of them, where the group's cover is over; and those of which an
    undecided claim decides what comes back.
    """
    last_day = (order.starts_on or date.max) - timedelta(days=1)
    policies = await repository.lock_policies([person.policy_id for person in people])
    ending = {
        key: row
        for key, row in policies.items()
        if order.effective_on is not None and row.status == "in_force" and last_day < row.ends_on
    }
    waiting = await _leave_to_claims(session, repository, people, ending, on=last_day)
    ending = {key: policy for key, policy in ending.items() if key not in waiting}
    terminations = TerminationRepository(session, order.tenant_id)
    claimed = await terminations.with_benefit(list(ending.values()))
    own = await terminations.paid_by_member(list(ending.values()))
    await end_all(session, list(ending.values()), on=last_day)
    product = pack.product(order.product_code)
    refunds = [
        _refund(order, pack, product, policy, benefit_paid=policy.id in claimed, by_member=policy.id in own)
        for policy in ending.values()
    ]
    await owe_refunds(session, tenant_id=order.tenant_id, refunds=refunds)
    gone = [
        person.id for person in people if person.policy_id not in ending and person.policy_id not in waiting
    ]
    await repository.mark_skipped(gone, outcome="ended_meanwhile", reasons=[reason_json(ENDED_MEANWHILE)])
    return len(ending)


async def _leave_to_claims(
    session: AsyncSession,
    repository: IssuingRepository,
    people: Sequence[Any],
    ending: Mapping[UUID, Policy],
    *,
    on: date,
) -> set[UUID]:
    """Leave in force the policies of which it depends on an undecided claim what comes back; return them."""
    refunds = await refunds_of(session, list(ending.values()), last_day=on)
    claims = await held_by_claims(session, list(ending.values()), refunds)
    for person in people:
        if numbers := claims.get(person.policy_id):
            reasons = [reason_json(claim_open(numbers))]
            await repository.mark_skipped([person.id], outcome="claim_open", reasons=reasons)
    return set(claims)


def _refund(
    order: Order,
    pack: TenantPack,
    product: Product,
    policy: Policy,
    *,
    benefit_paid: bool,
    by_member: bool,
) -> tuple[str, RefundDue]:
    member = by_member or product.contribution.payer == "member"
    cover = Cover(policy.contribution, policy.starts_on, policy.ends_on, benefit_paid=benefit_paid)
    back = refund_for(cover, product, pack.rounding, last_day=policy.ended_on or policy.ends_on)
    due = RefundDue(
        refund_id=new_id(),
        reason="removed",
        fund=product.fund,
        product_code=product.code,
        amount=back.amount,
        due_on=today(),
        payee="member" if member else "unit",
        unit_id=order.unit_id,
        person_id=policy.person_id,
        order_id=order.id,
        order_number=order.number,
        policy_id=policy.id,
        name=sealed(policy.name_token, policy.name_index) if member else None,
        bank_card=sealed(policy.card_token, policy.card_index) if member else None,
        bank_name=policy.bank_name if member else None,
    )
    return f"policy:{policy.id}", due
