"""Requests and responses of orders."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from common.http.paging import Page
from common.opinions import Opinion, Reason

from ..amounts import Yuan


class OrderCreate(BaseModel):
    """A new order: the product, and the first day of cover where the product lets the unit choose it."""

    model_config = ConfigDict(extra="forbid")

    product: Annotated[str, Field(max_length=40, examples=["three-in-one"])]
    requested_start: date | None = None
    unit_id: UUID | None = Field(default=None, description="工会为哪个单位办理（公益型项目）")


class OrderEdit(BaseModel):
    """What may be changed in a draft; what is left out stays as it is."""

    model_config = ConfigDict(extra="forbid")

    requested_start: date | None = None
    employees: Annotated[int, Field(ge=1, le=10_000_000)] | None = None


class PeopleReturn(BaseModel):
    """Which people of an order go back to the unit, and why."""

    model_config = ConfigDict(extra="forbid")

    ids: Annotated[list[UUID], Field(min_length=1, max_length=10_000)]
    reason: Reason


class OrderSubmit(BaseModel):
    """Submission; people who cannot be covered must be gone or explicitly left out."""

    model_config = ConfigDict(extra="forbid")

    leave_out_not_insurable: bool = False
    employees: Annotated[int, Field(ge=1, le=10_000_000)] | None = None
    """All employees of the unit, where the product has a participation rule"""
    health_declaration: int | None = None
    """Version of the health declaration that was read and confirmed, where the product has one"""


class OrderSubmission(OrderSubmit):
    """A submission that is a task: of which order, and as it stood when that was asked for."""

    order_id: UUID
    version: int | None = None


class OrderReturn(BaseModel):
    """Why an order goes back to its handler."""

    model_config = ConfigDict(extra="forbid")

    reason: Reason


class OrderApprove(BaseModel):
    """Approval, with an opinion if there is one."""

    model_config = ConfigDict(extra="forbid")

    opinion: Opinion | None = None


class StepRead(BaseModel):
    """One step of an order's history."""

    chain: str
    node: str | None
    title: str | None
    decision: str
    actor_id: UUID
    reason: str | None
    at: datetime


class ReceivingAccount(BaseModel):
    """The union's account that the contribution is paid to."""

    holder: str
    bank: str
    number: str


class OrderRead(BaseModel):
    """An order as lists show it."""

    id: UUID
    number: str
    version: int
    kind: str = "enrolment"
    base_order_id: UUID | None = None
    split_from_id: UUID | None = None
    effective_on: date | None = None
    employees: int | None = None
    leaving: int = 0
    unit_id: UUID
    unit_name: str | None = None
    product: str
    product_title: str
    status: str
    status_text: str
    node: str | None
    station: str | None = None
    """The node at which it waits in words, where the union's chain has several"""
    requested_start: date | None
    people: int
    shares: int
    amount_due: Yuan | None
    amount_paid: Yuan | None
    return_reason: str | None
    refusal_reason: str | None
    starts_on: date | None
    ends_on: date | None
    cover_from: date | None = None
    """First day of the earliest policy: who renews is covered from the day after the last term"""
    cover_until: date | None = None
    """Last day of the latest policy"""
    cover_varies: bool = False
    """Whether the policies have different days"""
    issued: int
    skipped: int
    created_at: datetime
    submitted_at: datetime | None
    approved_at: datetime | None
    payment_reported_at: datetime | None
    confirmed_on: date | None
    done_at: datetime | None


class RefundRead(BaseModel):
    """Money that goes back because of an order."""

    id: UUID
    reason: str
    reason_text: str
    amount: Yuan
    people: int
    due_on: date
    payee: str
    payee_text: str
    state: str
    """owed | paid | failed: the bank refused it, and the union asks for another account"""
    state_text: str
    paid_on: date | None


class OrderDetail(OrderRead):
    """An order with its history, the counts of its people, and where to pay."""

    insurable: int
    """Who is to be covered; whoever leaves by an amendment is counted by `leaving`"""
    not_insurable: int
    account: ReceivingAccount | None
    steps: list[StepRead]
    message: str | None = None
    expected_start: date | None = None
    """First day of cover if it were paid today, the earliest where people renew; None once its policies have theirs"""
    expected_latest: date | None = None
    """First day of the latest: who renews begins on the day after the running term"""
    expected_amount: Yuan | None = None
    """Of a draft: what its insurable people come to now"""
    amount_note: str | None = None
    """Of an amendment that is not paid yet: for which first day its amount was asked, and what comes back if it begins
    later"""
    refunds: list[RefundRead] = []
    to_come: list[str] = []
    """The nodes that it has not passed yet in words, the one where it waits first"""
    may_review: bool = False
    """Whether the caller decides at the node where it waits"""


class OrderSubmitted(OrderRead):
    """The answer to a submission: how many people were left out because they cannot be covered."""

    left_out: int
    message: str


OrderPage = Page[OrderRead]
