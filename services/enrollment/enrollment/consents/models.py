"""A consent asked for a person on an order."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Text as LongText
from sqlalchemy.orm import Mapped, mapped_column

from common.auth import Actor, Eyes
from common.clock import now
from common.db import VersionedRow

from ..tables import Base
from .errors import ConsentDecided


class OverAgeConsent(VersionedRow, Base):
    """Consent to cover a person although over age: asked by the unit with papers, granted or refused by the agency."""

    __tablename__ = "over_age_consent"
    order_id: Mapped[UUID]
    unit_id: Mapped[UUID]
    person_id: Mapped[UUID]
    state: Mapped[str] = mapped_column(default="asked")
    """asked | granted | refused"""
    papers: Mapped[list[dict[str, Any]]]
    """Each with the code of the pack's document and the id that ocr gave it"""
    note: Mapped[str | None] = mapped_column(LongText, default=None)
    asked_by: Mapped[UUID]
    asked_human: Mapped[UUID | None] = mapped_column(default=None)
    decided_by: Mapped[UUID | None] = mapped_column(default=None)
    decided_at: Mapped[datetime | None] = mapped_column(default=None)
    reason: Mapped[str | None] = mapped_column(LongText, default=None)

    @property
    def asker(self) -> Eyes:
        """Who asked, for the four-eyes rule."""
        return Eyes(self.asked_by, self.asked_human)

    def decide(self, *, granted: bool, by: UUID, reason: str | None) -> None:
        """Grant or refuse; ConsentDecided if somebody has."""
        if self.state != "asked":
            raise ConsentDecided
        self.state, self.decided_by, self.decided_at = ("granted" if granted else "refused"), by, now()
        self.reason = reason
        self.touch()

    def ask_again(self, *, by: Actor, papers: list[dict[str, Any]], note: str | None) -> None:
        """Ask once more after a refusal, with other papers."""
        self.state, self.asked_by, self.asked_human = "asked", by.id, by.human
        self.papers, self.note = papers, note
        self.decided_by = self.decided_at = self.reason = None
        self.touch()
