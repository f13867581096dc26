"""Documents handed in: the signed receipt of an upload proves whose it is, without asking the ocr service."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from common.auth import Actor
from common.contracts.pack import ClaimKind
from common.contracts.pack.forms import DocumentRule
from common.crypto import LinkExpired, LinkForged, verify

from .errors import (
    DocumentOfSomebodyElse,
    DocumentRuleUnknown,
    ReceiptExpired,
    ReceiptForged,
    TooManyDocuments,
)
from .models import Claim, ClaimDocument
from .rules.form import WHOLE
from .schemas import DocumentWrite

PURPOSE = "document-receipt"


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
        document_id, sha256 = _open_receipt(written.receipt, actor=actor, key=key)
        rule = _rule(kind, written.rule)
        stay = (written.stay or 1) if rule.per == "stay" else WHOLE
        found[document_id] = HandedIn(document_id, sha256, rule, stay)
    return list(found.values())


def _open_receipt(token: str, *, actor: Actor, key: bytes) -> tuple[UUID, str]:
    try:
        claims = verify(PURPOSE, token, key)
        document_id, owner = UUID(claims["document_id"]), UUID(claims["owner_id"])
        person = UUID(claims["person_id"]) if claims.get("person_id") else None
        sha256 = str(claims["sha256"])
    except LinkExpired:
        raise ReceiptExpired from None
    except (LinkForged, KeyError, ValueError, TypeError):
        raise ReceiptForged from None
    if owner != actor.id and (person is None or person != actor.person_id):
        raise DocumentOfSomebodyElse(document_id=str(document_id))
    return document_id, sha256


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
