"""A refused claim is looked at again: its receipts, stays and caps are taken anew, then the first node has it."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.contracts.claims import ClaimReopened
from common.crypto import TenantKeys
from common.events import emit
from common.text import Text

from ..appeals.errors import CannotReopen
from ..decisions.inputs import facts_for, rules_for
from ..decisions.service import Calculator
from ..intake.dossier import load_dossier
from ..intake.facts import claim_fact
from ..intake.models import Claim
from ..intake.repository import ClaimRepository
from ..intake.rules.routing import Reason
from .conflicts import find_conflicts, note_days

GRANTED = Reason("appeal.granted", Text("申诉成立，重新审核", "an appeal was granted"))


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
    calculator.calculate(claim, rules=rules_for(dossier), facts=facts_for(dossier, application))
    calculator.store()
    first = dossier.pack.claim_chain(claim.kind).nodes[0]
    claim.reopen(node=first.code, role=first.role)
    claim.review_reasons = [GRANTED.as_dict()]
    repository.add_step(claim, node="appeal", action="reopened", handler_id=handler_id, handler=handler)
    emit(session, ClaimReopened(claim=claim_fact(claim)))
