"""Consents as responses show them: masked."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.auth import Actor
from common.crypto import TenantKeys, open_words
from common.identifiers import mask_id_number, mask_name

from ..payments.papers import document_link
from ..people.reading import opened
from ..people.repository import PeopleRepository
from ..policies.repository import PolicyRepository
from .models import OverAgeConsent
from .schemas import ConsentPaperRead, ConsentRead


async def read_consents(
    session: AsyncSession, rows: Sequence[OverAgeConsent], keys: TenantKeys
) -> dict[UUID, ConsentRead]:
    """Return consents by id, without links to their papers."""
    if not rows:
        return {}
    tenant_id = rows[0].tenant_id
    numbers = await PolicyRepository(session, tenant_id).order_numbers({row.order_id for row in rows})
    people = await PeopleRepository(session, tenant_id).rows_of_people(
        {row.order_id for row in rows}, {row.person_id for row in rows}
    )
    found = {}
    for row in rows:
        person = people.get((row.order_id, row.person_id))
        values = opened(person, keys) if person else None
        found[row.id] = ConsentRead(
            id=row.id,
            order_id=row.order_id,
            order_number=numbers.get(row.order_id, ""),
            person_id=row.person_id,
            name=mask_name(values.name) if values else "",
            document_number=mask_id_number(values.document) if values else "",
            state=row.state,
            note=open_words(keys, row.note),
            reason=open_words(keys, row.reason),
            papers=[ConsentPaperRead.model_validate(paper) for paper in row.papers],
            created_at=row.created_at,
            decided_at=row.decided_at,
        )
    return found


async def read_consent(
    session: AsyncSession,
    row: OverAgeConsent,
    keys: TenantKeys,
    *,
    actor: Actor | None = None,
    link_key: bytes | None = None,
) -> ConsentRead:
    """Return one consent; with links to its papers for a caller who may look at them."""
    shown = (await read_consents(session, [row], keys))[row.id]
    if actor is None or link_key is None:
        return shown
    papers = [
        paper.model_copy(update={"url": document_link(paper.document_id, actor=actor, key=link_key)})
        for paper in shown.papers
    ]
    return shown.model_copy(update={"papers": papers})
