"""Use case: what a claim let go of goes to the person's others that wait (ADR 0032)."""

from sqlalchemy.ext.asyncio import AsyncSession

from common.crypto import TenantKeys

from ..intake.dossier import load_dossier
from ..intake.models import Claim
from ..intake.repository import ClaimRepository
from .inputs import facts_for, rules_for
from .service import CAP_HELD, Calculator

SETTLED = frozenset({CAP_HELD.code, "amount.nothing"})
"""Reasons for a review that a new calculation may answer."""


async def calculate_waiting(session: AsyncSession, *, claim: Claim, keys: TenantKeys) -> None:
    """Calculate the person's claims at their first node again, in the order they came, under the person's lock.

    An amount that somebody has agreed to stays; a claim that is being decided at this moment is left alone.
    """
    waiting = await ClaimRepository(session, claim.tenant_id).waiting_of(claim.person_id)
    for other in waiting:
        dossier = await load_dossier(session, other, keys=keys)
        if other.id == claim.id or other.node != dossier.pack.claim_chain(other.kind).nodes[0].code:
            continue
        before = other.amount
        calculator = await Calculator.holding(
            session, tenant_id=other.tenant_id, person_ids=[other.person_id], keys=keys, without=other.id
        )
        decision = calculator.calculate(
            other, rules=rules_for(dossier), facts=facts_for(dossier, dossier.application())
        )
        calculator.store()
        held = list(calculator.held_back())
        kept = [
            r for r in other.review_reasons if r["code"] not in SETTLED or (decision.refused and not held)
        ]
        other.review_reasons = [reason.as_dict() for reason in held] + [
            r for r in kept if r["code"] != CAP_HELD.code
        ]
        if other.amount != before:
            other.touch()
        await session.flush()
