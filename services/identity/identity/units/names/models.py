"""Names that the back office has to look at."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from common.clock import now
from common.db import Base, VersionedRow

from .errors import NameDecided


class SyncedName(VersionedRow, Base):
    """A name of synchronised data: of a unit that nothing matches, or of a person that differs from the register."""

    __tablename__ = "synced_name"
    kind: Mapped[str]
    """unit | person"""
    source: Mapped[str]
    """where it came from: settlement, history, roster …"""
    key: Mapped[str]
    """The name without what people write differently; for a person their id, or their number's blind index where
    nobody has the number, and the name's blind index."""
    name: Mapped[str | None]
    name_sealed: Mapped[str | None]
    document_sealed: Mapped[str | None]
    """The ID number as it was told, where nobody in the register has it."""
    told_unit: Mapped[str | None]
    """A person's unit as the data names it."""
    person_id: Mapped[UUID | None]
    unit_id: Mapped[UUID | None]
    state: Mapped[str] = mapped_column(default="open")
    """open | linked | dismissed"""
    seen: Mapped[int] = mapped_column(default=1)
    last_seen_at: Mapped[datetime] = mapped_column(default=now)
    linked_unit_id: Mapped[UUID | None]
    request_id: Mapped[UUID | None]
    """The change of a member's data that was asked for."""
    decided_by: Mapped[UUID | None]
    decided_at: Mapped[datetime | None]
    note: Mapped[str | None]

    def link(self, unit_id: UUID, by: UUID) -> None:
        """Say which unit is meant."""
        self._decide("linked", by)
        self.linked_unit_id = unit_id

    def link_person(self, person_id: UUID, request_id: UUID | None, by: UUID) -> None:
        """Say which member is meant, and which change was asked for; none where the register has it already."""
        self._decide("linked", by)
        self.person_id, self.request_id = person_id, request_id

    def dismiss(self, by: UUID, note: str) -> None:
        """Say that nothing has to be done."""
        self._decide("dismissed", by)
        self.note = note

    def was_decided(self, by: UUID, state: str) -> bool:
        """Whether this was decided so, and by whom."""
        return self.state == state and self.decided_by == by

    def _decide(self, state: str, by: UUID) -> None:
        if self.state != "open":
            raise NameDecided
        self.state, self.decided_by, self.decided_at = state, by, now()
        self.touch()
