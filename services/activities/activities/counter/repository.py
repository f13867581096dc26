"""SQL of the counter."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from common.auth import Actor
from common.db import TenantRepository
from common.db.scope import within_reach
from common.http import Cursor

from ..campaigns.models import Campaign
from ..rewards.models import Reward
from .models import CounterKey, CounterScan


class CounterRepository(TenantRepository):
    """Keys and scans of one tenant."""

    async def keys(self) -> Sequence[CounterKey]:
        """Return all keys, newest first."""
        return await self.all(self.select(CounterKey).order_by(CounterKey.created_at.desc(), CounterKey.id))

    async def drop_keys(self, *, before: datetime) -> None:
        """Forget keys that signed their last pass long ago."""
        await self.session.execute(self.delete(CounterKey).where(CounterKey.created_at < before))

    async def scans(self, ids: Iterable[UUID]) -> dict[UUID, CounterScan]:
        """Return scans by id."""
        rows = await self.all(self.select(CounterScan).where(CounterScan.id.in_(list(ids))))
        return {row.id: row for row in rows}

    async def rewards(self, ids: Iterable[UUID]) -> dict[UUID, Reward]:
        """Lock and return rewards, in the order of their ids so that two counters never wait in a circle."""
        statement = self.select(Reward).where(Reward.id.in_(list(ids))).order_by(Reward.id)
        statement = statement.with_for_update().execution_options(populate_existing=True)
        return {row.id: row for row in await self.all(statement)}

    async def page(self, actor: Actor, cursor: Cursor, *, outcome: str | None) -> Sequence[CounterScan]:
        """Return scans of campaigns within the caller's reach, and their own, newest first."""
        reach = self.select_columns(Campaign, Campaign.id).where(within_reach(actor, Campaign.org_path))
        statement = self.select(CounterScan).where(
            CounterScan.campaign_id.in_(reach) | (CounterScan.account_id == actor.id)
        )
        if outcome:
            statement = statement.where(CounterScan.outcome == outcome)
        return await self.all(cursor.apply(statement, CounterScan))

    async def handed_out(self) -> Sequence[Campaign]:
        """Return the campaigns of which something may still be handed out."""
        statement = self.select(Campaign).where(
            Campaign.state.in_(("published", "paused", "ended")), Campaign.gives != "nothing"
        )
        return await self.all(statement.order_by(Campaign.id.desc()).limit(500))

    async def looked_at(self, ids: Iterable[UUID]) -> dict[UUID, Reward]:
        """Return rewards by id, without locking them."""
        rows = await self.all(self.select(Reward).where(Reward.id.in_(list(ids))))
        return {row.id: row for row in rows}
