"""SQL of rewards."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import func
from sqlalchemy.dialects.postgresql import insert

from common.clock import now
from common.db import TenantRepository, unscoped
from common.http import Cursor
from common.ids import new_id

from .models import Reward


class RewardRepository(TenantRepository):
    """Rewards of one tenant."""

    async def received(self, person_id: UUID | None, campaigns: Sequence[UUID]) -> dict[UUID, int]:
        """Count what a person has received of campaigns; what was given back does not count."""
        statement = (
            self.select_columns(Reward, Reward.campaign_id, func.count())
            .where(
                Reward.person_id == person_id,
                Reward.campaign_id.in_(campaigns),
                Reward.place.is_not(None),
            )
            .group_by(Reward.campaign_id)
        )
        return {row[0]: row[1] for row in await self.session.execute(statement)}

    async def places(self, person_id: UUID, campaign_id: UUID) -> set[int]:
        """Return the places that a person has taken of a campaign."""
        statement = self.select_columns(Reward, Reward.place).where(
            Reward.person_id == person_id, Reward.campaign_id == campaign_id, Reward.place.is_not(None)
        )
        return set((await self.session.execute(statement)).scalars())

    async def waiting(self, person_id: UUID, campaign_id: UUID) -> bool:
        """Whether something of a campaign waits for a person to collect it."""
        statement = self.select_columns(Reward, Reward.id).where(
            Reward.person_id == person_id, Reward.campaign_id == campaign_id, Reward.state == "issued"
        )
        return (await self.session.execute(statement.limit(1))).first() is not None

    async def add_at(self, *, campaign_id: UUID, person_id: UUID, place: int, **more: Any) -> Reward | None:
        """Add a person's reward at a place of a campaign; None if they have one there.

        Waits for another request of the same person that is doing the same.
        """
        statement = (
            insert(Reward)
            .values(
                tenant_id=self.tenant_id,
                id=new_id(),
                created_at=now(),
                version=1,
                campaign_id=campaign_id,
                person_id=person_id,
                place=place,
                state="issued",
                **more,
            )
            .on_conflict_do_nothing()
            .returning(Reward)
        )
        marked = unscoped(statement, why="the row carries this tenant's id")
        return (await self.session.execute(marked)).scalar_one_or_none()

    async def page_of(self, person_id: UUID, *, cursor: Cursor, state: str | None) -> Sequence[Reward]:
        """Return a person's rewards, newest first."""
        statement = self.select(Reward).where(Reward.person_id == person_id)
        if state:
            statement = statement.where(Reward.state == state)
        return await self.all(cursor.apply(statement, Reward))

    async def page_in(self, campaign_id: UUID, *, cursor: Cursor, state: str | None) -> Sequence[Reward]:
        """Return the rewards of a campaign, newest first."""
        statement = self.select(Reward).where(Reward.campaign_id == campaign_id)
        if state:
            statement = statement.where(Reward.state == state)
        return await self.all(cursor.apply(statement, Reward))

    async def of_person(self, reward_id: UUID, person_id: UUID, *, lock: bool = False) -> Reward | None:
        """Return a reward if it is the person's."""
        statement = self.select(Reward).where(Reward.id == reward_id, Reward.person_id == person_id)
        if lock:
            statement = statement.with_for_update().execution_options(populate_existing=True)
        return await self.first(statement)

    async def by_number(self, number: str) -> Reward | None:
        """Return the booking with a number."""
        return await self.first(self.select(Reward).where(Reward.number == number))
