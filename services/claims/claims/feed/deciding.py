"""Use case of the worker: settlement lines become claims, decided by rule where the pack lets them (C.09).

Many lines at a time: one look for policies, one lock of all persons, one insert per table.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

import orjson
from sqlalchemy.ext.asyncio import AsyncSession

from common.clock import now
from common.contracts.claims import ClaimOpened, ClaimRejected, ClaimSubmitted
from common.contracts.unmatched import SettlementsUnmatched, UnmatchedSettlement
from common.crypto import TenantKeys
from common.events import emit
from common.ids import new_id
from common.text import Text

from ..benefits import BenefitDecision, BenefitRules, Facts
from ..decisions.rules import covers_of, facts_of
from ..decisions.service import Approval, Calculator, approve_claims, let_go
from ..intake.facts import claim_fact
from ..intake.numbers import claim_number
from ..intake.repository import ClaimRepository
from ..intake.rules.checks import amounts_of
from ..intake.rules.form import place_of
from ..intake.rules.routing import Reason, limit_reasons, sum_differs
from ..payouts.refunds.standing import refund_reasons
from ..payouts.service import Payee
from .doubles import Double, set_apart, stay_of
from .importing import FACTS
from .joining import complete, first_of_each, join_claims
from .matching import Case, match_lines
from .models import FeedLine
from .repository import FeedRepository
from .rules import LineReason

DUPLICATE = LineReason(
    "feed.duplicate", Text("票据或住院已在其他理赔中", "receipt or stay is in another claim")
)


async def decide_lines(
    session: AsyncSession, *, tenant_id: UUID, keys: TenantKeys, most: int = 200, only: UUID | None = None
) -> int:
    """Decide waiting lines; return how many were taken. Each ends in exactly one state."""
    lines = await FeedRepository(session, tenant_id).take(most, only=only)
    if not lines:
        return 0
    cases = await match_lines(session, tenant_id, lines, keys)
    if cases:
        await _decide(session, tenant_id, cases, keys)
    tell_unmatched(session, lines, cases, keys)
    return len(lines)


def tell_unmatched(
    session: AsyncSession, lines: Sequence[FeedLine], cases: Sequence[Case], keys: TenantKeys
) -> None:
    """Say whose lines fit nobody, and which name units otherwise: the back office links people and units (C.14)."""
    found = [
        _unmatched(
            line, orjson.loads(keys.open(line.facts, context=FACTS)), str(line.reasons[0]["code"]), keys
        )
        for line in lines
        if line.state == "unmatched" and line.facts
    ]
    # A unit's other name is told once for each batch, however many of its people are in it.
    renamed = {(case.policy.unit_id, case.values["unit_name"]): case for case in cases if case.unit_differs}
    for (unit_id, _), case in renamed.items():
        found.append(_unmatched(case.line, case.values, "feed.unit_differs", keys, unit_id=unit_id))
    if found:
        emit(session, SettlementsUnmatched(batch_id=new_id(), lines=found))


def _unmatched(
    line: FeedLine, told: Mapping[str, str], reason: str, keys: TenantKeys, *, unit_id: UUID | None = None
) -> UnmatchedSettlement:
    return UnmatchedSettlement(
        line_id=line.id,
        reason=reason,
        document_number=keys.sealed(told["id_number"], context="person.document", kind="document"),
        name=keys.sealed(told["name"], context="person.name"),
        unit_name=told.get("unit_name"),
        unit_id=unit_id,
    )


async def _decide(session: AsyncSession, tenant_id: UUID, cases: list[Case], keys: TenantKeys) -> None:
    repository = ClaimRepository(session, tenant_id)
    # Caps are used up in the order of the events, whatever the order of the lines.
    cases.sort(key=lambda case: (case.claim.event_on or date.max, case.line.source_id))
    cases = await join_claims(session, tenant_id, cases, keys)
    if not cases:
        return
    persons = {case.claim.person_id for case in cases}
    calculator = await Calculator.holding(session, tenant_id=tenant_id, person_ids=persons, keys=keys)
    left, doubles = await set_apart(repository, cases, keys)
    opening = first_of_each(left)
    opened = list(opening.values())
    for case, serial in zip(opened, await repository.numbers(len(opened)), strict=True):
        case.claim.number = claim_number(serial)
        repository.add(case.claim)
    refunded = await refund_reasons(session, tenant_id=tenant_id, claims=[case.claim for case in opened])
    approvals: list[Approval] = []
    for case in left:
        if case.told:
            complete(case, keys)
        if opening.get(case.claim.id) is not case:
            case.line.end("opened", claim_id=case.claim.id)
        elif case.kind.invited:
            _invite(session, case)
        elif approval := _judge(session, calculator, case, keys, refunded.get(case.claim.id)):
            approvals.append(approval)
    await session.flush()
    calculator.store()
    refused = [case.claim for case in left if case.claim.status == "rejected"]
    repository.add_all(
        [stay_of(case, case.stay) for case in opened if case.stay and case.claim not in refused]
    )
    _tell_timeline(repository, opened)
    for claim in refused:
        await let_go(session, claim=claim)
    _end_doubles(doubles, {claim.id for claim in refused})
    await approve_claims(session, tenant_id=tenant_id, approvals=approvals, keys=keys)


def _end_doubles(doubles: Sequence[Double], refused: set[UUID]) -> None:
    """End the lines whose receipt or stay another claim has; where that came to nothing, they are looked at again."""
    for double in doubles:
        if double.of not in refused:
            double.case.line.end("duplicate", DUPLICATE.as_dict())


def _invite(session: AsyncSession, case: Case) -> None:
    """The person is told to hand in the documents (待上传, C.10)."""
    case.line.end("opened", claim_id=case.claim.id)
    emit(session, ClaimOpened(claim=claim_fact(case.claim)))


def _judge(
    session: AsyncSession, calculator: Calculator, case: Case, keys: TenantKeys, refunded: Reason | None
) -> Approval | None:
    """Calculate a claim; return its approval, or send it to people, or end it where nothing is due."""
    claim, line = case.claim, case.line
    claim.submitted_at = now()
    decision = calculator.calculate(claim, rules=_rules(case), facts=_facts(case))
    reasons = _reasons(case, decision)
    reasons = [*calculator.held_back(), *reasons, *([refunded] if refunded and not decision.refused else [])]
    if reasons:
        calculator.leave_to_people(claim)
        claim.review_reasons = [reason.as_dict() for reason in reasons]
        first = case.pack.claim_chain(claim.kind).nodes[0]
        claim.move_to(node=first.code, role=first.role)
        line.end("in_review", *claim.review_reasons, claim_id=claim.id)
        emit(session, ClaimSubmitted(claim=claim_fact(claim)))
        return None
    if decision.refused:
        told = Text(
            "；".join(r.text.zh for r in decision.reasons), "; ".join(r.text.en for r in decision.reasons)
        )
        claim.automatic = True
        claim.reject(told.zh)
        line.end("nothing_due", LineReason("feed.nothing_due", told).as_dict(), claim_id=claim.id)
        emit(session, ClaimRejected(claim=claim_fact(claim), reason=keys.sealed_words(told.zh)))
        return None
    line.end("decided", claim_id=claim.id)
    policy = case.policy
    payee = Payee(policy.name, policy.bank_card, policy.bank_name)
    return Approval(claim, payee, covered_since=policy.starts_on)


def _reasons(case: Case, decision: BenefitDecision) -> list[Reason]:
    """Return why people must look; a claim that comes to nothing by the rules needs nobody.

    Figures that contradict each other are nobody's: neither paid nor refused by a rule (N.04).
    """
    missing = [reason for reason in decision.reasons if reason.code == "input_missing"]
    if missing:
        return [Reason("input.missing", reason.text) for reason in missing]
    total = next((field.code for field in case.kind.all_fields if field.input == "total_cost"), "total_cost")
    if differing := list(sum_differs(amounts_of(case.values), place_of(total, int(bool(case.stay))))):
        limits = limit_reasons(case.kind, amount=decision.amount, opened_by=case.claim.opened_by)
        return [*differing, *limits]
    if decision.refused:
        return []
    return list(limit_reasons(case.kind, amount=decision.amount, opened_by=case.claim.opened_by))


def _rules(case: Case) -> BenefitRules:
    return BenefitRules.of(case.pack, kind=case.kind.code, product=case.policy.product_code)


def _facts(case: Case) -> Facts:
    gap = case.pack.product(case.policy.product_code).renewable_gap_days
    return facts_of(
        claim_id=case.claim.id,
        person_id=case.claim.person_id,
        covers=covers_of(case.policies, gap_days=gap),
        whole={},
        stays=[case.values] if case.stay else [],
    )


def _tell_timeline(repository: ClaimRepository, cases: Sequence[Case]) -> None:
    for case in cases:
        if case.line.state == "opened":
            repository.add_step(case.claim, node="open", action="opened")
            continue
        repository.add_step(case.claim, node="submit", action="submitted")
        if case.line.state == "nothing_due":
            repository.add_step(
                case.claim, node="automatic", action="rejected", opinion=case.claim.reason or ""
            )
