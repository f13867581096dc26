"""Requests about a person's own data."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from common.clock import now
from common.db import Base, TenantRow, VersionedRow

from .errors import DataRequestDecided


class DataRequest(VersionedRow, Base):
    """A request to export or erase what is held of a person."""

    __tablename__ = "data_request"
    kind: Mapped[str]
    """export | erasure"""
    person_id: Mapped[UUID]
    state: Mapped[str]
    """open | refused | withdrawn | running | done"""
    reason: Mapped[str]
    requested_by: Mapped[UUID]
    requested_human: Mapped[UUID | None]
    requested_as: Mapped[str]
    """member | staff | retention"""
    decided_by: Mapped[UUID | None]
    decided_at: Mapped[datetime | None]
    answer: Mapped[str | None]
    task_id: Mapped[UUID | None]
    parts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """By service: rows that were blanked or removed; of an export, rows that were given."""
    finished_at: Mapped[datetime | None]
    export_key: Mapped[str | None]
    """Of an export: the private key that opens its parts, sealed ("person.export"); gone soon after the end."""
    export_until: Mapped[datetime | None]
    """Of an export: how long parts are waited for."""

    def begin(self, by: UUID | None, *, task_id: UUID | None = None) -> None:
        """Let it be carried out."""
        self._require_open()
        self.state, self.decided_by, self.decided_at, self.task_id = "running", by, now(), task_id
        self.touch()

    def refuse(self, by: UUID, answer: str) -> None:
        """Refuse it with the reason."""
        self._require_open()
        self.state, self.decided_by, self.decided_at, self.answer = "refused", by, now(), answer
        self.touch()

    def withdraw(self) -> None:
        """Take it back."""
        self._require_open()
        self.state, self.decided_at = "withdrawn", now()
        self.touch()

    def gather(self, *, key: str, until: datetime) -> None:
        """Wait for the services' parts of an export."""
        self.export_key, self.export_until = key, until

    def acknowledge(self, service: str, rows: int) -> None:
        """Note what a service has done; said again it changes nothing."""
        if service not in self.parts:
            self.parts = {**self.parts, service: rows}
            self.touch()

    def finish(self) -> None:
        """All is done."""
        if self.state == "running":
            self.state, self.finished_at = "done", now()
            self.touch()

    def _require_open(self) -> None:
        if self.state != "open":
            raise DataRequestDecided


class DataRequestPart(TenantRow, Base):
    """A piece of what another service holds of a person, encrypted to its export's own key."""

    __tablename__ = "data_request_part"
    request_id: Mapped[UUID]
    service: Mapped[str]
    number: Mapped[int]
    content: Mapped[str]
