"""Papers of a payment: receipts that ocr signed are verified offline; links are signed for those who must look."""

from datetime import timedelta
from typing import Any, NamedTuple
from uuid import UUID

from common.auth import Actor
from common.clock import now
from common.crypto import LinkForged, sign, verify
from common.text import Text

from ..orders.models import Order
from .errors import PaperFormatWrong, PaperNotYours
from .schemas import PaperLink

PURPOSE = "document-receipt"
LINK = "document-link"
LINK_LIFETIME = timedelta(minutes=5)


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


def paper_links(order: Order, *, actor: Actor, key: bytes) -> list[PaperLink]:
    """Return links to the papers of an order's payment, good for the caller and five minutes."""
    papers = [(order.voucher_id, "voucher", VOUCHER)] if order.voucher_id else []
    papers += [(UUID(paper), "stamped", STAMPED) for paper in order.paper_ids]
    return [
        PaperLink(
            document_id=document_id,
            kind=name,
            title=kind.title.in_language(),
            url=f"/api/ocr/documents/{document_id}/content?link={_link(document_id, actor, key)}",
            expires_at=now() + LINK_LIFETIME,
        )
        for document_id, name, kind in papers
    ]


def _link(document_id: UUID, actor: Actor, key: bytes) -> str:
    claims = {
        "document_id": str(document_id),
        "tenant_id": str(actor.tenant_id),
        "reader_id": str(actor.id),
    }
    return sign(LINK, claims, key, LINK_LIFETIME)
