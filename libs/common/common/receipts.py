"""Receipts of uploads: ocr signs them, whoever is handed one verifies it offline: whose document, of which union."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from .auth import Actor
from .crypto import LinkExpired, LinkForged, sign, verify
from .errors import DomainError
from .text import Text

PURPOSE = "document-receipt"


class DocumentUnknown(DomainError):
    """No document stands behind what was handed in, or it is another union's."""

    code = "document.unknown"
    text = Text(
        "该文件不存在或不属于您，请重新上传后再提交。",
        "This document does not exist or is not yours. Upload it again, then hand it in.",
    )


class DocumentExpired(DomainError):
    """The receipt was good once, but its time is over."""

    code = "document.receipt_expired"
    text = Text(
        "该文件的上传凭证已过期，请重新上传。", "The receipt of this document has expired. Upload it again."
    )


@dataclass(frozen=True, slots=True)
class DocumentReceipt:
    """The document that ocr keeps: who uploaded it, whom it belongs to, what it is."""

    document_id: UUID
    owner_id: UUID
    person_id: UUID | None
    media_type: str
    sha256: str

    def is_of(self, actor: Actor) -> bool:
        """Whether this very account uploaded it."""
        return self.owner_id == actor.id

    def concerns(self, actor: Actor) -> bool:
        """Whether the account uploaded it or it belongs to the same person."""
        return self.is_of(actor) or (self.person_id is not None and self.person_id == actor.person_id)


def open_receipt(token: str, *, actor: Actor, key: bytes) -> DocumentReceipt:
    """Return what a receipt stands for; DocumentUnknown (made up, or of another union) or DocumentExpired."""
    try:
        told = verify(PURPOSE, token, key)
        tenant_id = UUID(str(told["tenant_id"]))
        receipt = DocumentReceipt(
            document_id=UUID(str(told["document_id"])),
            owner_id=UUID(str(told["owner_id"])),
            person_id=UUID(str(told["person_id"])) if told.get("person_id") else None,
            media_type=str(told.get("media_type", "")),
            sha256=str(told.get("sha256", "")),
        )
    except LinkExpired:
        raise DocumentExpired from None
    except (LinkForged, KeyError, ValueError):
        raise DocumentUnknown from None
    if tenant_id != actor.tenant_id:
        raise DocumentUnknown
    return receipt


def renew_receipt(
    *, document_id: UUID, media_type: str, sha256: str, actor: Actor, key: bytes, lifetime: timedelta
) -> str:
    """Sign anew the receipt of a document that the caller handed in before and that is kept as their own."""
    claims = {
        "document_id": document_id,
        "tenant_id": actor.tenant_id,
        "owner_id": actor.id,
        "person_id": actor.person_id,
        "sha256": sha256,
        "media_type": media_type,
    }
    return sign(PURPOSE, claims, key, lifetime)
