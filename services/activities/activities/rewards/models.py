"""A reward and its states."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Mapped

from common.clock import now
from common.db import Base, VersionedRow

from ..errors import RewardAlreadyCollected, RewardExpired


class Reward(VersionedRow, Base):
    """奖励: what a person received of a campaign; `place` counts a person's rewards of one campaign from 1."""

    __tablename__ = "reward"
    campaign_id: Mapped[UUID]
    person_id: Mapped[UUID]
    place: Mapped[int]
    state: Mapped[str]
    collected_at: Mapped[datetime | None]
    collected_by: Mapped[UUID | None]

    def collect(self, *, by: UUID, on: date, valid_until: date) -> None:
        """核销: it was handed out, once, up to its last day."""
        if self.state == "collected" and self.collected_at is not None:
            raise RewardAlreadyCollected(collected_at=self.collected_at.isoformat(timespec="seconds"))
        if on > valid_until:
            raise RewardExpired(valid_until=valid_until.isoformat())
        self.state, self.collected_at, self.collected_by = "collected", now(), by
        self.touch()
