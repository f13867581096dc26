"""Roster files and the rows of them that a second person has still to accept. Personal values are sealed."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from common.auth import Actor
from common.clock import now
from common.db import TenantRow

from ..tables import Base


class RosterImport(TenantRow, Base):
    """One roster file 参保花名册 of an order and how far its check has come.

    `state`: queued (a large file waits for a worker), checking, staged (rows wait for a second person), done,
    cancelled, or refused (with `problem`, the code of the refusal). `object_key` is the sealed key of the stored file.
    """

    __tablename__ = "roster_import"
    order_id: Mapped[UUID]
    sha256: Mapped[str]
    size: Mapped[int]
    uploaded_by: Mapped[UUID]
    uploaded_human: Mapped[UUID | None] = mapped_column(default=None)
    """The person behind `uploaded_by`, as far as that is known."""
    state: Mapped[str] = mapped_column(default="checking")
    rows_done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    insurable: Mapped[int] = mapped_column(default=0)
    not_insurable: Mapped[int] = mapped_column(default=0)
    problem: Mapped[str | None] = mapped_column(default=None)
    started_at: Mapped[datetime] = mapped_column(default=now)
    beat_at: Mapped[datetime] = mapped_column(default=now)
    finished_at: Mapped[datetime | None] = mapped_column(default=None)
    attempts: Mapped[int] = mapped_column(default=0)
    object_key: Mapped[str | None] = mapped_column(default=None)
    amount: Mapped[Decimal | None] = mapped_column(default=None)
    """Yuan for everybody of the file; None: what the file says."""
    accepted: Mapped[int] = mapped_column(default=0)
    rejected: Mapped[int] = mapped_column(default=0)
    decided_by: Mapped[UUID | None] = mapped_column(default=None)
    decided_at: Mapped[datetime | None] = mapped_column(default=None)

    emptied_at: Mapped[datetime | None] = mapped_column(default=None)
    """When the last of its people was deleted: the same file may then be uploaded again."""

    @property
    def settled(self) -> bool:
        """Whether the file is dealt with, so that it adds nobody when it comes again."""
        return self.state in ("done", "staged", "queued") and self.emptied_at is None

    @property
    def rows_failed(self) -> bool:
        """Whether there are rows to be fetched that did not get onto the order."""
        if self.state not in ("done", "staged"):
            return False
        return bool(self.rejected or (self.not_insurable and self.emptied_at is None))

    def refuse(self, problem: str) -> None:
        """The file cannot be used; nothing of it was stored."""
        self.state, self.problem, self.finished_at = "refused", problem, now()

    def finish(self, *, insurable: int, not_insurable: int, staged: bool = False) -> None:
        """The file's people are on the order, or wait beside it for a second person."""
        self.state, self.finished_at = "staged" if staged else "done", now()
        self.rows_done = self.total = insurable + not_insurable
        self.insurable, self.not_insurable = insurable, not_insurable

    def queue(self) -> None:
        """Leave the check to a worker."""
        self.state = "queued"

    def take_up(self) -> None:
        """A worker begins, or begins again after another has gone."""
        self.state, self.started_at, self.beat_at = "checking", now(), now()
        self.attempts += 1
        self.rows_done = 0

    def cancel(self) -> None:
        """Stop the check; nothing of the file is stored."""
        self.state, self.finished_at = "cancelled", now()

    def begin_again(self, uploader: Actor) -> None:
        """Check the same file once more: it was refused, interrupted, or its people were removed."""
        self.state, self.problem, self.started_at, self.finished_at = "checking", None, now(), None
        self.beat_at, self.attempts = self.started_at, 0
        self.uploaded_by, self.uploaded_human = uploader.id, uploader.human
        self.rows_done = self.total = 0
        self.insurable = self.not_insurable = self.accepted = self.rejected = 0
        self.decided_by = self.decided_at = self.emptied_at = None

    def decide(self, *, by: UUID, accepted: int, rejected: int) -> None:
        """A second person accepted some rows and rejected the others."""
        self.state, self.decided_by, self.decided_at = "done", by, now()
        self.accepted, self.rejected = accepted, rejected


class StagedRow(TenantRow, Base):
    """A checked row of a roster that a second person has still to accept (row P.02); `raw_token` is the sealed row."""

    __tablename__ = "staged_row"
    order_id: Mapped[UUID]
    import_id: Mapped[UUID]
    sheet_row: Mapped[int | None]
    person_id: Mapped[UUID | None]
    document_kind: Mapped[str]
    document_token: Mapped[str | None]
    document_index: Mapped[str | None]
    name_token: Mapped[str | None]
    name_index: Mapped[str | None]
    mobile_token: Mapped[str | None]
    mobile_index: Mapped[str | None]
    card_token: Mapped[str | None]
    card_index: Mapped[str | None]
    bank_name: Mapped[str | None]
    note_token: Mapped[str | None]
    shares: Mapped[int]
    insurable: Mapped[bool]
    reasons: Mapped[list[dict[str, Any]]]
    raw_token: Mapped[str]
    decision: Mapped[str | None] = mapped_column(default=None)
    """accepted | rejected"""
