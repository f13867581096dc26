"""A decided claim is looked at again from the first node.

One that was refused takes its receipts, stays and caps anew; one that was granted and not paid has them still.
"""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.contracts.claims import ClaimReopened
from common.crypto import TenantKeys
from common.events import emit
from common.text import Text

from ..appeals.errors import CannotReopen
from ..decisions.inputs import facts_for, rules_for
from ..decisions.service import Calculator
from ..intake.dossier import Dossier, load_dossier
from ..intake.facts import claim_fact
from ..intake.models import Claim
from ..intake.repository import ClaimRepository
from ..intake.rules.routing import Reason
from .conflicts import find_conflicts, note_days

APPEAL, SAMPLE = "appeal", "sample"
"""Why a claim is looked at again: the node of the step, and the cause in the event."""
REASONS = {
    APPEAL: Reason("appeal.granted", Text("申诉成立，重新审核", "an appeal was granted")),
    SAMPLE: Reason("sample.wrong", Text("抽检认为原决定有误，重新审核", "a sample found the decision wrong")),
}


def taken_back(claim: Claim) -> list[Reason]:
    """Return why a claim that comes back from a return is no matter for the rules: they were wrong about it before."""
    again = REASONS[SAMPLE]
    return [again] if any(reason["code"] == again.code for reason in claim.review_reasons) else []


async def reopen_claim(
    session: AsyncSession, *, claim: Claim, keys: TenantKeys, handler_id: UUID, handler: str
) -> None:
    """Reopen a refused claim in a new round; CannotReopen where another claim has its receipts or stays by now."""
    dossier = await load_dossier(session, claim, keys=keys)
    application = dossier.application()
    calculator = await Calculator.holding(
        session, tenant_id=claim.tenant_id, person_ids=[claim.person_id], keys=keys, without=claim.id
    )
    repository = ClaimRepository(session, claim.tenant_id)
    faults = await find_conflicts(repository, claim, application, keys)
    if faults:
        raise CannotReopen(errors=[fault.as_error() for fault in faults])
    note_days(repository, claim, application)
    await _start_again(session, calculator, dossier, APPEAL, handler_id=handler_id, handler=handler)


async def reconsider_claim(
    session: AsyncSession, *, claim: Claim, keys: TenantKeys, handler_id: UUID, handler: str, opinion: str
) -> None:
    """Reopen a claim that was granted, whose payout was withdrawn, in a new round; `opinion` is sealed."""
    dossier = await load_dossier(session, claim, keys=keys)
    calculator = await Calculator.holding(
        session, tenant_id=claim.tenant_id, person_ids=[claim.person_id], keys=keys, without=claim.id
    )
    await _start_again(
        session, calculator, dossier, SAMPLE, handler_id=handler_id, handler=handler, opinion=opinion
    )


async def _start_again(
    session: AsyncSession,
    calculator: Calculator,
    dossier: Dossier,
    cause: str,
    *,
    handler_id: UUID,
    handler: str,
    opinion: str = "",
) -> None:
    """Calculate anew, stand at the first node, say it in the timeline and to the others."""
    claim, application = dossier.claim, dossier.application()
    calculator.calculate(claim, rules=rules_for(dossier), facts=facts_for(dossier, application))
    calculator.store()
    first = dossier.pack.claim_chain(claim.kind).nodes[0]
    claim.reopen(node=first.code, role=first.role)
    claim.review_reasons = [REASONS[cause].as_dict()]
    ClaimRepository(session, claim.tenant_id).add_step(
        claim, node=cause, action="reopened", handler_id=handler_id, handler=handler, opinion=opinion
    )
    emit(session, ClaimReopened(claim=claim_fact(claim), cause=cause))
