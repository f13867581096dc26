"""A reward and its states."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from common.clock import now
from common.db import Base, VersionedRow

from ..spoken import spoken
from .errors import RewardAlreadyCollected, RewardExpired, RewardGivenBack


class Reward(VersionedRow, Base):
    """奖励: what a person has of a campaign, a code or a booking; `place` counts a person's from 1.

    issued → collected, or given back: cancelled by the person, revoked by staff. A place that was given back is free.
    """

    __tablename__ = "reward"
    campaign_id: Mapped[UUID]
    person_id: Mapped[UUID]
    unit_id: Mapped[UUID | None] = mapped_column(default=None)
    place: Mapped[int | None]
    gives: Mapped[str] = mapped_column(default="code")
    slot_id: Mapped[UUID | None] = mapped_column(default=None)
    number: Mapped[str | None] = mapped_column(default=None)
    """预定号, said at the counter; no secret."""
    expires_on: Mapped[date | None] = mapped_column(default=None)
    """The last day of its code, where that has one of its own."""
    state: Mapped[str]
    collected_at: Mapped[datetime | None]
    collected_by: Mapped[UUID | None]
    scan_id: Mapped[UUID | None] = mapped_column(default=None)
    given_back_at: Mapped[datetime | None] = mapped_column(default=None)
    given_back_by: Mapped[UUID | None] = mapped_column(default=None)
    reason: Mapped[str | None] = mapped_column(default=None)
    """Why staff took it back; sealed, context "words"."""

    def collect(
        self,
        *,
        by: UUID,
        on: date,
        valid_until: date,
        at: datetime | None = None,
        scan_id: UUID | None = None,
    ) -> None:
        """核销: it was handed out, once, up to its last day."""
        if self.state == "collected" and self.collected_at is not None:
            raise RewardAlreadyCollected(collected_at=spoken(self.collected_at))
        if self.state != "issued":
            raise RewardGivenBack
        if on > valid_until:
            raise RewardExpired(valid_until=valid_until.isoformat())
        self.state, self.collected_at, self.collected_by = "collected", at or now(), by
        self.scan_id = scan_id
        self.touch()

    def cancel(self, *, by: UUID) -> None:
        """取消预定: its person does not come; the place is free again."""
        self._give_back("cancelled", by)

    def revoke(self, *, by: UUID, reason: str) -> None:
        """收回: staff take it back with a reason (sealed); the person may receive anew if the campaign goes on."""
        self._give_back("revoked", by)
        self.reason = reason

    def replace_code(self, *, expires_on: date | None) -> None:
        """换码: it has another code now."""
        if self.state != "issued":
            raise RewardGivenBack
        self.expires_on = expires_on
        self.touch()

    def _give_back(self, state: str, by: UUID) -> None:
        if self.state == "collected" and self.collected_at is not None:
            raise RewardAlreadyCollected(collected_at=spoken(self.collected_at))
        if self.state != "issued":
            raise RewardGivenBack
        self.state, self.place, self.given_back_at, self.given_back_by = state, None, now(), by
        self.touch()
