"""Papers of a payment: receipts that ocr signed are verified offline; links are signed for those who must look."""

from collections.abc import Sequence
from datetime import timedelta
from typing import NamedTuple
from uuid import UUID

from common.auth import Actor
from common.clock import now
from common.contracts.pack import Product
from common.contracts.pack.base import LocalText
from common.contracts.pack.products import PaymentPaper
from common.crypto import sign
from common.receipts import open_receipt
from common.text import Text

from ..orders.models import Order
from .errors import PaperFormatWrong, PaperMissing, PaperNotYours, PaperUnknown
from .schemas import PaperGiven, PaperLink

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


DEFAULT_PAPER = PaymentPaper(
    code="stamped", title=LocalText(zh=STAMPED.title.zh, en=STAMPED.title.en), formats=("pdf",)
)
_MEDIA = {"pdf": "application/pdf", "png": "image/png", "jpg": "image/jpeg"}


def papers_of(product: Product) -> tuple[PaymentPaper, ...]:
    """Return the papers a payment of a product needs beside the voucher."""
    return product.papers or (DEFAULT_PAPER,)


def open_papers(
    given: Sequence[str | PaperGiven], product: Product, *, actor: Actor, key: bytes
) -> list[UUID]:
    """Return the documents of a payment's papers; a bare receipt is for the product's first paper. PaperMissing."""
    wanted = papers_of(product)
    kinds = {paper.code: _kind(paper) for paper in wanted}
    named = [
        (wanted[0].code, paper) if isinstance(paper, str) else (paper.code, paper.receipt) for paper in given
    ]
    if unknown := [code for code, _ in named if code not in kinds]:
        raise PaperUnknown(paper=unknown[0], papers="、".join(kinds))
    have = {code for code, _ in named}
    if missing := [paper for paper in wanted if paper.required and paper.code not in have]:
        raise PaperMissing(paper_zh=missing[0].title.zh, paper_en=missing[0].title.en)
    return [own_paper(receipt, actor=actor, kind=kinds[code], key=key) for code, receipt in named]


def _kind(paper: PaymentPaper) -> PaperKind:
    media = frozenset(_MEDIA[name] for name in paper.formats)
    return PaperKind(paper.title.text(), media, ", ".join(paper.formats))


def own_paper(token: str, *, actor: Actor, kind: PaperKind, key: bytes) -> UUID:
    """Return the id of the document a receipt stands for.

    PaperMissing for an empty one, DocumentUnknown or DocumentExpired if it does not verify, PaperNotYours,
    PaperFormatWrong.
    """
    if not token.strip():
        raise PaperMissing(paper_zh=kind.title.zh, paper_en=kind.title.en)
    receipt = open_receipt(token, actor=actor, key=key)
    if not receipt.is_of(actor):
        raise PaperNotYours(paper_zh=kind.title.zh, paper_en=kind.title.en)
    if receipt.media_type not in kind.media_types:
        raise PaperFormatWrong(paper_zh=kind.title.zh, paper_en=kind.title.en, formats=kind.formats)
    return receipt.document_id


def paper_links(order: Order, *, actor: Actor, key: bytes) -> list[PaperLink]:
    """Return links to the papers of an order's payment, good for the caller and five minutes."""
    papers = [(order.voucher_id, "voucher", VOUCHER)] if order.voucher_id else []
    papers += [(UUID(paper), "stamped", STAMPED) for paper in order.paper_ids]
    return [paper_link(paper, name, kind, actor=actor, key=key) for paper, name, kind in papers]


def paper_link(document_id: UUID, name: str, kind: PaperKind, *, actor: Actor, key: bytes) -> PaperLink:
    """Return a link to one paper, good for the caller and five minutes."""
    return PaperLink(
        document_id=document_id,
        kind=name,
        title=kind.title.in_language(),
        url=document_link(document_id, actor=actor, key=key),
        expires_at=now() + LINK_LIFETIME,
    )


def document_link(document_id: UUID, *, actor: Actor, key: bytes) -> str:
    """Return where a document can be looked at, by the caller and for five minutes."""
    return f"/api/ocr/documents/{document_id}/content?link={_link(document_id, actor, key)}"


def _link(document_id: UUID, actor: Actor, key: bytes) -> str:
    claims = {
        "document_id": str(document_id),
        "tenant_id": str(actor.tenant_id),
        "reader_id": str(actor.id),
    }
    return sign(LINK, claims, key, LINK_LIFETIME)
