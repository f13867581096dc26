"""A bulk message: what two people decided to tell an audience."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from common.clock import now
from common.db import Base, VersionedRow

from ..errors import BulkEnded, BulkSent

SENDING, SENT, STOPPED = "sending", "sent", "stopped"


class BulkMessage(VersionedRow, Base):
    """One bulk message; its id is the cause of every message that it makes, so that each person is told once."""

    __tablename__ = "bulk_message"
    title: Mapped[str]
    text: Mapped[str]
    title_en: Mapped[str | None]
    text_en: Mapped[str | None]
    """For those whose account speaks English; None: everybody is told in Chinese."""
    channels: Mapped[list[str]] = mapped_column(ARRAY(Text))
    audience: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(default=SENDING)
    proposed_by: Mapped[UUID]
    approved_by: Mapped[UUID]
    task_id: Mapped[UUID]
    estimated: Mapped[int]
    told: Mapped[int] = mapped_column(default=0)
    """People for whom messages were made."""
    finished_at: Mapped[datetime | None]
    stopped_by: Mapped[UUID | None]

    def advance(self, told: int) -> None:
        """So many people more were told."""
        self.told += told

    def finish(self) -> None:
        """Everybody of the audience was told."""
        if self.state == SENDING:
            self.state, self.finished_at = SENT, now()
            self.touch()

    def stop(self, by: UUID, *, waiting: int) -> None:
        """Tell nobody else; BulkEnded once it was stopped, BulkSent when none of its messages waits any more."""
        if self.state == STOPPED:
            raise BulkEnded
        if self.state == SENT and not waiting:
            raise BulkSent
        self.state, self.finished_at, self.stopped_by = STOPPED, now(), by
        self.touch()
