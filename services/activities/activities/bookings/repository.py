"""SQL of slots: places are taken and given back by conditional updates, never read first."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import func

from common.db import TenantRepository

from ..rewards.models import Reward
from .models import Slot


class SlotRepository(TenantRepository):
    """Slots of one tenant."""

    async def of_campaign(self, campaign_id: UUID) -> Sequence[Slot]:
        """Return the slots of a campaign in the order of their times."""
        statement = self.select(Slot).where(Slot.campaign_id == campaign_id)
        return await self.all(statement.order_by(Slot.starts_at, Slot.id))

    async def by_ids(self, ids: Iterable[UUID]) -> dict[UUID, Slot]:
        """Return the slots among these ids."""
        wanted = list(ids)
        if not wanted:
            return {}
        return {row.id: row for row in await self.all(self.select(Slot).where(Slot.id.in_(wanted)))}

    async def in_campaign(self, campaign_id: UUID, slot_id: UUID, *, lock: bool = False) -> Slot | None:
        """Return a slot if it is the campaign's."""
        statement = self.select(Slot).where(Slot.campaign_id == campaign_id, Slot.id == slot_id)
        if lock:
            statement = statement.with_for_update().execution_options(populate_existing=True)
        return await self.first(statement)

    async def lock_in_order(self, ids: Iterable[UUID]) -> None:
        """Lock slots in the order of their ids, so that two who move crosswise do not wait for each other."""
        statement = self.select(Slot).where(Slot.id.in_(list(ids))).order_by(Slot.id)
        await self.session.execute(statement.with_for_update())

    async def take(self, slot_id: UUID) -> bool:
        """Take a place; False if none is free."""
        statement = self.update(Slot).where(Slot.id == slot_id, Slot.taken < Slot.capacity)
        return await self._changed(statement.values(taken=Slot.taken + 1))

    async def release(self, slot_id: UUID) -> None:
        """Give a place back."""
        statement = self.update(Slot).where(Slot.id == slot_id, Slot.taken > 0)
        await self._changed(statement.values(taken=Slot.taken - 1))

    async def _changed(self, statement: Any) -> bool:
        result: Any = await self.session.execute(statement.execution_options(synchronize_session=False))
        return bool(result.rowcount)

    async def counted(self, campaigns: Sequence[UUID]) -> dict[UUID, tuple[int, int]]:
        """Return places and taken places of campaigns."""
        statement = (
            self.select_columns(Slot, Slot.campaign_id, func.sum(Slot.capacity), func.sum(Slot.taken))
            .where(Slot.campaign_id.in_(campaigns))
            .group_by(Slot.campaign_id)
        )
        return {row[0]: (int(row[1]), int(row[2])) for row in await self.session.execute(statement)}

    async def clear(self, campaign_id: UUID) -> None:
        """Remove the slots of a draft."""
        await self.session.execute(self.delete(Slot).where(Slot.campaign_id == campaign_id))

    async def was_booked(self, slot_id: UUID) -> bool:
        """Whether a booking names the slot, also one that was given back."""
        return await self.first(self.select(Reward).where(Reward.slot_id == slot_id)) is not None
