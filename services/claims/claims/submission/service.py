"""Use cases: submit a claim, withdraw it."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.auth import Actor, require_confirmed
from common.contracts.claims import ClaimSubmitted, ClaimWithdrawn
from common.crypto import TenantKeys
from common.events import emit

from ..benefits import BenefitDecision
from ..copies.models import PolicyCopy
from ..copies.repository import CopyRepository
from ..decisions.inputs import facts_for, rules_for
from ..decisions.service import Approval, Calculator, approve_claims, let_go
from ..decisions.waiting import calculate_waiting
from ..intake.dossier import Dossier, load_dossier, look_for_card
from ..intake.errors import ClaimRefused, DuplicateReceipt, NotCovered, ReceiptOfAnotherPerson
from ..intake.facts import claim_fact
from ..intake.models import Claim
from ..intake.numbers import claim_number
from ..intake.payee import names_new_card, payee_of
from ..intake.repository import ClaimRepository
from ..intake.rules.application import Application
from ..intake.rules.cards import differing_cards
from ..intake.rules.checks import event_days, faults_of
from ..intake.rules.form import Fault
from ..intake.rules.papers import not_brought, paper_named
from ..intake.rules.routing import Reason, reasons_for_review
from ..intake.schemas import ClaimRead
from ..intake.service import find_own, read_again, show
from ..payouts.refunds.standing import refund_reasons
from .conflicts import find_conflicts, note_days, same_event
from .pictures import similar_pictures
from .reopening import taken_back


async def submit_claim(session: AsyncSession, *, actor: Actor, claim_id: UUID, keys: TenantKeys) -> ClaimRead:
    """Hand a claim in: all checks, the amount under the caps, then decided by rule or sent to the first node.

    A second submission of a claim that is under way changes nothing and answers the same. ConfirmationNeeded where the
    application names a card that the person is not known to have.
    """
    claim = await find_own(session, actor=actor, claim_id=claim_id)
    if claim.submitted_at is not None and claim.status not in {"returned", "withdrawn"}:
        return await read_again(session, claim, keys=keys)
    claim.must_be_open()
    dossier = await load_dossier(session, claim, keys=keys)
    application = dossier.application()
    await choose_policy(session, dossier, application)
    # What was never handed in holds no receipts and counts against no cap.
    again = claim.submitted_at is not None
    calculator = await Calculator.holding(
        session,
        tenant_id=actor.tenant_id,
        person_ids=[claim.person_id],
        keys=keys,
        without=claim.id if again else None,
    )
    repository = ClaimRepository(session, actor.tenant_id)
    if again:
        await repository.release(claim.id)
    faults = faults_of(application) + not_brought(application, dossier.asked_for)
    faults += await find_conflicts(repository, claim, application, keys)
    if faults:
        raise refusal(application, faults)
    if await names_new_card(session, dossier):
        require_confirmed(actor)
    number = claim.number or claim_number((await repository.numbers(1))[0])
    claim.form = dossier.sealed_form()
    claim.account_id, claim.human = actor.id, actor.human
    claim.submit(number=number)
    note_days(repository, claim, application)
    decision = calculator.calculate(claim, rules=rules_for(dossier), facts=facts_for(dossier, application))
    calculator.store()
    repository.add_step(
        claim, node="submit", action="submitted", handler_id=actor.id, handler=actor.label, human=actor.human
    )
    await _route(session, dossier, application, decision, [*calculator.held_back()])
    await session.flush()
    return await show(session, dossier)


def refusal(application: Application, faults: list[Fault]) -> ClaimRefused:
    """Return the problem for faults: the gravest gives the code, all of them stand in `errors`."""
    errors = [fault.as_error() for fault in faults]
    codes = {fault.code for fault in faults}
    if ReceiptOfAnotherPerson.code in codes:
        other = next(fault for fault in faults if fault.code == ReceiptOfAnotherPerson.code)
        paper = paper_named(application, other.document_id or "").in_language()
        return ReceiptOfAnotherPerson(errors=errors, document_id=other.document_id, paper=paper)
    if DuplicateReceipt.code in codes:
        return DuplicateReceipt(errors=errors)
    if NotCovered.code in codes:
        return NotCovered(errors=errors)
    return ClaimRefused(errors=errors)


async def choose_policy(session: AsyncSession, dossier: Dossier, application: Application) -> None:
    """Let the claim be about the policy in force on the first day of the event, and its unit's branch."""
    days = sorted(day for found in event_days(application).values() for day in found)
    if not days:
        return
    holding: list[PolicyCopy] = [policy for policy in dossier.policies if policy.covers(days[0])]
    if holding and all(policy.id != dossier.claim.policy_id for policy in holding):
        dossier.claim.policy_id = holding[0].id
        dossier.claim.unit_id = holding[0].unit_id
        await look_for_card(session, dossier)
    claim, known = dossier.claim, dossier.units
    if claim.unit_id in known:
        claim.org_path = known[claim.unit_id].org_path
    else:
        await place_in_branch(session, claim)


async def place_in_branch(session: AsyncSession, claim: Claim) -> None:
    """Give a claim the branch that its unit has now: it decides which staff may see it."""
    if claim.unit_id is None:
        return
    unit = (await CopyRepository(session, claim.tenant_id).units([claim.unit_id])).get(claim.unit_id)
    if unit is not None:
        claim.org_path = unit.org_path


async def _route(
    session: AsyncSession,
    dossier: Dossier,
    application: Application,
    decision: BenefitDecision,
    held: list[Reason],
) -> None:
    """Let the rules decide if nothing speaks against it; else send the claim to the first node, with the reasons."""
    claim = dossier.claim
    reasons = held + taken_back(claim)
    reasons += reasons_for_review(application, amount=decision.amount, opened_by=claim.opened_by)
    reasons += differing_cards(application)
    refunded = await refund_reasons(session, tenant_id=claim.tenant_id, claims=[claim])
    reasons += refunded.values()
    # Only other claims are looked at: what is not written yet of this one is written once, with the decision.
    with session.no_autoflush:
        reasons += await same_event(ClaimRepository(session, claim.tenant_id), claim)
        reasons += await similar_pictures(session, dossier)
    claim.review_reasons = [reason.as_dict() for reason in reasons]
    if reasons:
        first = dossier.pack.claim_chain(claim.kind).nodes[0]
        claim.move_to(node=first.code, role=first.role)
        emit(session, ClaimSubmitted(claim=claim_fact(claim)))
        return
    claim.move_to(node="automatic", role="")
    emit(session, ClaimSubmitted(claim=claim_fact(claim)))
    since = dossier.policy.starts_on if dossier.policy else None
    approval = Approval(claim, payee_of(dossier), covered_since=since)
    await approve_claims(session, tenant_id=claim.tenant_id, approvals=[approval], keys=dossier.keys)


async def withdraw_claim(
    session: AsyncSession, *, actor: Actor, claim_id: UUID, keys: TenantKeys
) -> ClaimRead:
    """Take a claim back before it is decided; its receipts may then be used again."""
    claim = await find_own(session, actor=actor, claim_id=claim_id)
    claim.withdraw()
    await let_go(session, claim=claim)
    await calculate_waiting(session, claim=claim, keys=keys)
    ClaimRepository(session, actor.tenant_id).add_step(
        claim,
        node="withdraw",
        action="withdrawn",
        handler_id=actor.id,
        handler=actor.label,
        human=actor.human,
    )
    if claim.submitted_at is not None:
        emit(session, ClaimWithdrawn(claim=claim_fact(claim)))
    return await read_again(session, claim, keys=keys)
