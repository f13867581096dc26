"""Papers of admissions over age, searches as they were shown, reports in progress."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from common.clock import now
from common.db import Base, TenantRow


class AdmissionPaper(TenantRow, Base):
    """A paper of postponed retirement (延迟退休证明); the file belongs to ocr."""

    __tablename__ = "admission_paper"
    person_id: Mapped[UUID]
    code: Mapped[str]
    document_id: Mapped[UUID]
    media_type: Mapped[str]
    sha256: Mapped[str]
    replaced_at: Mapped[datetime | None]


class MemberSearch(TenantRow, Base):
    """A search and what it found when it was shown: `digest` is of ids and versions of all persons found."""

    __tablename__ = "member_search"
    actor_id: Mapped[UUID]
    criteria: Mapped[dict[str, Any]]
    """`Criteria`: personal values only as blind indexes."""
    total: Mapped[int]
    digest: Mapped[str]


class AdmissionReport(TenantRow, Base):
    """A search result that was reported (上报): how many persons, how many of them the system has confirmed."""

    __tablename__ = "admission_report"
    requested_by: Mapped[UUID]
    search_id: Mapped[UUID | None]
    total: Mapped[int]
    confirmed: Mapped[int] = mapped_column(default=0)
    finished_at: Mapped[datetime | None]

    def advance(self, confirmed: int) -> None:
        """Count persons that were confirmed; when none is left the report is done."""
        self.confirmed += confirmed

    def finish(self) -> None:
        """Note that nobody waits any more."""
        self.finished_at = now()
