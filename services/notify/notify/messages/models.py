"""A message to one recipient."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from common.clock import now
from common.db import Base, TenantRow

from .rules import MOST_ATTEMPTS, pause_after


class Message(TenantRow, Base):
    """What somebody is told on one channel because of one event; text and mobile are sealed."""

    __tablename__ = "message"
    cause_id: Mapped[UUID]
    template: Mapped[str]
    channel: Mapped[str]
    audience: Mapped[str]
    language: Mapped[str] = mapped_column(default="zh")
    """zh | en, of its text"""
    recipient_id: Mapped[UUID]
    account_id: Mapped[UUID | None]
    mobile: Mapped[str | None]
    text: Mapped[str]
    title: Mapped[str | None]
    """Sealed; None: the title of its event."""
    other_text: Mapped[str | None] = mapped_column(default=None)
    other_title: Mapped[str | None] = mapped_column(default=None)
    """The same in the other language, sealed, for a reader of the inbox who switches; None where there is none."""
    variables: Mapped[str | None]
    """Sealed, where an SMS provider fills a template of its own."""
    urgent: Mapped[bool]
    must_arrive: Mapped[bool]
    expires_at: Mapped[datetime | None]
    state: Mapped[str]
    attempts: Mapped[int]
    next_attempt_at: Mapped[datetime]
    provider_id: Mapped[str | None]
    failure: Mapped[str | None]
    sent_at: Mapped[datetime | None]
    read_at: Mapped[datetime | None]

    def read(self) -> None:
        """The recipient has seen it; the first time counts."""
        self.read_at = self.read_at or now()

    def sent(self, provider_id: str) -> None:
        """The provider accepted it. A second report of the same changes nothing."""
        if self.state == "queued":
            self.state, self.provider_id, self.sent_at, self.failure = "sent", provider_id, now(), None

    def refused(self, reason: str) -> None:
        """The provider will never deliver it."""
        if self.state == "queued":
            self.state, self.failure = "failed", reason

    def put_back(self) -> None:
        """It was taken and did not leave: its turn comes again at once, and this one does not count."""
        if self.state == "queued":
            self.attempts, self.next_attempt_at = self.attempts - 1, now()

    def delayed(self, reason: str) -> None:
        """The provider was away; try again later, messages that must arrive for ever."""
        if self.state != "queued":
            return
        self.failure = reason
        if self.attempts >= MOST_ATTEMPTS and not self.must_arrive:
            self.state = "failed"
        else:
            self.next_attempt_at = now() + timedelta(seconds=pause_after(self.attempts))
