"""Pictures of a claim against those of the tenant's other live claims: near ones are a reason for a person to look."""

from uuid import UUID

from sqlalchemy import ColumnElement, and_, cast, func, or_
from sqlalchemy.dialects.postgresql import BIT
from sqlalchemy.ext.asyncio import AsyncSession

from common.contracts.pack.forms import IDENTITY
from common.db import TenantRepository
from common.text import Text

from ..intake.dossier import Dossier
from ..intake.evidence.repository import Sharing
from ..intake.models import Picture
from ..intake.repository import ClaimRepository
from ..intake.rules.agreement import COMPARED, comparable
from ..intake.rules.documents import RECEIPTS, Document
from ..intake.rules.form import place_of
from ..intake.rules.pictures import NEAR, bands_of, near_bands, same_picture, telling
from ..intake.rules.routing import Reason


async def similar_pictures(session: AsyncSession, dossier: Dossier) -> list[Reason]:
    """Note the pictures of a claim and return a reason for each that another claim's picture is nearly the same as."""
    claim = dossier.claim
    pictures = _pictures(dossier)
    if not pictures:
        return []
    repository = TenantRepository(session, claim.tenant_id)
    statement = repository.select(Picture).where(
        Picture.claim_id != claim.id, or_(*(_near(picture) for picture in pictures))
    )
    others = await repository.all(statement.limit(1000))
    repository.add_all(pictures)
    claims = await ClaimRepository(session, claim.tenant_id).by_ids({other.claim_id for other in others})
    sharing = Sharing.of(claim, dossier.kind.shares_stays_with)
    foreign = [o for o in others if not sharing.allows(claims[o.claim_id].person_id, claims[o.claim_id].kind)]
    found = {p.document_id: other for p in pictures for other in foreign if _same(p, other)}
    return [_reason(dossier, document, claims[other.claim_id].number) for document, other in found.items()]


def _near(picture: Picture) -> ColumnElement[bool]:
    """The condition that another picture differs in few bits: found by the bands' indexes, then counted exactly."""
    columns = (Picture.band_0, Picture.band_1, Picture.band_2, Picture.band_3)
    found = or_(*(c.in_(near_bands(b)) for c, b in zip(columns, bands_of(picture.phash), strict=True)))
    theirs, mine = (cast(func.concat("x", value), BIT(64)) for value in (Picture.phash, picture.phash))
    return and_(found, func.bit_count(theirs.op("#")(mine)) <= NEAR)


def _pictures(dossier: Dossier) -> list[Picture]:
    """Return the pictures that prove a cost or an event; the same cards come with every application."""
    proving = {rule.code for rule in dossier.kind.documents if rule.proves}
    pictures = []
    for document in dossier.documents:
        if document.rule not in proving or document.type in IDENTITY:
            continue
        copy = dossier.copies.get(UUID(document.document_id))
        if copy is None or not copy.phash or not telling(copy.phash):
            continue
        mark = _mark(document)
        bands = bands_of(copy.phash)
        pictures.append(
            Picture(
                claim_id=dossier.claim.id,
                document_id=copy.id,
                phash=copy.phash,
                receipt_mark=dossier.keys.blind("receipt", mark) if mark else None,
                band_0=bands[0],
                band_1=bands[1],
                band_2=bands[2],
                band_3=bands[3],
            )
        )
    return pictures


def _mark(document: Document) -> str | None:
    """Return what makes a paper one of a kind: its receipt number, or two and more of its days and figures."""
    if document.type in RECEIPTS and document.receipt_number:
        return document.receipt_number
    read = [
        comparable(name, document.readings[name].value)
        for name in sorted(COMPARED & document.readings.keys())
    ]
    return "/".join(read) if len(read) > 1 else None


def _same(one: Picture, other: Picture) -> bool:
    return same_picture((one.phash, one.receipt_mark), (other.phash, other.receipt_mark))


def _reason(dossier: Dossier, document_id: UUID, number: str | None) -> Reason:
    document = next(d for d in dossier.documents if d.document_id == str(document_id))
    text = Text(
        f"图片与申请 {number} 中的材料几乎相同", f"the picture is nearly the same as one of claim {number}"
    )
    return Reason("picture.similar", text, place_of(document.rule, document.stay))
