"""The order and its state machine, and the steps that people took on it."""

from datetime import date, datetime
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
from .errors import OrderStateWrong
from .rules import last_day


class OrderStatus(StrEnum):
    """States of an enrolment order 参保申请."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    TO_PAY = "to_pay"
    PAYMENT_REVIEW = "payment_review"
    PAYMENT_HELD = "payment_held"
    PAID = "paid"
    DONE = "done"


STATUS_TEXTS: dict[OrderStatus, Text] = {
    OrderStatus.DRAFT: Text("暂存", "Draft"),
    OrderStatus.SUBMITTED: Text("待审核", "Under review"),
    OrderStatus.TO_PAY: Text("待付款", "To pay"),
    OrderStatus.PAYMENT_REVIEW: Text("付款复核中", "Payment being checked"),
    OrderStatus.PAYMENT_HELD: Text("付款金额不符", "Payment on hold"),
    OrderStatus.PAID: Text("保单生成中", "Policies being issued"),
    OrderStatus.DONE: Text("已完成", "Done"),
}
"""The words of the states wherever people read them; the console's list is compared with it by a test."""
RETURNED = "returned"
"""What searches and lists call a draft that came back from the review 打回."""
TO_REVIEW = "to_review"
"""What searches call orders under review at whose node the caller decides."""
RETURNED_TEXT = Text("已退回", "Returned")
IN_PROGRESS = (
    OrderStatus.SUBMITTED,
    OrderStatus.TO_PAY,
    OrderStatus.PAYMENT_REVIEW,
    OrderStatus.PAYMENT_HELD,
    OrderStatus.PAID,
)
"""States in which an order's people may not be on another order of the same product."""


class Order(VersionedRow, Base):
    """An enrolment order 参保申请: a unit's people, one product, from draft to policies in force."""

    __tablename__ = "enrolment_order"
    number: Mapped[str]
    unit_id: Mapped[UUID]
    product_code: Mapped[str]
    pack_version: Mapped[int]
    ordered_by: Mapped[str] = mapped_column(default="unit")
    """unit | member: a member's order carries an approved application and is paid online."""
    status: Mapped[str] = mapped_column(default=OrderStatus.DRAFT.value)
    node: Mapped[str | None] = mapped_column(default=None)
    created_by: Mapped[UUID]
    created_human: Mapped[UUID | None] = mapped_column(default=None)
    """The person behind `created_by`, as far as that is known; so with each `…_human`."""
    requested_start: Mapped[date | None] = mapped_column(default=None)
    people: Mapped[int] = mapped_column(default=0)
    shares: Mapped[int] = mapped_column(default=0)
    amount_due: Mapped[Decimal | None] = mapped_column(default=None)
    submitted_by: Mapped[UUID | None] = mapped_column(default=None)
    submitted_human: Mapped[UUID | None] = mapped_column(default=None)
    submitted_at: Mapped[datetime | None] = mapped_column(default=None)
    approved_at: Mapped[datetime | None] = mapped_column(default=None)
    return_reason: Mapped[str | None] = mapped_column(LongText, default=None)
    amount_paid: Mapped[Decimal | None] = mapped_column(default=None)
    voucher_id: Mapped[UUID | None] = mapped_column(default=None)
    paper_ids: Mapped[list[str]] = mapped_column(default=list)
    payment_reported_by: Mapped[UUID | None] = mapped_column(default=None)
    payment_reported_human: Mapped[UUID | None] = mapped_column(default=None)
    payment_reported_at: Mapped[datetime | None] = mapped_column(default=None)
    refusal_reason: Mapped[str | None] = mapped_column(LongText, default=None)
    confirmed_on: Mapped[date | None] = mapped_column(default=None)
    starts_on: Mapped[date | None] = mapped_column(default=None)
    ends_on: Mapped[date | None] = mapped_column(default=None)
    cover_from: Mapped[date | None] = mapped_column(default=None)
    """First day of the earliest of its policies, and the last day of the latest: a renewal begins when the term before
    ends. None until some are issued, and on orders from before this was kept."""
    cover_until: Mapped[date | None] = mapped_column(default=None)
    issued: Mapped[int] = mapped_column(default=0)
    skipped: Mapped[int] = mapped_column(default=0)
    issued_to: Mapped[UUID | None] = mapped_column(default=None)
    """The last row of the order that has been dealt with; people are issued in the order of their rows."""
    done_at: Mapped[datetime | None] = mapped_column(default=None)
    kind: Mapped[str] = mapped_column(default="enrolment")
    """enrolment | amendment: people added to and removed from the cover of `base_order_id` | carried: running cover
    of a system that came before, which began on `effective_on` and was paid there"""
    base_order_id: Mapped[UUID | None] = mapped_column(default=None)
    split_from_id: Mapped[UUID | None] = mapped_column(default=None)
    effective_on: Mapped[date | None] = mapped_column(default=None)
    """First day of an amendment, which its contributions and refunds are reckoned from; of cover carried over."""
    leaving: Mapped[int] = mapped_column(default=0)
    employees: Mapped[int | None] = mapped_column(default=None)
    health_version: Mapped[int | None] = mapped_column(default=None)
    issue_attempts: Mapped[int] = mapped_column(default=0)
    issue_retry_at: Mapped[datetime | None] = mapped_column(default=None)
    issue_problem: Mapped[str | None] = mapped_column(default=None)
    submission_id: Mapped[UUID | None] = mapped_column(default=None)
    """The task that hands it in, or did so last."""
    judged_for: Mapped[date | None] = mapped_column(default=None)
    """The first day of cover for which the age of everybody was judged at the submission."""

    def require(self, *allowed: OrderStatus) -> None:
        """Raise OrderStateWrong unless the order is in one of these states."""
        if self.status not in allowed:
            text = STATUS_TEXTS[OrderStatus(self.status)]
            raise OrderStateWrong(state=self.status, state_zh=text.zh, state_en=text.en)

    def submit(self, *, by: Eyes, node: str, people: int, shares: int, amount_due: Decimal) -> None:
        """Hand a draft in for review."""
        self.require(OrderStatus.DRAFT)
        self.status, self.node = OrderStatus.SUBMITTED.value, node
        self.people, self.shares, self.amount_due = people, shares, amount_due
        self.submitted_by, self.submitted_human, self.submitted_at = by.account_id, by.human, now()
        self.return_reason = None
        self.touch()

    def split_off(self, *, number: str, reason: str) -> "Order":
        """Return a new draft for people who go back to the unit while the rest of the order goes on."""
        return Order(
            number=number,
            unit_id=self.unit_id,
            product_code=self.product_code,
            pack_version=self.pack_version,
            created_by=self.created_by,
            created_human=self.created_human,
            requested_start=self.requested_start,
            kind=self.kind,
            base_order_id=self.base_order_id,
            effective_on=self.effective_on,
            split_from_id=self.id,
            employees=self.employees,
            return_reason=reason,
        )

    @property
    def submitters(self) -> list[Eyes]:
        """Who made the order and who handed it in, for the four-eyes rule."""
        return [Eyes(self.created_by, self.created_human), Eyes(self.submitted_by, self.submitted_human)]

    def count_again(self, *, people: int, shares: int, leaving: int, amount_due: Decimal) -> None:
        """Take over the numbers of an order under review from which people were sent back."""
        self.require(OrderStatus.SUBMITTED)
        self.people, self.shares, self.leaving, self.amount_due = people, shares, leaving, amount_due
        self.touch()

    def pass_review(self, *, next_node: str | None) -> None:
        """Pass a node of the review; after the last one the order waits for payment."""
        self.require(OrderStatus.SUBMITTED)
        self.node = next_node
        if next_node is None:
            self.status, self.approved_at = OrderStatus.TO_PAY.value, now()
        self.touch()

    def return_to_draft(self, *, reason: str) -> None:
        """Give the order back to its handler, who may change it and submit it again."""
        self.require(OrderStatus.SUBMITTED)
        self.status, self.node = OrderStatus.DRAFT.value, None
        self.amount_due, self.return_reason = None, reason
        self.touch()

    def report_payment(
        self, *, by: Eyes, amount: Decimal, voucher_id: UUID, paper_ids: list[str], node: str
    ) -> None:
        """Record what the handler says was paid; an amount other than the one due is held (manual 002, part 3.4)."""
        self.require(OrderStatus.TO_PAY, OrderStatus.PAYMENT_HELD)
        self.amount_paid, self.voucher_id, self.paper_ids = amount, voucher_id, paper_ids
        self.payment_reported_by, self.payment_reported_human = by.account_id, by.human
        self.payment_reported_at = now()
        self.refusal_reason = None
        exact = amount == self.amount_due
        self.status = (OrderStatus.PAYMENT_REVIEW if exact else OrderStatus.PAYMENT_HELD).value
        self.node = node if exact else None
        self.touch()

    def refuse_payment(self, *, reason: str) -> None:
        """Send a reported payment back: the handler reports it again."""
        self.require(OrderStatus.PAYMENT_REVIEW, OrderStatus.PAYMENT_HELD)
        self.status, self.node = OrderStatus.TO_PAY.value, None
        self.refusal_reason = reason
        self.touch()

    def pass_payment_check(self, *, next_node: str) -> None:
        """Pass a node of the payment check that is not its last."""
        self.require(OrderStatus.PAYMENT_REVIEW)
        self.node = next_node
        self.touch()

    def confirm_payment(self, *, on: date, starts_on: date, ends_on: date) -> None:
        """Confirm the payment: from now on policies are issued."""
        at_once = self.amount_due == 0 or self.ordered_by == "member"
        if not (self.status == OrderStatus.TO_PAY and at_once):
            self.require(OrderStatus.PAYMENT_REVIEW)
        self.status, self.node = OrderStatus.PAID.value, None
        self.amount_paid = self.amount_due
        self.confirmed_on, self.starts_on, self.ends_on = on, starts_on, ends_on
        self.touch()

    def count_issued(self, *, issued: int, skipped: int, to: UUID) -> None:
        """Count policies issued and people skipped because they got covered meanwhile, up to the row `to`."""
        self.require(OrderStatus.PAID)
        self.issued += issued
        self.skipped += skipped
        self.issued_to = to
        self.touch()

    def note_cover(self, first: date, last: date) -> None:
        """Take in the days of policies that were issued."""
        self.cover_from = min(first, self.cover_from or first)
        self.cover_until = max(last, self.cover_until or last)

    def issue_failed(self, *, problem: str, retry_at: datetime) -> None:
        """Note that the policies could not be issued; the other orders go on meanwhile."""
        self.issue_attempts += 1
        self.issue_problem, self.issue_retry_at = problem, retry_at
        self.touch()

    @property
    def group_ends_on(self) -> date | None:
        """Last day of the cover that an amendment changes or that is carried over; None for an order of whole terms."""
        return None if self.kind == "enrolment" else self.ends_on

    def cover_varies(self, months: int) -> bool:
        """Whether people's terms of so many months have different days: who renews begins when their last term ends."""
        if self.kind != "enrolment" or self.cover_from is None or self.cover_until is None:
            return False
        return last_day(self.cover_from, months) < self.cover_until

    def finish(self) -> None:
        """End the order when everybody on it has been dealt with."""
        self.require(OrderStatus.PAID)
        self.status, self.done_at = OrderStatus.DONE.value, now()
        self.issue_problem = self.issue_retry_at = None
        self.touch()


class OrderStep(TenantRow, Base):
    """What somebody did with an order; together they are its history."""

    __tablename__ = "order_step"
    order_id: Mapped[UUID]
    chain: Mapped[str]
    """review | finance"""
    node: Mapped[str | None]
    decision: Mapped[str]
    """submitted | passed | returned | payment_reported | payment_held | confirmed | refused"""
    actor_id: Mapped[UUID]
    human: Mapped[UUID | None] = mapped_column(default=None)
    reason: Mapped[str | None] = mapped_column(LongText, default=None)
