"""What comes back for the policies of a request: shown beforehand, fixed and owed when the last node passes."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.clock import today
from common.contracts.enrollment import RefundDue
from common.ids import new_id
from common.tenancy import pack_of_version

from ..cases.repository import CaseRepository
from ..policies.ending import end_all
from ..policies.facts import sealed
from ..policies.models import Policy
from ..refunds.rules import Refund
from ..refunds.service import owe_refunds
from . import rules
from .errors import ClaimsUndecided
from .models import Termination
from .repository import TerminationRepository


async def refunds_of(
    session: AsyncSession, policies: Sequence[Policy], *, last_day: date
) -> dict[UUID, Refund]:
    """Return what would come back for each policy if it ended with `last_day`."""
    if not policies:
        return {}
    repository = TerminationRepository(session, policies[0].tenant_id)
    claimed = await repository.with_benefit(policies)
    found = {}
    for policy in policies:
        pack = await pack_of_version(session, policy.pack_version)
        cover = rules.Cover(
            policy.contribution, policy.starts_on, policy.ends_on, benefit_paid=policy.id in claimed
        )
        product = pack.product(policy.product_code)
        found[policy.id] = rules.refund_for(cover, product, pack.rounding, last_day=last_day)
    return found


async def held_by_claims(
    session: AsyncSession, policies: Sequence[Policy], refunds: Mapping[UUID, Refund]
) -> dict[UUID, list[str]]:
    """Return the undecided claims on which it depends whether anything comes back, by policy."""
    depending = []
    for policy in policies:
        product = (await pack_of_version(session, policy.pack_version)).product(policy.product_code)
        if product.refund.not_after_claim and refunds[policy.id].amount > 0:
            depending.append(policy)
    if not depending:
        return {}
    return await CaseRepository(session, depending[0].tenant_id).undecided(depending)


async def end_and_refund(session: AsyncSession, termination: Termination) -> Decimal:
    """End the policies of an approved request and owe what comes back; return the sum in yuan.

    A policy that ended meanwhile is left as it is and refunded by nobody twice.
    """
    repository = TerminationRepository(session, termination.tenant_id)
    last_day = rules.last_day_at_approval(termination.last_day or today(), today=today())
    termination.last_day = last_day
    policies = await repository.policies_of(termination, lock=True)
    items = await repository.items(termination)
    ending = [policy for policy in policies if policy.status == "in_force" and last_day < policy.ends_on]
    refunds = await refunds_of(session, ending, last_day=last_day)
    waiting = await held_by_claims(session, ending, refunds)
    if waiting:
        numbers = sorted({number for found in waiting.values() for number in found})
        raise ClaimsUndecided(claims="、".join(numbers[:10]), policies=[str(policy) for policy in waiting])
    for policy in policies:
        if refund := refunds.get(policy.id):
            items[policy.id].close(outcome="ended", refund=refund.amount, why=refund.why)
        else:
            items[policy.id].close(outcome="ended_meanwhile")
    amounts = {policy_id: refund.amount for policy_id, refund in refunds.items()}
    await end_all(session, ending, on=last_day, refunds=amounts)
    own = await repository.paid_by_member(ending)
    owed = [
        (f"policy:{policy.id}", await _due(session, policy, refunds[policy.id], by_member=policy.id in own))
        for policy in ending
    ]
    await owe_refunds(session, tenant_id=termination.tenant_id, refunds=owed)
    return sum(amounts.values(), Decimal("0.00"))


async def _due(session: AsyncSession, policy: Policy, refund: Refund, *, by_member: bool) -> RefundDue:
    product = (await pack_of_version(session, policy.pack_version)).product(policy.product_code)
    member = by_member or product.contribution.payer == "member"
    begun = policy.ended_on is None or policy.ended_on >= policy.starts_on
    return RefundDue(
        refund_id=new_id(),
        reason="terminated",
        fund=product.fund,
        product_code=policy.product_code,
        amount=refund.amount,
        due_on=today(),
        payee="member" if member else "unit",
        unit_id=policy.unit_id,
        person_id=policy.person_id,
        order_id=policy.order_id,
        policy_id=policy.id,
        bank_card=sealed(policy.card_token, policy.card_index) if member else None,
        bank_name=policy.bank_name if member else None,
        # A payment provider sends at once. Where a claim speaks against a refund, claims looks before the bank pays.
        way="transfer" if begun and product.refund.either_or else None,
    )
