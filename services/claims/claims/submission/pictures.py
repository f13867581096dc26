"""Pictures of a claim against those of the tenant's other live claims: near ones are a reason for a person to look."""

from uuid import UUID

from sqlalchemy import or_
from sqlalchemy.ext.asyncio import AsyncSession

from common.db import TenantRepository
from common.text import Text

from ..intake.dossier import Dossier
from ..intake.models import Picture
from ..intake.repository import ClaimRepository
from ..intake.rules.filling import RECEIPTS
from ..intake.rules.form import place_of
from ..intake.rules.pictures import NEAR, bands_of, distance, telling
from ..intake.rules.routing import Reason


async def similar_pictures(session: AsyncSession, dossier: Dossier) -> list[Reason]:
    """Note the pictures of a claim and return a reason for each that another claim's picture is nearly the same as.

    Two receipts whose numbers were read and differ are two receipts, however alike their forms look.
    """
    claim = dossier.claim
    pictures = _pictures(dossier)
    if not pictures:
        return []
    repository = TenantRepository(session, claim.tenant_id)
    near = [
        or_(
            Picture.band_0 == picture.band_0,
            Picture.band_1 == picture.band_1,
            Picture.band_2 == picture.band_2,
            Picture.band_3 == picture.band_3,
        )
        for picture in pictures
    ]
    statement = repository.select(Picture).where(Picture.claim_id != claim.id, or_(*near)).limit(1000)
    others = await repository.all(statement)
    repository.add_all(pictures)
    found = {p.document_id: other for p in pictures for other in others if _same(p, other)}
    claims = await ClaimRepository(session, claim.tenant_id).by_ids({o.claim_id for o in found.values()})
    return [_reason(dossier, document, claims[other.claim_id].number) for document, other in found.items()]


def _pictures(dossier: Dossier) -> list[Picture]:
    pictures = []
    for document in dossier.documents:
        copy = dossier.copies.get(UUID(document.document_id))
        if copy is None or not copy.phash or not telling(copy.phash):
            continue
        number = document.receipt_number if document.type in RECEIPTS else None
        bands = bands_of(copy.phash)
        pictures.append(
            Picture(
                claim_id=dossier.claim.id,
                document_id=copy.id,
                phash=copy.phash,
                receipt_mark=dossier.keys.blind("receipt", number) if number else None,
                band_0=bands[0],
                band_1=bands[1],
                band_2=bands[2],
                band_3=bands[3],
            )
        )
    return pictures


def _same(one: Picture, other: Picture) -> bool:
    if one.receipt_mark and other.receipt_mark and one.receipt_mark != other.receipt_mark:
        return False
    return distance(one.phash, other.phash) <= NEAR


def _reason(dossier: Dossier, document_id: UUID, number: str | None) -> Reason:
    document = next(d for d in dossier.documents if d.document_id == str(document_id))
    text = Text(
        f"图片与申请 {number} 中的材料几乎相同", f"the picture is nearly the same as one of claim {number}"
    )
    return Reason("picture.similar", text, place_of(document.rule, document.stay))
