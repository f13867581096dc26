"""A request to end policies early, its state machine, its policies and the steps taken on it."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Text as LongText
from sqlalchemy.orm import Mapped, mapped_column

from common.auth import Eyes
from common.clock import now
from common.db import TenantRow, VersionedRow
from common.text import Text

from ..tables import Base
from .errors import TerminationStateWrong


class TerminationStatus(StrEnum):
    """States of a request."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    DONE = "done"
    REJECTED = "rejected"


STATUS_TEXTS: dict[TerminationStatus, Text] = {
    TerminationStatus.DRAFT: Text("新建", "a draft"),
    TerminationStatus.SUBMITTED: Text("待审批", "under review"),
    TerminationStatus.DONE: Text("已终止", "done"),
    TerminationStatus.REJECTED: Text("未通过", "not accepted"),
}


class Termination(VersionedRow, Base):
    """A request 终止申请 for policies of one unit."""

    __tablename__ = "termination"
    number: Mapped[str]
    unit_id: Mapped[UUID]
    pack_version: Mapped[int]
    created_by: Mapped[UUID]
    created_human: Mapped[UUID | None] = mapped_column(default=None)
    """The person behind `created_by`, as far as that is known; so with each `…human`."""
    submitted_by: Mapped[UUID | None] = mapped_column(default=None)
    submitted_human: Mapped[UUID | None] = mapped_column(default=None)
    reason: Mapped[str] = mapped_column(LongText)
    wanted_day: Mapped[date | None]
    """The last day of cover that was asked for; none: the day of submission."""
    last_day: Mapped[date | None] = mapped_column(default=None)
    """The last day of cover, fixed when it was submitted."""
    status: Mapped[str] = mapped_column(default=TerminationStatus.DRAFT.value)
    node: Mapped[str | None] = mapped_column(default=None)
    round: Mapped[int] = mapped_column(default=1)
    scan_ids: Mapped[list[str]] = mapped_column(default=list)
    submitted_at: Mapped[datetime | None] = mapped_column(default=None)
    decided_at: Mapped[datetime | None] = mapped_column(default=None)
    answer: Mapped[str | None] = mapped_column(LongText, default=None)
    """Why it was returned or rejected."""
    refunded: Mapped[Decimal | None] = mapped_column(default=None)

    def require(self, *allowed: TerminationStatus) -> None:
        """Raise TerminationStateWrong unless the request is in one of these states."""
        if self.status not in allowed:
            text = STATUS_TEXTS[TerminationStatus(self.status)]
            raise TerminationStateWrong(state=self.status, state_zh=text.zh, state_en=text.en)

    def change(self, *, reason: str, wanted_day: date | None) -> None:
        """Change a draft."""
        self.require(TerminationStatus.DRAFT)
        self.reason, self.wanted_day = reason, wanted_day
        self.touch()

    def submit(self, *, by: Eyes, node: str, last_day: date, scan_ids: list[str]) -> None:
        """Hand it in with the signed form."""
        self.require(TerminationStatus.DRAFT)
        self.status, self.node = TerminationStatus.SUBMITTED.value, node
        self.last_day, self.scan_ids = last_day, scan_ids
        self.submitted_by, self.submitted_human = by.account_id, by.human
        self.submitted_at, self.answer = now(), None
        self.touch()

    @property
    def submitters(self) -> list[Eyes]:
        """Who made the request and who handed it in, for the four-eyes rule."""
        return [Eyes(self.created_by, self.created_human), Eyes(self.submitted_by, self.submitted_human)]

    def pass_node(self, *, next_node: str | None) -> None:
        """Pass a node; after the last one it is done."""
        self.require(TerminationStatus.SUBMITTED)
        self.node = next_node
        if next_node is None:
            self.status, self.decided_at = TerminationStatus.DONE.value, now()
        self.touch()

    def return_for_correction(self, *, reason: str) -> None:
        """Give it back; it is a draft again."""
        self.require(TerminationStatus.SUBMITTED)
        self.status, self.node, self.answer = TerminationStatus.DRAFT.value, None, reason
        self.round += 1
        self.touch()

    def reject(self, *, reason: str) -> None:
        """Refuse it; its policies go on."""
        self.require(TerminationStatus.SUBMITTED)
        self.status, self.node, self.answer = TerminationStatus.REJECTED.value, None, reason
        self.decided_at = now()
        self.touch()


class TerminationItem(TenantRow, Base):
    """A policy on a request; `open` while the request can still end it, so that no other request can."""

    __tablename__ = "termination_item"
    termination_id: Mapped[UUID]
    policy_id: Mapped[UUID]
    open: Mapped[bool] = mapped_column(default=True)
    outcome: Mapped[str | None] = mapped_column(default=None)
    """ended | ended_meanwhile"""
    refund: Mapped[Decimal | None] = mapped_column(default=None)
    why: Mapped[dict[str, Any] | None] = mapped_column(default=None)
    """How the refund came about, in both languages."""

    def close(self, *, outcome: str | None, refund: Decimal | None = None, why: Text | None = None) -> None:
        """Note what became of the policy."""
        self.open, self.outcome, self.refund = False, outcome, refund
        self.why = {"zh": why.zh, "en": why.en} if why else None


class TerminationStep(TenantRow, Base):
    """What somebody did with a request."""

    __tablename__ = "termination_step"
    termination_id: Mapped[UUID]
    round: Mapped[int]
    node: Mapped[str | None]
    decision: Mapped[str]
    """submitted | passed | returned | rejected"""
    actor_id: Mapped[UUID]
    human: Mapped[UUID | None] = mapped_column(default=None)
    opinion: Mapped[str | None] = mapped_column(LongText, default=None)


class BenefitPaid(TenantRow, Base):
    """A benefit that is paid or to be paid, as claims tells it; `id` is the payout's.

    Some products refund nothing then.
    """

    __tablename__ = "benefit_paid"
    person_id: Mapped[UUID]
    product_code: Mapped[str]
    event_on: Mapped[date | None]
    """The first day of the case; the cover that stood on it was used. None where an older release told it."""
    paid_on: Mapped[date | None]
    """The day the bank booked it; None while it is under way, and once the bank gave it back."""
    version: Mapped[int] = mapped_column(default=0)
    """The payout's, as claims last told it."""
