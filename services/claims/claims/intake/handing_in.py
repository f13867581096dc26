"""Documents handed in: the signed receipt of an upload proves whose it is, without asking the ocr service."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from common.auth import Actor
from common.contracts.pack import ClaimKind
from common.contracts.pack.forms import DocumentRule
from common.receipts import open_receipt

from .errors import (
    DocumentOfSomebodyElse,
    DocumentRuleUnknown,
    TooManyDocuments,
)
from .models import Claim, ClaimDocument
from .rules.form import WHOLE
from .rules.papers import NOT_YET_SORTED, UNSORTED
from .schemas import DocumentWrite

MOST_UNSORTED = 50
"""Documents of a claim that may wait for recognition to say what they are."""


@dataclass(frozen=True, slots=True)
class HandedIn:
    """A document whose receipt was verified."""

    document_id: UUID
    sha256: str
    rule: DocumentRule | None
    stay: int

    @property
    def code(self) -> str:
        """The code of its rule; none until recognition has decided."""
        return self.rule.code if self.rule else UNSORTED


def verify_documents(
    documents: Sequence[DocumentWrite | str], *, kind: ClaimKind, actor: Actor, key: bytes
) -> list[HandedIn]:
    """Return the documents of signed receipts, each under its named rule of the kind; refuse forged or foreign ones."""
    found: dict[UUID, HandedIn] = {}
    for number, entry in enumerate(documents, start=1):
        written = DocumentWrite(receipt=entry) if isinstance(entry, str) else entry
        rule = _rule(kind, written.rule)
        receipt = open_receipt(written.receipt, actor=actor, key=key)
        if not receipt.concerns(actor):
            title = f"“{rule.title.text().in_language()}”" if rule else ""
            raise DocumentOfSomebodyElse(number=number, title=title)
        stay = (written.stay or 1) if rule and rule.per == "stay" else WHOLE
        if rule is None:
            stay = written.stay or WHOLE
        found[receipt.document_id] = HandedIn(receipt.document_id, receipt.sha256, rule, stay)
    return list(found.values())


def _rule(kind: ClaimKind, code: str | None) -> DocumentRule | None:
    """Return the named document of the kind; None without a name: recognition decides."""
    if code is None:
        return None
    rule = next((rule for rule in kind.documents if rule.code == code), None)
    if rule is None:
        raise DocumentRuleUnknown(rule=code)
    return rule


def new_files(
    claim: Claim, files: Sequence[ClaimDocument], handed_in: Sequence[HandedIn]
) -> list[ClaimDocument]:
    """Return rows for documents the claim does not have yet; TooManyDocuments past the pack's limit."""
    known = {file.document_id for file in files}
    added: list[ClaimDocument] = []
    for document in handed_in:
        if document.document_id in known:
            continue
        same = [f for f in (*files, *added) if f.rule == document.code and f.stay == document.stay]
        most = document.rule.max_files if document.rule else MOST_UNSORTED
        if len(same) >= most:
            title = document.rule.title.text() if document.rule else NOT_YET_SORTED
            raise TooManyDocuments(rule=title.in_language(), most=most)
        added.append(
            ClaimDocument(
                claim_id=claim.id,
                document_id=document.document_id,
                rule=document.code,
                stay=document.stay,
                sha256=document.sha256,
            )
        )
    return added
