"""A slot and its places."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Mapped

from common.clock import business_day
from common.db import Base, VersionedRow

from .errors import SlotInUse


class Slot(VersionedRow, Base):
    """时段: places to be booked of a campaign; without times it is a number of things to be collected any day.

    `taken` never exceeds `capacity`: the database checks it, and places are taken by one conditional update.
    """

    __tablename__ = "slot"
    campaign_id: Mapped[UUID]
    starts_at: Mapped[datetime | None]
    ends_at: Mapped[datetime | None]
    place: Mapped[str]
    capacity: Mapped[int]
    taken: Mapped[int]

    @property
    def day(self) -> date | None:
        """Its day in Asia/Shanghai."""
        return business_day(self.starts_at) if self.starts_at else None

    def resize(self, *, capacity: int, place: str) -> None:
        """Change its places; SlotInUse below those that are booked."""
        if capacity < self.taken:
            raise SlotInUse(taken=self.taken)
        self.capacity, self.place = capacity, place
        self.touch()
