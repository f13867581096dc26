"""An individual application and its state machine, and the steps that people took on it."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Text as LongText
from sqlalchemy.orm import Mapped, mapped_column

from common.auth import Eyes
from common.clock import now
from common.db import TenantRow, VersionedRow
from common.text import Text

from ..tables import Base
from .errors import ApplicationStateWrong


class ApplicationStatus(StrEnum):
    """States of an individual application."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    TO_PAY = "to_pay"
    PAID = "paid"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


STATUS_TEXTS: dict[ApplicationStatus, Text] = {
    ApplicationStatus.DRAFT: Text("草稿", "a draft"),
    ApplicationStatus.SUBMITTED: Text("待审批", "under review"),
    ApplicationStatus.TO_PAY: Text("待缴费", "waiting for payment"),
    ApplicationStatus.PAID: Text("已缴费", "paid"),
    ApplicationStatus.REJECTED: Text("未通过", "not accepted"),
    ApplicationStatus.WITHDRAWN: Text("已撤回", "withdrawn"),
}
RETURNED_TEXT = Text("已退回，请修改", "returned to be changed")
"""Of a draft that came back from the review."""


class Application(VersionedRow, Base):
    """A member's application for a product; `answers_token` holds the sealed answers of the pack's form."""

    __tablename__ = "cover_application"
    number: Mapped[str]
    person_id: Mapped[UUID]
    account_id: Mapped[UUID]
    human: Mapped[UUID | None] = mapped_column(default=None)
    """The person behind the account, as far as that is known; also of a step."""
    unit_id: Mapped[UUID]
    product_code: Mapped[str]
    pack_version: Mapped[int]
    status: Mapped[str] = mapped_column(default=ApplicationStatus.DRAFT.value)
    node: Mapped[str | None] = mapped_column(default=None)
    round: Mapped[int] = mapped_column(default=1)
    """Counts the submissions: a return begins a new round."""
    answers_token: Mapped[str | None] = mapped_column(LongText, default=None)
    shares: Mapped[int] = mapped_column(default=1)
    amount_due: Mapped[Decimal | None] = mapped_column(default=None)
    submitted_at: Mapped[datetime | None] = mapped_column(default=None)
    decided_at: Mapped[datetime | None] = mapped_column(default=None)
    paid_at: Mapped[datetime | None] = mapped_column(default=None)
    reason: Mapped[str | None] = mapped_column(LongText, default=None)
    """Why it was returned or rejected."""
    order_id: Mapped[UUID | None] = mapped_column(default=None)
    """The order that carries it from approval to the policy."""

    @property
    def applicant(self) -> Eyes:
        """Whose application it is, for the four-eyes rule."""
        return Eyes(self.account_id, self.human)

    def require(self, *allowed: ApplicationStatus) -> None:
        """Raise ApplicationStateWrong unless the application is in one of these states."""
        if self.status not in allowed:
            text = STATUS_TEXTS[ApplicationStatus(self.status)]
            raise ApplicationStateWrong(state=self.status, state_zh=text.zh, state_en=text.en)

    @property
    def status_words(self) -> Text:
        """How it stands, in words."""
        if self.status == ApplicationStatus.DRAFT and self.reason is not None:
            return RETURNED_TEXT
        return STATUS_TEXTS[ApplicationStatus(self.status)]

    def keep_answers(self, token: str, *, shares: int) -> None:
        """Keep what was filled in so far."""
        self.require(ApplicationStatus.DRAFT)
        self.answers_token, self.shares = token, shares
        self.touch()

    def submit(self, *, node: str, shares: int, amount_due: Decimal) -> None:
        """Hand the draft in at the first node of the chain."""
        self.require(ApplicationStatus.DRAFT)
        self.status, self.node = ApplicationStatus.SUBMITTED.value, node
        self.shares, self.amount_due = shares, amount_due
        self.submitted_at, self.reason = now(), None
        self.touch()

    def pass_node(self, *, next_node: str | None, order_id: UUID | None) -> None:
        """Pass a node; after the last one the order `order_id` waits for the payment."""
        self.require(ApplicationStatus.SUBMITTED)
        self.node = next_node
        if next_node is None:
            self.status, self.decided_at, self.order_id = ApplicationStatus.TO_PAY.value, now(), order_id
        self.touch()

    def return_for_correction(self, *, reason: str) -> None:
        """Give it back to the member, who may change it and submit it again."""
        self.require(ApplicationStatus.SUBMITTED)
        self.status, self.node, self.reason = ApplicationStatus.DRAFT.value, None, reason
        self.round += 1
        self.touch()

    def reject(self, *, reason: str) -> None:
        """Refuse it for good."""
        self.require(ApplicationStatus.SUBMITTED)
        self.status, self.node, self.reason = ApplicationStatus.REJECTED.value, None, reason
        self.decided_at = now()
        self.touch()

    def withdraw(self) -> None:
        """The member takes it back before it is paid."""
        self.require(ApplicationStatus.SUBMITTED, ApplicationStatus.TO_PAY)
        self.status, self.node, self.order_id = ApplicationStatus.WITHDRAWN.value, None, None
        self.touch()

    def pay(self) -> None:
        """The money is there: the policy is being issued."""
        self.require(ApplicationStatus.TO_PAY)
        self.status, self.paid_at = ApplicationStatus.PAID.value, now()
        self.touch()


class ApplicationStep(TenantRow, Base):
    """What somebody did with an application; together they are its history."""

    __tablename__ = "application_step"
    application_id: Mapped[UUID]
    round: Mapped[int]
    node: Mapped[str | None]
    decision: Mapped[str]
    """submitted | passed | returned | rejected | withdrawn | paid"""
    actor_id: Mapped[UUID]
    human: Mapped[UUID | None] = mapped_column(default=None)
    opinion: Mapped[str | None] = mapped_column(LongText, default=None)
