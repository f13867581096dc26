"""Documents handed in: the signed receipt of an upload proves whose it is, without asking the ocr service."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from common.auth import Actor
from common.contracts.pack import ClaimKind
from common.contracts.pack.forms import DocumentRule
from common.receipts import DocumentReceipt, open_receipt

from .errors import (
    DocumentOfSomebodyElse,
    DocumentRuleUnknown,
    TooManyDocuments,
)
from .models import Claim, ClaimDocument
from .rules.form import WHOLE
from .schemas import DocumentWrite


@dataclass(frozen=True, slots=True)
class HandedIn:
    """A document whose receipt was verified."""

    document_id: UUID
    sha256: str
    rule: DocumentRule
    stay: int


def verify_documents(
    documents: Sequence[DocumentWrite | str], *, kind: ClaimKind, actor: Actor, key: bytes
) -> list[HandedIn]:
    """Return the documents of signed receipts, each under a rule of the kind; refuse forged or foreign ones."""
    found: dict[UUID, HandedIn] = {}
    for entry in documents:
        written = DocumentWrite(receipt=entry) if isinstance(entry, str) else entry
        receipt = _open(written.receipt, actor=actor, key=key)
        rule = _rule(kind, written.rule)
        stay = (written.stay or 1) if rule.per == "stay" else WHOLE
        found[receipt.document_id] = HandedIn(receipt.document_id, receipt.sha256, rule, stay)
    return list(found.values())


def _open(token: str, *, actor: Actor, key: bytes) -> DocumentReceipt:
    receipt = open_receipt(token, actor=actor, key=key)
    if not receipt.concerns(actor):
        raise DocumentOfSomebodyElse(document_id=str(receipt.document_id))
    return receipt


def _rule(kind: ClaimKind, code: str | None) -> DocumentRule:
    """Return the named document of the kind; without a name the first that is required (recognition decides later)."""
    rules = [rule for rule in kind.documents if code is None or rule.code == code]
    if not rules:
        raise DocumentRuleUnknown(rule=code or "")
    return next((rule for rule in rules if rule.required), rules[0])


def new_files(
    claim: Claim, files: Sequence[ClaimDocument], handed_in: Sequence[HandedIn]
) -> list[ClaimDocument]:
    """Return rows for documents the claim does not have yet; TooManyDocuments past the pack's limit."""
    known = {file.document_id for file in files}
    added: list[ClaimDocument] = []
    for document in handed_in:
        if document.document_id in known:
            continue
        same = [f for f in (*files, *added) if f.rule == document.rule.code and f.stay == document.stay]
        if len(same) >= document.rule.max_files:
            raise TooManyDocuments(
                rule=document.rule.title.text().in_language(), most=document.rule.max_files
            )
        added.append(
            ClaimDocument(
                claim_id=claim.id,
                document_id=document.document_id,
                rule=document.rule.code,
                stay=document.stay,
                sha256=document.sha256,
            )
        )
    return added
