"""Units (单位) and the papers of their profiles."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from common.clock import now
from common.db import Base, TenantRow, VersionedRow

from .errors import UnitAlreadyApproved, UnitNotUnderReview


class Profile(NamedTuple):
    """What a unit hands in for review (单位信息完善), sealed where it is personal."""

    org_node_id: UUID
    org_path: str
    medical_code: str | None
    handler_name_sealed: str
    handler_document_sealed: str
    handler_document_index: str
    commitment_number: int | None
    commitment_opened_at: datetime | None
    pack_version: int


class Unit(VersionedRow, Base):
    """An employer or its union committee that enrols its people."""

    __tablename__ = "unit"
    name: Mapped[str]
    credit_code: Mapped[str]
    status: Mapped[str] = mapped_column(default="registered")
    """registered | under_review | approved | returned"""
    org_node_id: Mapped[UUID | None]
    org_path: Mapped[str] = mapped_column(default="/")
    medical_code: Mapped[str | None]
    handler_account_id: Mapped[UUID | None]
    handler_mobile_sealed: Mapped[str]
    handler_mobile_index: Mapped[str]
    handler_name_sealed: Mapped[str | None]
    handler_document_sealed: Mapped[str | None]
    handler_document_index: Mapped[str | None]
    commitment_number: Mapped[int | None]
    commitment_opened_at: Mapped[datetime | None]
    commitment_accepted_at: Mapped[datetime | None]
    submitted_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None]
    returned_reason: Mapped[str | None]
    pack_version: Mapped[int]

    def set_handler(self, account_id: UUID) -> None:
        """Name the account that acts for the unit."""
        self.handler_account_id = account_id

    def require_editable_by_unit(self) -> None:
        """UnitAlreadyApproved when only the back office may still change it."""
        if self.status == "approved":
            raise UnitAlreadyApproved

    def submit(self, profile: Profile) -> None:
        """Hand the profile in for review; again while it is under review, never once it is approved."""
        self.require_editable_by_unit()
        for name, value in profile._asdict().items():
            setattr(self, name, value)
        self.status, self.returned_reason = "under_review", None
        self.submitted_at = self.commitment_accepted_at = now()
        self.touch()

    def approve(self, by: UUID) -> None:
        """Let the unit enrol people."""
        self._decide(by)
        self.status, self.returned_reason = "approved", None

    def return_for_correction(self, by: UUID, reason: str) -> None:
        """Give the profile back with a reason (打回)."""
        self._decide(by)
        self.status, self.returned_reason = "returned", reason

    def was_decided(self, by: UUID, status: str) -> bool:
        """Whether this was the last decision, and whose."""
        return self.status == status and self.decided_by == by

    def amend(self, changes: dict[str, object]) -> None:
        """Take changes that the back office makes, in any state."""
        for name, value in changes.items():
            setattr(self, name, value)
        self.touch()

    def _decide(self, by: UUID) -> None:
        if self.status != "under_review":
            raise UnitNotUnderReview
        self.decided_by, self.decided_at = by, now()
        self.touch()


class UnitDocument(TenantRow, Base):
    """A paper of a profile (工会法人证书 or 营业执照); the file belongs to ocr."""

    __tablename__ = "unit_document"
    unit_id: Mapped[UUID]
    code: Mapped[str]
    document_id: Mapped[UUID]
    media_type: Mapped[str]
    sha256: Mapped[str]
    replaced_at: Mapped[datetime | None]
