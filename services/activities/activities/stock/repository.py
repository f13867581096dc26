"""SQL of the stock."""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import func, text

from common.clock import now
from common.db import TenantRepository, unscoped
from common.ids import new_id

from ..campaigns.models import Campaign
from .models import RewardCode

# One array for each column: one statement for a hundred thousand codes.
ADD = unscoped(
    text(
        """INSERT INTO reward_code (tenant_id, id, created_at, campaign_id, code, code_index)
           SELECT :tenant_id, line.id, :created_at, :campaign_id, line.code, line.code_index
           FROM unnest(CAST(:ids AS uuid[]), CAST(:codes AS text[]), CAST(:indexes AS text[]))
                AS line (id, code, code_index)"""
    ),
    why="every row carries this tenant's id; arrays do not go through the ORM",
)


class Stock(NamedTuple):
    """How many codes a campaign has had, and how many are left."""

    codes: int = 0
    left: int = 0


class StockRepository(TenantRepository):
    """Codes of one tenant."""

    async def known(self, campaign_id: UUID, indexes: Sequence[str]) -> set[str]:
        """Return which of these blind indexes the campaign has already."""
        statement = self.select_columns(RewardCode, RewardCode.code_index).where(
            RewardCode.campaign_id == campaign_id, RewardCode.code_index == func.any(list(indexes))
        )
        return set((await self.session.execute(statement)).scalars())

    async def add_codes(self, campaign_id: UUID, sealed: Sequence[tuple[str, str]]) -> None:
        """Add codes, given as (sealed code, blind index)."""
        values = {
            "tenant_id": self.tenant_id,
            "created_at": now(),
            "campaign_id": campaign_id,
            "ids": [new_id() for _ in sealed],
            "codes": [code for code, _ in sealed],
            "indexes": [index for _, index in sealed],
        }
        await self.session.execute(ADD, values)

    async def take(self, campaign_id: UUID, *, reward_id: UUID) -> str | None:
        """Give the next free code to a reward and return it, sealed; None if none is left.

        A code that another transaction is giving at this moment is passed over, so that nobody waits in line.
        """
        free = (
            self.select_columns(RewardCode, RewardCode.id)
            .where(RewardCode.campaign_id == campaign_id, RewardCode.reward_id.is_(None))
            .order_by(RewardCode.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        taken = (
            self.update(RewardCode)
            .where(RewardCode.id == free.scalar_subquery())
            .values(reward_id=reward_id)
            .returning(RewardCode.code)
            .execution_options(synchronize_session=False)
        )
        return (await self.session.execute(taken)).scalar_one_or_none()

    async def counted(self, campaigns: Sequence[UUID]) -> dict[UUID, Stock]:
        """Count the codes of campaigns."""
        left = func.count().filter(RewardCode.reward_id.is_(None))
        statement = (
            self.select_columns(RewardCode, RewardCode.campaign_id, func.count(), left)
            .where(RewardCode.campaign_id.in_(campaigns))
            .group_by(RewardCode.campaign_id)
        )
        return {row[0]: Stock(row[1], row[2]) for row in await self.session.execute(statement)}

    async def available(self, campaigns: Sequence[UUID]) -> set[UUID]:
        """Return which of these campaigns have a free code; finds one of each, does not count the stock."""
        free = (
            self.select_columns(RewardCode, RewardCode.id)
            .where(RewardCode.campaign_id == Campaign.id, RewardCode.reward_id.is_(None))
            .exists()
        )
        statement = self.select_columns(Campaign, Campaign.id).where(Campaign.id.in_(campaigns), free)
        return set((await self.session.execute(statement)).scalars())

    async def of_rewards(self, rewards: Sequence[UUID]) -> dict[UUID, str]:
        """Return the sealed codes of rewards."""
        statement = self.select_columns(RewardCode, RewardCode.reward_id, RewardCode.code).where(
            RewardCode.reward_id.in_(rewards)
        )
        return {row[0]: row[1] for row in await self.session.execute(statement)}
