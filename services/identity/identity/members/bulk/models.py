"""Uploaded admission sheets and their rows."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from common.clock import now
from common.db import Base, TenantRow, VersionedRow

from .errors import BatchDone, BatchNotChecked


class AdmissionBatch(VersionedRow, Base):
    """One uploaded sheet and how far it is."""

    __tablename__ = "admission_batch"
    unit_id: Mapped[UUID]
    uploaded_by: Mapped[UUID]
    sha256: Mapped[str]
    size: Mapped[int]
    object_name: Mapped[str]
    object_key: Mapped[str | None]
    """Key of the stored file, sealed."""
    file_name: Mapped[str | None]
    state: Mapped[str]
    """uploaded | checking | checked | processing | done"""
    total: Mapped[int] = mapped_column(default=0)
    admissible: Mapped[int] = mapped_column(default=0)
    admitted: Mapped[int] = mapped_column(default=0)
    failed: Mapped[int] = mapped_column(default=0)
    check_task: Mapped[UUID | None]
    process_task: Mapped[UUID | None]
    finished_at: Mapped[datetime | None]
    pack_version: Mapped[int]

    @property
    def task_id(self) -> UUID | None:
        """The task that may be working on it."""
        return {"checking": self.check_task, "processing": self.process_task}.get(self.state)

    def begin_check(self, task_id: UUID) -> None:
        """Check it, or check it again; BatchDone once people were admitted."""
        if self.state in ("processing", "done"):
            raise BatchDone
        self.state, self.check_task = "checking", task_id
        self.touch()

    def note_checked(self, *, total: int, admissible: int) -> None:
        """Keep what the check found."""
        self.state, self.total, self.admissible = "checked", total, admissible
        self.failed = total - admissible
        self.touch()

    def begin_process(self, task_id: UUID) -> None:
        """Admit the good rows; BatchNotChecked before a check, BatchDone afterwards."""
        if self.state == "done":
            raise BatchDone
        if self.state not in ("checked", "processing"):
            raise BatchNotChecked
        self.state, self.process_task = "processing", task_id
        self.touch()

    def forget_file(self) -> None:
        """Keep no key of the stored file: without it nobody can read what may be left of it."""
        self.object_key = None

    def finish(self, *, admitted: int, failed: int) -> None:
        """Keep what became of the rows."""
        self.state, self.admitted, self.failed, self.finished_at = "done", admitted, failed, now()
        self.touch()


class AdmissionRow(TenantRow, Base):
    """One person of a sheet: what stands in its cells (sealed JSON), and why it is not admitted."""

    __tablename__ = "admission_row"
    batch_id: Mapped[UUID]
    sheet_row: Mapped[int]
    state: Mapped[str]
    """good | bad | admitted | failed"""
    reasons: Mapped[list[dict[str, Any]]]
    cells_sealed: Mapped[str]
    person_id: Mapped[UUID | None]
    document_kind: Mapped[str | None]
    document_sealed: Mapped[str | None]
    document_index: Mapped[str | None]
    name_sealed: Mapped[str | None]
    name_index: Mapped[str | None]
    mobile_sealed: Mapped[str | None]
    mobile_index: Mapped[str | None]
    document_lookups: Mapped[list[str] | None] = mapped_column(ARRAY(Text))
    """The number's blind index under every live key, by which the register may know it."""
    name_lookups: Mapped[list[str] | None] = mapped_column(ARRAY(Text))
