"""How a claim is shown: masked, in the caller's language, with its timeline and explanation."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import orjson

from common.clock import business_day, today
from common.contracts.pack import TenantPack
from common.crypto import TenantKeys, open_words
from common.identifiers import mask_bank_card, mask_document_number, mask_name
from common.text import Text, language

from ..appeals.rules import last_day
from ..benefits import BenefitDecision
from ..benefits.cents import in_cents
from ..payouts.models import Payout
from .dossier import FORM, NAME, NUMBER, Dossier
from .models import Claim, ClaimStep
from .payee import shown_payee
from .reading_fields import read_fields
from .rules.cards import BANK_NAME
from .rules.check_words import check_text
from .rules.form import FieldValue, Key, load_form
from .rules.granted import granted_amount
from .rules.heading import heading_of
from .rules.papers import NOT_YET_SORTED
from .schemas import (
    ClaimPayoutRead,
    ClaimRead,
    ClaimSummary,
    DocumentRead,
    LineRead,
    MissingRead,
    OnBehalfRead,
    ReasonRead,
)
from .taken import taken_of
from .timeline import timeline_of

EXPLANATION = "claims.explanation"
OPEN = frozenset({"draft", "to_upload", "in_review", "returned", "approved", "payment_failed"})
RELATIONS = {
    "self": Text("本人", "The person"),
    "spouse": Text("配偶", "Spouse"),
    "child": Text("子女", "Child"),
    "parent": Text("父母", "Parent"),
    "sibling": Text("兄弟姐妹", "Sibling"),
    "legal_heir": Text("法定继承人", "Legal heir"),
    "union_staff": Text("工会工作人员", "Union staff"),
    "colleague": Text("同事", "Colleague"),
}
PAYEE = Text("收款人", "The payee")


def read_summary(claim: Claim, pack: TenantPack, keys: TenantKeys, name: str | None) -> ClaimSummary:
    """Return a claim as a list shows it; `name`: of the insured person, sealed."""
    form = load_form(orjson.loads(keys.open(claim.form, context=FORM)))
    shown = mask_name(keys.open(name, context=NAME)) if name else None
    return ClaimSummary(**_summary(claim, pack, form), person_name=shown)


def _summary(claim: Claim, pack: TenantPack, form: Mapping[Key, FieldValue]) -> dict[str, Any]:
    kind = next((item for item in pack.claims if item.code == claim.kind), None)
    code = Text(claim.kind, claim.kind)
    return {
        "id": claim.id,
        "number": claim.number,
        "kind": claim.kind,
        "title": (heading_of(kind, pack, form) if kind else code).in_language(),
        "kind_title": (kind.title.text() if kind else code).in_language(),
        "product_code": claim.product_code,
        "person_id": claim.person_id,
        "status": claim.status,
        "node": claim.node,
        "amount": granted_amount(claim.status, claim.amount),
        "event_on": claim.event_on,
        "due_on": claim.due_on,
        "overdue": claim.due_on is not None and claim.status in OPEN and claim.due_on < today(),
        "opened_by": claim.opened_by,
        "automatic": claim.automatic,
        "created_at": claim.created_at,
        "saved_at": claim.saved_at,
        "submitted_at": claim.submitted_at,
        "decided_at": claim.decided_at,
        "version": claim.version,
    }


def read_claim(
    dossier: Dossier, *, steps: Sequence[ClaimStep], payout: Payout | None, names: Mapping[UUID, str]
) -> ClaimRead:
    """Return a claim with everything about it; `names`: of the staff who decided, sealed, by account."""
    claim, keys = dossier.claim, dossier.keys
    dossier.paid_to = (payout.card, payout.bank_name) if payout else None
    explanation = orjson.loads(keys.open(claim.explanation, context=EXPLANATION)) if claim.explanation else {}
    insured = dossier.insured_names
    return ClaimRead(
        **_summary(claim, dossier.pack, dossier.form),
        person_name=mask_name(insured[0]) if insured else None,
        unit_id=claim.unit_id,
        unit_name=unit.name if (unit := dossier.units.get(claim.unit_id or claim.id)) else None,
        policy_id=claim.policy_id,
        policy_number=policy.number if (policy := dossier.policy) else None,
        document_number=mask_document_number(keys.open(policy.document_number, context=NUMBER))
        if policy
        else None,
        taken=taken_of(claim),
        pack_version=claim.pack_version,
        round=claim.round,
        reason=open_words(keys, claim.reason),
        appeal_until=_appeal_until(dossier),
        missing=_missing(dossier),
        on_behalf=_on_behalf(claim, keys),
        payee=shown_payee(dossier, keys),
        fields=read_fields(dossier),
        documents=[_document(dossier, index) for index in range(len(dossier.files))],
        timeline=timeline_of(claim, dossier, steps, names),
        explanation=_lines(explanation.get("lines", [])),
        not_paid=[_reason(reason) for reason in explanation.get("reasons", [])],
        review_reasons=[
            ReasonRead(code=r["code"], text=r[language.get()], field=r["field"]) for r in claim.review_reasons
        ],
        payout=_payout(payout, keys) if payout and payout.status != "withdrawn" else None,
    )


def _appeal_until(dossier: Dossier) -> date | None:
    claim = dossier.claim
    if claim.status != "rejected" or claim.decided_at is None or dossier.pack.chains.appeals is None:
        return None
    return last_day(dossier.kind, business_day(claim.decided_at))


def read_decision(decision: BenefitDecision | None) -> tuple[list[LineRead], list[ReasonRead]]:
    """Return the lines and the reasons of a calculation."""
    if decision is None:
        return [], []
    lines = _lines([line.as_dict() for line in decision.lines])
    return lines, [_reason(reason.as_dict()) for reason in decision.reasons]


def _reason(reason: dict[str, Any]) -> ReasonRead:
    return ReasonRead(code=reason["code"], text=reason["text"][language.get()])


def _missing(dossier: Dossier) -> list[MissingRead]:
    titles = {field.code: field.title for field in dossier.kind.all_fields}
    titles |= {rule.code: rule.title for rule in dossier.kind.documents}
    titles[BANK_NAME.code] = BANK_NAME.title
    words = {code: title.text() for code, title in titles.items()} | {"payee": PAYEE}
    return [
        MissingRead(
            place=item["place"],
            title=words[code].in_language() if (code := item["place"].split(".")[-1]) in words else code,
        )
        for item in dossier.claim.missing
    ]


def _on_behalf(claim: Claim, keys: TenantKeys) -> OnBehalfRead | None:
    known = claim.on_behalf
    if known is None:
        return None
    name = keys.open(known["applicant"], context=NAME) if known.get("applicant") else None
    return OnBehalfRead(
        relation=known["relation"],
        relation_title=RELATIONS[known["relation"]].in_language(),
        applicant=mask_name(name) if name else None,
        consent=known["consent"][language.get()],
        consented_at=known["at"],
    )


def _lines(lines: Sequence[dict[str, Any]]) -> list[LineRead]:
    amounts = in_cents([(line["rule"], Decimal(str(line["amount"]))) for line in lines])
    shown = zip(lines, amounts, strict=True)
    return [_line(line, amount) for line, amount in shown if amount is not None]


def _line(line: dict[str, Any], amount: Decimal) -> LineRead:
    return LineRead(
        benefit=line["benefit"],
        rule=line["rule"],
        text=line["title"][language.get()],
        inputs=line["inputs"],
        amount=amount,
    )


def _document(dossier: Dossier, index: int) -> DocumentRead:
    file, document, back = dossier.files[index], dossier.documents[index], dossier.claim.returned_at
    rule = next((rule for rule in dossier.kind.documents if rule.code == document.rule), None)
    return DocumentRead(
        document_id=file.document_id,
        rule=document.rule,
        title=(rule.title.text() if rule else NOT_YET_SORTED).in_language(),
        stay=document.stay,
        type=document.type,
        state="being_read" if document.state == "pending" else document.state,
        added_at=file.created_at,
        later=file.appeal_id is not None or (back is not None and file.created_at > back),
        failed_checks=list(document.failed_checks),
        failed_check_texts=[check_text(code).in_language() for code in document.failed_checks],
    )


def _payout(payout: Payout, keys: TenantKeys) -> ClaimPayoutRead:
    card = mask_bank_card(keys.open(payout.card, context="person.card")) if payout.card else None
    return ClaimPayoutRead(
        number=payout.number,
        status=payout.status,
        amount=payout.amount,
        card=card,
        bank_name=payout.bank_name,
        failure=payout.failure,
        paid_on=payout.paid_on,
    )
