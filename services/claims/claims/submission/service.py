"""Use cases: submit a claim, withdraw it."""

from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.auth import Actor
from common.contracts.claims import ClaimSubmitted
from common.crypto import TenantKeys
from common.events import emit
from common.text import Text

from ..benefits import BenefitDecision
from ..copies.models import PolicyCopy
from ..copies.repository import CopyRepository
from ..decisions.inputs import facts_for, rules_for
from ..decisions.rules import due_on
from ..decisions.service import Approval, Calculator, approve_claims, let_go
from ..intake.dossier import Dossier, load_dossier
from ..intake.errors import ClaimRefused, DuplicateReceipt, NotCovered, ReceiptOfAnotherPerson
from ..intake.facts import claim_fact
from ..intake.models import Claim, Stay
from ..intake.numbers import claim_number
from ..intake.payee import payee_of
from ..intake.repository import ClaimRepository, overlap
from ..intake.rules.application import Application
from ..intake.rules.checks import event_days, faults_of, receipts_of
from ..intake.rules.filling import RECEIPTS
from ..intake.rules.form import Fault, day_of
from ..intake.rules.routing import Reason, reasons_for_review
from ..intake.schemas import ClaimRead
from ..intake.service import find_own, read_again

PICTURE, RECEIPT = "picture", "receipt"


async def submit_claim(session: AsyncSession, *, actor: Actor, claim_id: UUID, keys: TenantKeys) -> ClaimRead:
    """Hand a claim in: all checks, the amount under the caps, then decided by rule or sent to the first node.

    A second submission of a claim that is under way changes nothing and answers the same.
    """
    claim = await find_own(session, actor=actor, claim_id=claim_id)
    if claim.submitted_at is not None and claim.status not in {"returned", "withdrawn"}:
        return await read_again(session, claim, keys=keys)
    claim.must_be_open()
    dossier = await load_dossier(session, claim, keys=keys)
    application = dossier.application()
    await choose_policy(session, dossier, application)
    calculator = await Calculator.holding(
        session, tenant_id=actor.tenant_id, person_ids=[claim.person_id], keys=keys, without=claim.id
    )
    repository = ClaimRepository(session, actor.tenant_id)
    await repository.release(claim.id)
    faults = faults_of(application) + await _conflicts(repository, claim, application, keys)
    if faults:
        raise refusal(faults)
    claim.form = dossier.sealed_form()
    claim.account_id = actor.id
    claim.submit(number=claim_number((await repository.numbers(1))[0]))
    _note_days(repository, claim, application)
    decision = calculator.calculate(claim, rules=rules_for(dossier), facts=facts_for(dossier, application))
    calculator.store()
    repository.add_step(claim, node="submit", action="submitted", handler_id=actor.id)
    await _route(session, dossier, application, decision)
    return await read_again(session, claim, keys=keys)


def refusal(faults: list[Fault]) -> ClaimRefused:
    """Return the problem for faults: the gravest gives the code, all of them stand in `errors`."""
    errors = [fault.as_error() for fault in faults]
    codes = {fault.code for fault in faults}
    if ReceiptOfAnotherPerson.code in codes:
        other = next(fault for fault in faults if fault.code == ReceiptOfAnotherPerson.code)
        return ReceiptOfAnotherPerson(errors=errors, document_id=other.document_id)
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
    await place_in_branch(session, dossier.claim)


async def place_in_branch(session: AsyncSession, claim: Claim) -> None:
    """Give a claim the branch that its unit has now: it decides which staff may see it."""
    if claim.unit_id is None:
        return
    unit = (await CopyRepository(session, claim.tenant_id).units([claim.unit_id])).get(claim.unit_id)
    if unit is not None:
        claim.org_path = unit.org_path


async def _conflicts(
    repository: ClaimRepository, claim: Claim, application: Application, keys: TenantKeys
) -> list[Fault]:
    """Return what stands against other claims: receipts and pictures used before, overlapping stays, once only."""
    receipts = {
        mark: place for number, place in receipts_of(application) for mark in keys.blinds(RECEIPT, number)
    }
    receipt_rules = {rule.code for rule in application.kind.documents if RECEIPTS & set(rule.types)}
    pictures = {d.sha256: d.document_id for d in application.documents if d.rule in receipt_rules}
    marks = [(claim.id, RECEIPT, mark) for mark in receipts] + [
        (claim.id, PICTURE, mark) for mark in pictures
    ]
    holders = await repository.use_evidence(marks)
    held = [key for key, holder in holders.items() if holder != claim.id]
    faults = [_used(RECEIPT, receipts[mark], None) for kind, mark in held if kind == RECEIPT]
    faults += [_used(PICTURE, "", pictures[mark]) for kind, mark in held if kind == PICTURE]
    others = await repository.overlapping(claim.person_id, claim.id, claim.event)
    for admitted, discharged in _stays(application):
        if any(overlap(admitted, discharged, other) for other in others):
            text = Text(
                f"{admitted} 入院的住院已在另一申请中，请勿重复申请。",
                f"The stay from {admitted} stands in another claim of yours. Do not claim it twice.",
            )
            faults.append(Fault("claim.stay_already_claimed", text, "admission_date"))
    return faults + await _only_once(repository, claim, application)


def _used(kind: str, place: str, document_id: str | None) -> Fault:
    what = Text("票据号码", "receipt number") if kind == RECEIPT else Text("图片", "picture")
    text = Text(
        f"该{what.zh}已在另一理赔申请中使用；如确属误判，请联系工会核实。",
        f"This {what.en} is used in another claim. If that is a mistake, ask the union to look at it.",
    )
    return Fault(DuplicateReceipt.code, text, place, document_id)


async def _only_once(repository: ClaimRepository, claim: Claim, application: Application) -> list[Fault]:
    if application.kind.once_per is None:
        return []
    others = await repository.others_of_kind(claim.person_id, claim.kind, claim.id)
    years = {day.year for found in event_days(application).values() for day in found}
    if application.kind.once_per == "year":
        others = [other for other in others if other.event_on and other.event_on.year in years]
    text = Text(
        "此类申请已有一件，不能再次申请。", "You have made such a claim already; another is not possible."
    )
    return [Fault("claim.only_once", text)] if others else []


def _stays(application: Application) -> list[tuple[date, date]]:
    """Return admission and discharge of every stay whose days are both known."""
    found = []
    for stay in application.stays:
        values = application.inputs(stay)
        admitted, discharged = (
            day_of(values.get("admission_date", "")),
            day_of(values.get("discharge_date", "")),
        )
        if admitted and discharged and admitted <= discharged:
            found.append((admitted, discharged))
    return found


def _note_days(repository: ClaimRepository, claim: Claim, application: Application) -> None:
    """Note the days of the event on the claim, and its stays so that no other claim takes them."""
    stays = _stays(application)
    days = sorted(day for found in event_days(application).values() for day in found)
    claim.event_on = days[0] if days else None
    claim.admitted_on = min((admitted for admitted, _ in stays), default=None)
    claim.discharged_on = max((discharged for _, discharged in stays), default=None)
    claim.due_on = due_on(application.kind, [discharged for _, discharged in stays] or days)
    for admitted, discharged in stays:
        repository.add(
            Stay(
                claim_id=claim.id,
                person_id=claim.person_id,
                event=claim.event,
                admitted_on=admitted,
                discharged_on=discharged,
            )
        )


async def _route(
    session: AsyncSession, dossier: Dossier, application: Application, decision: BenefitDecision
) -> None:
    """Let the rules decide if nothing speaks against it; else send the claim to the first node, with the reasons."""
    claim = dossier.claim
    reasons: list[Reason] = reasons_for_review(application, amount=decision.amount, opened_by=claim.opened_by)
    claim.review_reasons = [reason.as_dict() for reason in reasons]
    if reasons:
        first = dossier.pack.claim_chain(claim.kind).nodes[0]
        claim.move_to(node=first.code, role=first.role)
        emit(session, ClaimSubmitted(claim=claim_fact(claim)))
        return
    claim.move_to(node="automatic", role="")
    emit(session, ClaimSubmitted(claim=claim_fact(claim)))
    await approve_claims(
        session,
        tenant_id=claim.tenant_id,
        approvals=[Approval(claim, payee_of(dossier))],
        keys=dossier.keys,
    )


async def withdraw_claim(
    session: AsyncSession, *, actor: Actor, claim_id: UUID, keys: TenantKeys
) -> ClaimRead:
    """Take a claim back before it is decided; its receipts may then be used again."""
    claim = await find_own(session, actor=actor, claim_id=claim_id)
    claim.withdraw()
    await let_go(session, claim=claim)
    ClaimRepository(session, actor.tenant_id).add_step(
        claim, node="withdraw", action="withdrawn", handler_id=actor.id
    )
    return await read_again(session, claim, keys=keys)
