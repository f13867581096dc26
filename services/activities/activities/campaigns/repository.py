"""SQL of campaigns."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from common.db import TenantRepository
from common.http import Cursor

from .models import Campaign


class CampaignRepository(TenantRepository):
    """Campaigns of one tenant."""

    async def page(self, cursor: Cursor) -> Sequence[Campaign]:
        """Return all campaigns, newest first."""
        return await self.all(cursor.apply(self.select(Campaign), Campaign))

    async def open_page(self, cursor: Cursor, *, on: date) -> Sequence[Campaign]:
        """Return the published campaigns that give rewards on a day, newest first."""
        statement = self.select(Campaign).where(
            Campaign.state == "published", Campaign.opens_on <= on, Campaign.closes_on >= on
        )
        return await self.all(cursor.apply(statement, Campaign))

    async def published(self, campaign_id: UUID) -> Campaign | None:
        """Return a campaign if members may know of it."""
        return await self.first(
            self.select(Campaign).where(Campaign.id == campaign_id, Campaign.state == "published")
        )

    async def by_ids(self, ids: Sequence[UUID]) -> dict[UUID, Campaign]:
        """Return the campaigns among these ids."""
        rows = await self.all(self.select(Campaign).where(Campaign.id.in_(ids)))
        return {row.id: row for row in rows}

    async def locked(self, campaign_id: UUID) -> Campaign | None:
        """Lock and return a campaign for a change; rewards that refer to it are given meanwhile."""
        statement = self.select(Campaign).where(Campaign.id == campaign_id)
        return await self.first(statement.with_for_update(key_share=True))
