"""Papers of a profile: receipts that ocr signed at the upload, verified here offline; the opening of the commitment."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from common.auth import Actor
from common.clock import now
from common.contracts.pack import TenantPack
from common.contracts.pack.registration import Commitment, ProfileDocument
from common.crypto import LinkExpired, LinkForged, sign, verify
from common.ids import new_id
from common.receipts import open_receipt
from common.text import Text

from . import rules
from .errors import (
    CommitmentNotOpened,
    CommitmentNotRead,
    DocumentFormatWrong,
    DocumentMissing,
    DocumentNotYours,
    DocumentUnknown,
)
from .models import UnitDocument
from .schemas import ProfileDocumentPut

OPENING = "commitment-opening"
OPENING_LIVES = timedelta(hours=12)


def open_documents(
    given: Sequence[ProfileDocumentPut], *, unit_id: UUID, actor: Actor, pack: TenantPack, key: bytes
) -> list[UnitDocument]:
    """Return the papers that the receipts stand for; an error names the paper that is missing or wrong."""
    wanted = rules.papers_named(pack.registration)
    for paper in given:
        if paper.code not in wanted:
            raise DocumentUnknown(paper=paper.code)
    missing = rules.missing_documents(pack.registration.profile_documents, {paper.code for paper in given})
    if missing:
        raise DocumentMissing(
            papers_zh="；".join("或".join(d.title.zh for d in group) for group in missing),
            papers_en="; ".join(" or ".join(d.title.en for d in group) for group in missing),
        )
    return [_open_document(p, wanted[p.code], unit_id=unit_id, actor=actor, key=key) for p in given]


class Receipt(NamedTuple):
    """What the receipt of an upload says: the document that ocr keeps."""

    document_id: UUID
    media_type: str
    sha256: str


def own_receipt(text: str, *, actor: Actor, title: Text, key: bytes) -> Receipt:
    """Return what a receipt stands for; DocumentUnknown, or DocumentNotYours if somebody else uploaded the paper."""
    receipt = open_receipt(text, actor=actor, key=key)
    if not receipt.is_of(actor):
        raise DocumentNotYours(title_zh=title.zh, title_en=title.en)
    return Receipt(receipt.document_id, receipt.media_type, receipt.sha256)


def _open_document(
    given: ProfileDocumentPut, wanted: ProfileDocument, *, unit_id: UUID, actor: Actor, key: bytes
) -> UnitDocument:
    title = wanted.title.text()
    receipt = own_receipt(given.receipt, actor=actor, title=title, key=key)
    if receipt.media_type not in rules.accepted_media_types(wanted):
        raise DocumentFormatWrong(title_zh=title.zh, title_en=title.en, formats=", ".join(wanted.formats))
    return UnitDocument(id=new_id(), unit_id=unit_id, code=given.code, **receipt._asdict())


def note_opening(commitment: Commitment, *, actor: Actor, key: bytes) -> tuple[str, datetime]:
    """Return the proof that the letter was opened now, by the server's clock, by this account; and the instant."""
    opened_at = now()
    claims = {"account": actor.id, "version": commitment.version, "opened_at": opened_at.isoformat()}
    return sign(OPENING, claims, key, OPENING_LIVES), opened_at


def check_opening(opening: str | None, commitment: Commitment, *, actor: Actor, key: bytes) -> datetime:
    """Return when the letter was opened; CommitmentNotOpened, or CommitmentNotRead while it must stay open."""
    try:
        claims = verify(OPENING, opening or "", key)
    except (LinkForged, LinkExpired):
        raise CommitmentNotOpened from None
    if claims.get("account") != str(actor.id) or claims.get("version") != commitment.version:
        raise CommitmentNotOpened
    opened_at = datetime.fromisoformat(claims["opened_at"])
    left = rules.seconds_to_read(opened_at=opened_at, at=now(), read_seconds=commitment.read_seconds)
    if left:
        raise CommitmentNotRead(seconds=left)
    return opened_at
