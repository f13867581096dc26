"""Requests about members and the steps that they have passed."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Mapped

from common.clock import now
from common.db import Base, TenantRow, VersionedRow

from .errors import RequestClosed, RequestNotInReview

OPEN = ("new", "in_review", "returned")


class MemberRequest(VersionedRow, Base):
    """A request to change a member's name or number (变更) or to move them to another unit (调动)."""

    __tablename__ = "member_request"
    kind: Mapped[str]
    """change | transfer"""
    state: Mapped[str]
    """new | in_review | returned | approved | rejected | withdrawn"""
    person_id: Mapped[UUID]
    unit_id: Mapped[UUID | None]
    """The member's unit when the request was made."""
    to_unit_id: Mapped[UUID | None]
    name_sealed: Mapped[str | None]
    name_index: Mapped[str | None]
    document_sealed: Mapped[str | None]
    document_index: Mapped[str | None]
    document_kind: Mapped[str | None]
    reason: Mapped[str]
    node: Mapped[str | None]
    requested_by: Mapped[UUID]
    requested_unit_id: Mapped[UUID | None]
    """The unit whose handler made the request."""
    reported_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
    answer: Mapped[str | None]
    pack_version: Mapped[int]

    def require_open(self) -> None:
        """RequestClosed once it is decided or withdrawn."""
        if self.state not in OPEN:
            raise RequestClosed

    def require_draft(self) -> None:
        """RequestClosed unless new or returned."""
        if self.state not in ("new", "returned"):
            raise RequestClosed

    def submit(self, node: str) -> None:
        """Hand it in (上报)."""
        self.require_draft()
        self.state, self.node, self.reported_at, self.answer = "in_review", node, now(), None
        self.touch()

    def pass_on(self, node: str) -> None:
        """Let it wait at the next node."""
        self._require_review()
        self.node = node
        self.touch()

    def settle(self, state: str, answer: str | None) -> None:
        """Approve, reject or return it."""
        self._require_review()
        self._close(state, answer)

    def withdraw(self) -> None:
        """Take it back."""
        self.require_open()
        self._close("withdrawn", None)

    def edit(self, changes: dict[str, object]) -> None:
        """Take corrections of a new or returned request."""
        self.require_draft()
        for name, value in changes.items():
            setattr(self, name, value)
        self.touch()

    def _require_review(self) -> None:
        if self.state != "in_review":
            raise RequestNotInReview

    def _close(self, state: str, answer: str | None) -> None:
        self.state, self.node, self.answer = state, None, answer
        self.decided_at = None if state == "returned" else now()
        self.touch()


class MemberRequestStep(TenantRow, Base):
    """One step of a request: handed in or decided, by whom, with which opinion."""

    __tablename__ = "member_request_step"
    request_id: Mapped[UUID]
    node: Mapped[str]
    outcome: Mapped[str]
    """submitted | approved | returned | rejected | withdrawn"""
    by: Mapped[UUID]
    human: Mapped[UUID | None]
    opinion: Mapped[str | None]
