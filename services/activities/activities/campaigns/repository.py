"""SQL of campaigns."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func

from common.auth import Actor
from common.db import TenantRepository
from common.db.scope import within_reach
from common.http import Cursor

from .models import Campaign

KNOWN_TO_MEMBERS = ("published", "paused", "ended")


class CampaignRepository(TenantRepository):
    """Campaigns of one tenant."""

    async def page(
        self, actor: Actor, cursor: Cursor, *, state: str | None = None, words: str | None = None
    ) -> Sequence[Campaign]:
        """Return the campaigns within the caller's reach, newest first."""
        statement = self.select(Campaign).where(within_reach(actor, Campaign.org_path))
        if state:
            statement = statement.where(Campaign.state == state)
        if words:
            statement = statement.where(func.strpos(func.lower(Campaign.title), words.lower()) > 0)
        return await self.all(cursor.apply(statement, Campaign))

    async def open_page(self, cursor: Cursor, *, on: date) -> Sequence[Campaign]:
        """Return the published campaigns whose days include one, newest first."""
        statement = self.select(Campaign).where(
            Campaign.state == "published", Campaign.opens_on <= on, Campaign.closes_on >= on
        )
        return await self.all(cursor.apply(statement, Campaign))

    async def known_page(self, cursor: Cursor) -> Sequence[Campaign]:
        """Return all that members may know of, those of the past too, newest first."""
        statement = self.select(Campaign).where(Campaign.state.in_(KNOWN_TO_MEMBERS))
        return await self.all(cursor.apply(statement, Campaign))

    async def known(self, campaign_id: UUID) -> Campaign | None:
        """Return a campaign if members may know of it."""
        return await self.first(
            self.select(Campaign).where(Campaign.id == campaign_id, Campaign.state.in_(KNOWN_TO_MEMBERS))
        )

    async def managed(self, actor: Actor, campaign_id: UUID, *, lock: bool = False) -> Campaign | None:
        """Return a campaign within the caller's reach; locked for a change, while rewards are given meanwhile."""
        statement = self.select(Campaign).where(
            Campaign.id == campaign_id, within_reach(actor, Campaign.org_path)
        )
        if lock:
            statement = statement.with_for_update(key_share=True).execution_options(populate_existing=True)
        return await self.first(statement)

    async def by_ids(self, ids: Sequence[UUID]) -> dict[UUID, Campaign]:
        """Return the campaigns among these ids."""
        rows = await self.all(self.select(Campaign).where(Campaign.id.in_(ids)))
        return {row.id: row for row in rows}

    async def codes(self) -> set[str]:
        """Return the codes of the campaigns that came with a pack."""
        statement = self.select_columns(Campaign, Campaign.code).where(Campaign.code.is_not(None))
        return set((await self.session.execute(statement)).scalars())

    async def watched(self) -> Sequence[Campaign]:
        """Return the running campaigns whose stock is watched and has not been said to be low."""
        return await self.all(
            self.select(Campaign).where(
                Campaign.state.in_(("published", "paused")),
                Campaign.gives == "code",
                Campaign.low_stock > 0,
                Campaign.low_stock_said_at.is_(None),
                Campaign.manager_id.is_not(None),
            )
        )

    async def say_low(self, campaign_id: UUID, *, at: datetime) -> bool:
        """Note that its staff are told of a low stock; False if another worker has just done so."""
        statement = self.update(Campaign).where(
            Campaign.id == campaign_id, Campaign.low_stock_said_at.is_(None)
        )
        statement = statement.values(low_stock_said_at=at).execution_options(synchronize_session=False)
        result: Any = await self.session.execute(statement)
        return bool(result.rowcount)
