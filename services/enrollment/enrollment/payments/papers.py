"""Document receipts: ocr signs them at the upload, they are verified here offline."""

from typing import Any, NamedTuple
from uuid import UUID

from common.auth import Actor
from common.crypto import LinkForged, verify
from common.text import Text

from .errors import PaperFormatWrong, PaperNotYours

PURPOSE = "document-receipt"


class PaperKind(NamedTuple):
    """A paper that a payment needs, and the media types it may have."""

    title: Text
    media_types: frozenset[str]
    formats: str


VOUCHER = PaperKind(
    Text("付款凭证", "payment voucher"), frozenset({"image/jpeg", "image/png"}), "jpg, jpeg, png"
)
STAMPED = PaperKind(
    Text("盖章的团体入会表和参保花名册", "stamped admission form and roster"),
    frozenset({"application/pdf"}),
    "pdf",
)


def open_receipt(token: str, *, actor: Actor, kind: PaperKind, key: bytes) -> UUID:
    """Return the id of the document a receipt stands for.

    LinkForged or LinkExpired if it does not verify, PaperNotYours, PaperFormatWrong.
    """
    claims = verify(PURPOSE, token, key)
    try:
        document_id, tenant_id, owner_id = (
            UUID(str(claims[name])) for name in ("document_id", "tenant_id", "owner_id")
        )
    except (KeyError, ValueError):
        raise LinkForged from None
    if tenant_id != actor.tenant_id or owner_id != actor.id:
        raise PaperNotYours(paper_zh=kind.title.zh, paper_en=kind.title.en)
    _check_format(claims, kind)
    return document_id


def _check_format(claims: dict[str, Any], kind: PaperKind) -> None:
    if claims.get("media_type") not in kind.media_types:
        raise PaperFormatWrong(paper_zh=kind.title.zh, paper_en=kind.title.en, formats=kind.formats)
