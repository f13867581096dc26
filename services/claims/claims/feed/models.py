"""Settlement files and their lines, and which deadlines were told."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKeyConstraint
from sqlalchemy.orm import Mapped, mapped_column

from common.clock import now
from common.db import Base, TenantRow, VersionedRow

LEASE = timedelta(minutes=2)


class FeedFile(VersionedRow, Base):
    """A file on its way: received and stored, read by the worker chunk by chunk, its lines then decided."""

    __tablename__ = "feed_file"
    format: Mapped[str]
    sha256: Mapped[str]
    origin: Mapped[str] = mapped_column(default="upload")
    """upload (by staff) | drop (into the watched prefix) | bus"""
    name: Mapped[str | None]
    imported_by: Mapped[UUID | None]
    state: Mapped[str] = mapped_column(default="received")
    """received | reading | read | stopped (a line cannot be read; those before it count)"""
    size: Mapped[int] = mapped_column(BigInteger, default=0)
    read_bytes: Mapped[int] = mapped_column(BigInteger, default=0)
    object_name: Mapped[str | None]
    object_key: Mapped[str | None]
    """The stored file's own key, sealed; forgotten with the file when it has been read."""
    problem: Mapped[dict[str, Any] | None]
    leased_until: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    lines: Mapped[int] = mapped_column(default=0)
    accepted: Mapped[int] = mapped_column(default=0)
    repeated: Mapped[int] = mapped_column(default=0)
    bad: Mapped[int] = mapped_column(default=0)
    differing: Mapped[int] = mapped_column(default=0)

    def lease(self) -> None:
        """Somebody reads it now; nobody else does before the lease is over."""
        self.state, self.leased_until = "reading", now() + LEASE

    def count(self, *, lines: int, accepted: int, bad: int, differing: int) -> None:
        """Add what came of some lines; those neither accepted, bad nor differing were here before."""
        self.lines += lines
        self.accepted += accepted
        self.bad += bad
        self.differing += differing
        self.repeated += lines - accepted - bad - differing
        self.touch()

    def finish(self, *, problem: dict[str, Any] | None = None) -> None:
        """It was read to the end, or to the line that cannot be read."""
        self.state, self.problem, self.finished_at = "stopped" if problem else "read", problem, now()
        self.object_key = self.leased_until = None
        if problem is None:
            self.read_bytes = self.size
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


class DeadlineNotice(TenantRow, Base):
    """That somebody was told of a claim's day of payment: once when it is near, once when it is over."""

    __tablename__ = "deadline_notice"
    __table_args__ = (ForeignKeyConstraint(["tenant_id", "claim_id"], ["claim.tenant_id", "claim.id"]),)
    claim_id: Mapped[UUID]
    level: Mapped[str]
    due_on: Mapped[date]
