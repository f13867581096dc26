"""Work numbers: by which number of its own a campus portal knows a member."""

from uuid import UUID

from sqlalchemy.orm import Mapped

from common.db import Base, VersionedRow
from common.events import Sealed


class WorkNumber(VersionedRow, Base):
    """A member's work number (工号), sealed, with its blind index."""

    __tablename__ = "work_number"
    person_id: Mapped[UUID]
    number_sealed: Mapped[str]
    number_index: Mapped[str]

    def change(self, sealed: Sealed) -> None:
        """Take another number."""
        self.number_sealed, self.number_index = sealed.ciphertext, sealed.index or ""
        self.touch()
