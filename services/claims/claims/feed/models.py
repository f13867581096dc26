"""Settlement files and their lines."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint
from sqlalchemy.orm import Mapped, mapped_column

from common.clock import now
from common.db import Base, TenantRow, VersionedRow


class FeedFile(VersionedRow, Base):
    """A file as it was received; the counts are those of its receipt."""

    __tablename__ = "feed_file"
    format: Mapped[str]
    sha256: Mapped[str]
    imported_by: Mapped[UUID]
    lines: Mapped[int] = mapped_column(default=0)
    accepted: Mapped[int] = mapped_column(default=0)
    repeated: Mapped[int] = mapped_column(default=0)
    bad: Mapped[int] = mapped_column(default=0)
    differing: Mapped[int] = mapped_column(default=0)

    def count(self, *, lines: int, accepted: int, bad: int, differing: int) -> None:
        """Note what came of the lines; those neither accepted, bad nor differing were here before."""
        self.lines, self.accepted, self.bad, self.differing = lines, accepted, bad, differing
        self.repeated = lines - accepted - bad - differing
        self.touch()


class FeedLine(TenantRow, Base):
    """One settled event of one person. `source_id` is the medical-insurance side's own and counts once."""

    __tablename__ = "feed_line"
    __table_args__ = (ForeignKeyConstraint(["tenant_id", "claim_id"], ["claim.tenant_id", "claim.id"]),)
    file_id: Mapped[UUID]
    line_no: Mapped[int]
    source_id: Mapped[str]
    counted: Mapped[bool]
    state: Mapped[str]
    """new; decided, opened, in_review, nothing_due; unmatched, not_covered, duplicate, bad, differs, failed"""
    reasons: Mapped[list[dict[str, Any]]]
    facts: Mapped[str | None]
    """Sealed JSON of the line's values; None for a bad line."""
    document_index: Mapped[str | None]
    digest: Mapped[str]
    claim_id: Mapped[UUID | None]
    decided_at: Mapped[datetime | None]

    def end(self, state: str, *reasons: dict[str, str], claim_id: UUID | None = None) -> None:
        """Note what came of the line."""
        self.state, self.reasons, self.claim_id, self.decided_at = state, list(reasons), claim_id, now()
