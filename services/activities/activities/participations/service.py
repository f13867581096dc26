"""Use cases of participations."""

from typing import Literal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.auth import Actor
from common.clock import now
from common.contracts.activities import ActivityJoined
from common.events import emit
from common.http import Cursor, Page

from ..campaigns.repository import CampaignRepository
from .errors import MembersOnly
from .repository import ParticipationRepository
from .schemas import ParticipationRead

State = Literal["taking_part", "waiting", "received", "over"]


async def put_state(
    session: AsyncSession, *, campaign_id: UUID, person_id: UUID, unit_id: UUID | None, state: State
) -> None:
    """Say how far a person is in a campaign; the first time is said to all as ActivityJoined."""
    repository = ParticipationRepository(session, session.info["tenant_id"])
    new = await repository.put(campaign_id=campaign_id, person_id=person_id, unit_id=unit_id, state=state)
    if new:
        joined = ActivityJoined(
            campaign_id=campaign_id, person_id=person_id, unit_id=unit_id, joined_at=now()
        )
        emit(session, joined)


def person_of(actor: Actor) -> UUID:
    """Return the person of a member's account; MembersOnly for any other."""
    if actor.person_id is None:
        raise MembersOnly
    return actor.person_id


async def list_participations(
    session: AsyncSession, *, actor: Actor, cursor: Cursor, state: State | None
) -> Page[ParticipationRead]:
    """我的活动: what the caller takes part in, newest first."""
    rows = await ParticipationRepository(session, actor.tenant_id).page_of(
        person_of(actor), cursor, state=state
    )
    campaigns = await CampaignRepository(session, actor.tenant_id).by_ids([row.campaign_id for row in rows])
    lapsed = await ParticipationRepository(session, actor.tenant_id).lapsed(rows)
    return cursor.page(
        rows, lambda row: ParticipationRead.of(row, campaigns[row.campaign_id], lapsed=row.id in lapsed)
    )
