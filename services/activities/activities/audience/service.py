"""What is known of the person who asks, and whether a campaign is for them."""

from datetime import date
from uuid import UUID

import orjson
from sqlalchemy.ext.asyncio import AsyncSession

from common.clock import today
from common.crypto import TenantKeys

from ..copies.repository import CopyRepository
from ..copies.service import FACTS
from .errors import NotForYou
from .rules import Audience, Facts, refusals

CONFIRMED = "confirmed"


async def facts_of(
    session: AsyncSession, *, person_id: UUID, keys: TenantKeys, on: date | None = None
) -> Facts:
    """Return what the copies say of a person on a day (today)."""
    copies = CopyRepository(session, session.info["tenant_id"])
    person = (await copies.persons([person_id])).get(person_id)
    if person is None:
        return Facts()
    unit = (await copies.units([person.unit_id])).get(person.unit_id) if person.unit_id else None
    opened = orjson.loads(keys.open(person.facts, context=FACTS))
    return Facts(
        known=True,
        member=person.state == CONFIRMED,
        born=date.fromisoformat(opened["born"]) if opened.get("born") else None,
        sex=opened.get("sex"),
        unit_id=person.unit_id,
        org_path=unit.org_path if unit else None,
        covered_by=await copies.covers(person_id, on or today()),
    )


async def unit_of(session: AsyncSession, person_id: UUID) -> UUID | None:
    """Return a person's unit, as far as it is known."""
    person = (await CopyRepository(session, session.info["tenant_id"]).persons([person_id])).get(person_id)
    return person.unit_id if person else None


async def check_audience(
    session: AsyncSession, *, audience: Audience, person_id: UUID, keys: TenantKeys
) -> UUID | None:
    """Raise NotForYou, with every reason, unless the person may join; return their unit."""
    if audience.open_to_all:
        return await unit_of(session, person_id)
    facts = await facts_of(session, person_id=person_id, keys=keys)
    found = refusals(audience, facts, on=today())
    if found:
        raise NotForYou(errors=[refusal.as_error() for refusal in found])
    return facts.unit_id
