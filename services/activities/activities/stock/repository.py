"""SQL of the stock."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select, text

from common.clock import now
from common.db import TenantRepository, unscoped
from common.ids import new_id

from ..campaigns.models import Campaign
from .models import RewardCode

# One array for each column: one statement for thousands of codes. What the campaign has already is left out.
ADD = unscoped(
    text(
        """INSERT INTO reward_code (tenant_id, id, created_at, campaign_id, code, code_index, pin, expires_on,
             import_id)
           SELECT :tenant_id, line.id, :created_at, :campaign_id, line.code, line.code_index, line.pin,
             line.expires_on, line.import_id
           FROM unnest(CAST(:ids AS uuid[]), CAST(:codes AS text[]), CAST(:indexes AS text[]),
                       CAST(:pins AS text[]), CAST(:expires AS date[]), CAST(:imports AS uuid[]))
                AS line (id, code, code_index, pin, expires_on, import_id)
           ON CONFLICT DO NOTHING RETURNING code_index"""
    ),
    why="every row carries this tenant's id; arrays do not go through the ORM",
)


class Stock(NamedTuple):
    """How many codes a campaign has had, and how many are left."""

    codes: int = 0
    left: int = 0


@dataclass(frozen=True)
class SealedCode:
    """A code as it is stored."""

    code: str
    index: str
    pin: str | None = None
    expires_on: date | None = None
    import_id: UUID | None = None
    """The task whose file brought it."""


class Given(NamedTuple):
    """A code that belongs to a reward now, sealed."""

    code: str
    pin: str | None
    expires_on: date | None


class StockRepository(TenantRepository):
    """Codes of one tenant."""

    async def known(self, campaign_id: UUID, indexes: Sequence[str]) -> set[str]:
        """Return which of these blind indexes the campaign has already."""
        statement = self.select_columns(RewardCode, RewardCode.code_index).where(
            RewardCode.campaign_id == campaign_id, RewardCode.code_index == func.any(list(indexes))
        )
        return set((await self.session.execute(statement)).scalars())

    async def brought_by(self, campaign_id: UUID, import_id: UUID, indexes: Sequence[str]) -> set[str]:
        """Return which of these blind indexes a file brought."""
        statement = self.select_columns(RewardCode, RewardCode.code_index).where(
            RewardCode.campaign_id == campaign_id,
            RewardCode.import_id == import_id,
            RewardCode.code_index == func.any(list(indexes)),
        )
        return set((await self.session.execute(statement)).scalars())

    async def add_codes(self, campaign_id: UUID, sealed: Sequence[SealedCode]) -> set[str]:
        """Add codes that the campaign does not have; return the indexes of those that were added."""
        values = {
            "tenant_id": self.tenant_id,
            "created_at": now(),
            "campaign_id": campaign_id,
            "ids": [new_id() for _ in sealed],
            "codes": [one.code for one in sealed],
            "indexes": [one.index for one in sealed],
            "pins": [one.pin for one in sealed],
            "expires": [one.expires_on for one in sealed],
            "imports": [one.import_id for one in sealed],
        }
        return set((await self.session.execute(ADD, values)).scalars())

    async def take(self, campaign_id: UUID, *, reward_id: UUID, on: date) -> Given | None:
        """Give the next free code to a reward; None if none is left.

        A code that another transaction is giving at this moment is passed over, so that nobody waits in line. Only
        when all that are free are being given just now is one of them waited for: its transaction may still fail.
        """
        return await self._take(campaign_id, reward_id, on, skip=True) or await self._take(
            campaign_id, reward_id, on, skip=False
        )

    async def _take(self, campaign_id: UUID, reward_id: UUID, on: date, *, skip: bool) -> Given | None:
        free = (
            self.select_columns(RewardCode, RewardCode.id)
            .where(RewardCode.campaign_id == campaign_id, *_free(on))
            .order_by(RewardCode.expires_on, RewardCode.id)
            .limit(1)
            .with_for_update(skip_locked=skip)
        )
        taken = (
            self.update(RewardCode)
            .where(RewardCode.id == free.scalar_subquery())
            .values(reward_id=reward_id)
            .returning(RewardCode.code, RewardCode.pin, RewardCode.expires_on)
            .execution_options(synchronize_session=False)
        )
        row = (await self.session.execute(taken)).one_or_none()
        return Given(row[0], row[1], row[2]) if row else None

    async def void(self, reward_id: UUID) -> None:
        """Take the code from a reward; it is never given again."""
        statement = self.update(RewardCode).where(RewardCode.reward_id == reward_id)
        await self.session.execute(
            statement.values(reward_id=None, voided_at=now()).execution_options(synchronize_session=False)
        )

    async def clear(self, campaign_id: UUID) -> None:
        """Remove the stock of a draft."""
        await self.session.execute(self.delete(RewardCode).where(RewardCode.campaign_id == campaign_id))

    async def counted(self, campaigns: Sequence[UUID], *, on: date) -> dict[UUID, Stock]:
        """Count the codes of campaigns, without the voided; expired ones are not left."""
        left = func.count().filter(*_free(on))
        statement = (
            self.select_columns(RewardCode, RewardCode.campaign_id, func.count(), left)
            .where(RewardCode.campaign_id.in_(campaigns), RewardCode.voided_at.is_(None))
            .group_by(RewardCode.campaign_id)
        )
        return {row[0]: Stock(row[1], row[2]) for row in await self.session.execute(statement)}

    async def left(self, campaign_id: UUID, *, on: date, most: int) -> int:
        """Return how many codes are left, counting no further than `most`."""
        some = (
            self.select_columns(RewardCode, RewardCode.id)
            .where(RewardCode.campaign_id == campaign_id, *_free(on))
            .limit(most)
            .subquery()
        )
        counted = unscoped(
            select(func.count()).select_from(some), why="counts a subquery of this tenant's rows"
        )
        return int((await self.session.execute(counted)).scalar_one())

    async def available(self, campaigns: Sequence[UUID], *, on: date) -> set[UUID]:
        """Return which of these campaigns have a free code; finds one of each, does not count the stock."""
        free = (
            self.select_columns(RewardCode, RewardCode.id)
            .where(RewardCode.campaign_id == Campaign.id, *_free(on))
            .exists()
        )
        statement = self.select_columns(Campaign, Campaign.id).where(Campaign.id.in_(campaigns), free)
        return set((await self.session.execute(statement)).scalars())

    async def of_rewards(self, rewards: Sequence[UUID]) -> dict[UUID, Given]:
        """Return the sealed codes of rewards."""
        statement = self.select_columns(
            RewardCode, RewardCode.reward_id, RewardCode.code, RewardCode.pin, RewardCode.expires_on
        ).where(RewardCode.reward_id.in_(rewards))
        return {row[0]: Given(row[1], row[2], row[3]) for row in await self.session.execute(statement)}


def _free(on: date) -> tuple[ColumnElement[bool], ...]:
    return (
        RewardCode.reward_id.is_(None),
        RewardCode.voided_at.is_(None),
        or_(RewardCode.expires_on.is_(None), RewardCode.expires_on >= on),
    )
