"""Who is told of a report, the reports that were made, and their files."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint
from sqlalchemy.orm import Mapped, mapped_column

from common.clock import now
from common.db import Base, TenantRow
from common.storage.store import object_name


class ReportSubscription(TenantRow, Base):
    """A member of staff wants to be told of a report of their scope."""

    __tablename__ = "report_subscription"
    report: Mapped[str]
    account_id: Mapped[UUID]
    scope: Mapped[str]
    """The path of the organisation that they work for, "/" the whole union."""


class ReportRun(TenantRow, Base):
    """A report of one period and scope; there is one of each."""

    __tablename__ = "report_run"
    report: Mapped[str]
    title: Mapped[str]
    scope: Mapped[str]
    first_day: Mapped[date]
    last_day: Mapped[date]
    pack_version: Mapped[int]
    task_id: Mapped[UUID]
    made_at: Mapped[datetime | None] = mapped_column(default=None)
    expires_on: Mapped[date]

    @property
    def folder(self) -> str:
        """Below this name are its files, and those of attempts that died."""
        return object_name(self.tenant_id, "reports", self.id)

    def ready(self) -> None:
        """Its files can be downloaded."""
        self.made_at = now()

    def again(self, task_id: UUID) -> None:
        """A new attempt, after the one before was given up."""
        self.task_id = task_id


class ReportFile(TenantRow, Base):
    """A report's workbook or PDF in the object store; its key stands here only."""

    __tablename__ = "report_file"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "run_id"], ["report_run.tenant_id", "report_run.id"]),
    )
    run_id: Mapped[UUID]
    format: Mapped[str]
    """xlsx | pdf"""
    object_name: Mapped[str]
    key: Mapped[str]
    """Sealed, context "report.key"."""
    size: Mapped[int]
