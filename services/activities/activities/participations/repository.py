"""SQL of participations."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_
from sqlalchemy.dialects.postgresql import insert

from common.clock import BUSINESS_ZONE, now, today
from common.db import TenantRepository, unscoped
from common.http import Cursor
from common.ids import new_id

from ..campaigns.models import Campaign
from ..rewards.models import Reward
from .models import Participation

WHY = "the row carries this tenant's id; the conflict target begins with it"


class ParticipationRepository(TenantRepository):
    """Participations of one tenant."""

    async def put(self, *, campaign_id: UUID, person_id: UUID, unit_id: UUID | None, state: str) -> bool:
        """Say how far a person is in a campaign; True if they did not take part before."""
        statement = (
            insert(Participation)
            .values(
                tenant_id=self.tenant_id,
                id=new_id(),
                created_at=now(),
                changed_at=now(),
                campaign_id=campaign_id,
                person_id=person_id,
                unit_id=unit_id,
                state=state,
            )
            .on_conflict_do_nothing()
            .returning(Participation.id)
        )
        added = (await self.session.execute(unscoped(statement, why=WHY))).scalar_one_or_none()
        if added is not None:
            return True
        changed = (
            self.update(Participation)
            .where(
                Participation.campaign_id == campaign_id,
                Participation.person_id == person_id,
                Participation.state != state,
            )
            .values(state=state, changed_at=now())
            .execution_options(synchronize_session=False)
        )
        await self.session.execute(changed)
        return False

    async def page_of(
        self, person_id: UUID, cursor: Cursor, *, state: str | None = None
    ) -> Sequence[Participation]:
        """Return a person's participations, newest first; what nothing can come of any more is over."""
        statement = self.select(Participation).where(Participation.person_id == person_id)
        if state == "over":
            statement = statement.where(or_(Participation.state == state, self._lapsed()))
        elif state:
            statement = statement.where(Participation.state == state, ~self._lapsed())
        return await self.all(cursor.apply(statement, Participation))

    async def lapsed(self, rows: Sequence[Participation]) -> set[UUID]:
        """Return which of these are over although nobody said so: their campaign's time is."""
        statement = self.select_columns(Participation, Participation.id).where(
            Participation.id.in_([row.id for row in rows]), self._lapsed()
        )
        return set((await self.session.execute(statement)).scalars())

    def _lapsed(self) -> ColumnElement[bool]:
        """A quiz or a code is for the time of its campaign; what was booked is for as long as it can be collected."""
        clock = now().astimezone(BUSINESS_ZONE)
        ended = or_(
            Campaign.state == "ended",
            Campaign.closes_on < today(),
            and_(Campaign.closes_on == today(), Campaign.closes_time <= clock.time()),
        )
        collectable = (
            self.select_columns(Reward, Reward.id)
            .where(
                Reward.campaign_id == Participation.campaign_id,
                Reward.person_id == Participation.person_id,
                Reward.state == "issued",
                func.coalesce(Reward.expires_on, Campaign.valid_until) >= today(),
            )
            .exists()
        )
        over = self.select_columns(Campaign, Campaign.id).where(
            Campaign.id == Participation.campaign_id, ended, ~collectable
        )
        return and_(Participation.state.in_(("taking_part", "waiting")), over.exists())
