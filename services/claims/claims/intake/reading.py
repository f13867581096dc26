"""How a claim is shown: masked, in the caller's language, with its timeline and explanation."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import orjson

from common.clock import today
from common.contracts.pack import ClaimKind, TenantPack
from common.contracts.pack.forms import FormField
from common.crypto import TenantKeys
from common.identifiers import mask_bank_card, mask_id_number, mask_mobile, mask_name
from common.text import Text, language

from ..copies.models import PolicyCopy
from ..payouts.models import Payout
from .dossier import NAME, Dossier
from .models import Claim, ClaimStep
from .rules.form import WHOLE, options_of, stays_of
from .schemas import (
    ClaimRead,
    ClaimSummary,
    DocumentRead,
    FieldRead,
    KindDocument,
    KindField,
    KindRead,
    LineRead,
    PayoutRead,
    ReasonRead,
    StepRead,
)

EXPLANATION = "claims.explanation"
OPEN = frozenset({"draft", "to_upload", "in_review", "returned", "approved", "payment_failed"})
STEPS = {
    "open": Text("通知申请", "Invitation"),
    "submit": Text("提交申请", "Handed in"),
    "automatic": Text("自动审核", "Decided by rule"),
    "payment": Text("给付", "Payment"),
    "withdraw": Text("撤回", "Withdrawn"),
}
MASKS = {"id_number": mask_id_number, "mobile": mask_mobile, "bank_card": mask_bank_card}


def read_summary(claim: Claim, pack: TenantPack) -> ClaimSummary:
    """Return a claim as a list shows it."""
    return ClaimSummary(**_summary(claim, pack))


def _summary(claim: Claim, pack: TenantPack) -> dict[str, Any]:
    titles = {kind.code: kind.title.text() for kind in pack.claims}
    return {
        "id": claim.id,
        "number": claim.number,
        "kind": claim.kind,
        "title": titles.get(claim.kind, Text(claim.kind, claim.kind)).in_language(),
        "product_code": claim.product_code,
        "person_id": claim.person_id,
        "status": claim.status,
        "node": claim.node,
        "amount": claim.amount,
        "event_on": claim.event_on,
        "due_on": claim.due_on,
        "overdue": claim.due_on is not None and claim.status in OPEN and claim.due_on < today(),
        "opened_by": claim.opened_by,
        "automatic": claim.automatic,
        "created_at": claim.created_at,
        "submitted_at": claim.submitted_at,
        "decided_at": claim.decided_at,
        "version": claim.version,
    }


def read_claim(dossier: Dossier, *, steps: Sequence[ClaimStep], payout: Payout | None) -> ClaimRead:
    """Return a claim with everything about it."""
    claim, keys = dossier.claim, dossier.keys
    explanation = orjson.loads(keys.open(claim.explanation, context=EXPLANATION)) if claim.explanation else {}
    names = dossier.insured_names
    return ClaimRead(
        **_summary(claim, dossier.pack),
        person_name=mask_name(names[0]) if names else None,
        unit_id=claim.unit_id,
        policy_id=claim.policy_id,
        pack_version=claim.pack_version,
        round=claim.round,
        reason=claim.reason,
        fields=_fields(dossier),
        documents=[_document(dossier, index) for index in range(len(dossier.files))],
        timeline=_timeline(claim, dossier.pack, steps),
        explanation=[_line(line) for line in explanation.get("lines", [])],
        not_paid=[
            ReasonRead(code=r["code"], text=r["text"][language.get()]) for r in explanation.get("reasons", [])
        ],
        review_reasons=[
            ReasonRead(code=r["code"], text=r[language.get()], field=r["field"]) for r in claim.review_reasons
        ],
        payout=_payout(payout, keys) if payout else None,
    )


def _line(line: dict[str, Any]) -> LineRead:
    return LineRead(
        benefit=line["benefit"],
        rule=line["rule"],
        text=line["title"][language.get()],
        inputs=line["inputs"],
        amount=line["amount"],
    )


def _fields(dossier: Dossier) -> list[FieldRead]:
    stays = stays_of(dossier.kind, dossier.form, [file.stay for file in dossier.files])
    found = [_field(dossier, item, WHOLE) for item in dossier.kind.form.fields]
    for stay in stays:
        found += [
            _field(dossier, item, stay) for item in (dossier.kind.stays.fields if dossier.kind.stays else ())
        ]
    return found


def _field(dossier: Dossier, item: FormField, stay: int) -> FieldRead:
    value = dossier.form.get((item.code, stay))
    text = value.value if value else None
    if item.from_register:
        text = _register(item.from_register, dossier.policy, dossier.keys)
    mask = MASKS.get(item.type)
    shown = mask(text) if mask and text else text
    if item.type == "choice" and text:
        option = options_of(item, dossier.pack).get(text)
        shown = option.in_language() if option else text
    return FieldRead(
        code=item.code,
        stay=stay,
        title=item.title.text().in_language(),
        type=item.type,
        required=item.required,
        value=shown if mask else text,
        shown=shown,
        source="register" if item.from_register and text else (value.source if value else None),
        confidence=value.confidence if value else None,
        verified=bool(item.from_register and text) or bool(value and value.verified),
        corrected=bool(value and value.corrected),
        read=(mask(value.read) if mask and value.read else value.read) if value else None,
        document_id=UUID(value.document_id) if value and value.document_id else None,
    )


def _register(name: str, policy: PolicyCopy | None, keys: TenantKeys) -> str | None:
    """Return a value of the register, masked by its own rule."""
    if policy is None:
        return None
    if name == "name":
        return mask_name(keys.open(policy.name, context=NAME))
    if name == "bank_card" and policy.bank_card:
        return keys.open(policy.bank_card, context="person.card")
    if name == "mobile" and policy.mobile:
        return keys.open(policy.mobile, context="person.mobile")
    if name == "id_number":
        return keys.open(policy.document_number, context="person.document")
    return None


def _document(dossier: Dossier, index: int) -> DocumentRead:
    file, document = dossier.files[index], dossier.documents[index]
    rule = next((rule for rule in dossier.kind.documents if rule.code == document.rule), None)
    return DocumentRead(
        document_id=file.document_id,
        rule=document.rule,
        title=rule.title.text().in_language() if rule else document.rule,
        stay=document.stay,
        type=document.type,
        state="being_read" if document.state == "pending" else document.state,
        failed_checks=list(document.failed_checks),
    )


def _timeline(claim: Claim, pack: TenantPack, steps: Sequence[ClaimStep]) -> list[StepRead]:
    chain = pack.claim_chain(claim.kind)
    titles = {node.code: node.title.text() for node in chain.nodes} | STEPS
    found = [
        StepRead(
            node=step.node,
            title=titles.get(step.node, Text(step.node, step.node)).in_language(),
            action=step.action,
            handler_id=step.handler_id,
            at=step.created_at,
            opinion=step.opinion,
        )
        for step in steps
    ]
    pending: list[str] = []
    if claim.node is not None:
        codes = [node.code for node in chain.nodes]
        pending += codes[codes.index(claim.node) :] if claim.node in codes else []
    if claim.status in {"in_review", "approved", "payment_failed"}:
        pending.append("payment")
    later = [StepRead(node=c, title=titles[c].in_language(), action="pending", pending=True) for c in pending]
    return found + later


def _payout(payout: Payout, keys: TenantKeys) -> PayoutRead:
    card = mask_bank_card(keys.open(payout.card, context="person.card")) if payout.card else None
    return PayoutRead(
        number=payout.number,
        status=payout.status,
        amount=payout.amount,
        card=card,
        bank_name=payout.bank_name,
        failure=payout.failure,
        paid_on=payout.paid_on,
    )


def read_kind(kind: ClaimKind, pack: TenantPack) -> KindRead:
    """Return a kind of application as a screen draws it."""
    parts = [(item, False) for item in kind.form.fields]
    parts += [(item, True) for item in (kind.stays.fields if kind.stays else ())]
    return KindRead(
        code=kind.code,
        title=kind.title.text().in_language(),
        event=kind.event,
        products=list(kind.products),
        max_stays=kind.stays.max if kind.stays else 0,
        fields=[
            KindField(
                code=item.code,
                title=item.title.text().in_language(),
                type=item.type,
                required=item.required,
                per_stay=per_stay,
                from_register=item.from_register is not None,
                options={code: text.in_language() for code, text in options_of(item, pack).items()},
                help=item.help.text().in_language() if item.help else None,
            )
            for item, per_stay in parts
        ],
        documents=[
            KindDocument(
                code=rule.code,
                title=rule.title.text().in_language(),
                types=list(rule.types),
                required=rule.required,
                per_stay=rule.per == "stay",
                max_files=rule.max_files,
                sample=rule.sample,
            )
            for rule in kind.documents
        ],
    )
