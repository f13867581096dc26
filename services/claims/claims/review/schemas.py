"""Requests and answers of reviewers."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from common.opinions import Opinion

from ..intake.schemas import ReasonRead
from .places import Order

Part = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]


class DecisionWrite(BaseModel):
    """A decision at a node: agree 同意, return 退回, reject 拒绝, with the opinion."""

    model_config = ConfigDict(extra="forbid")

    node: Annotated[str, StringConstraints(min_length=1, max_length=60)]
    action: Literal["agree", "return", "reject"]
    opinion: Opinion = ""
    amount: Decimal | None = Field(
        None, description="What the reviewer saw; refused if the claim says otherwise."
    )
    missing: list[Annotated[str, StringConstraints(min_length=1, max_length=80)]] = Field(
        default_factory=list,
        max_length=50,
        description="With a return: fields and documents to correct, e.g. pathology or stays.1.receipt.",
    )


class TaskSearch(BaseModel):
    """Which tasks are asked for, in which order; names travel in the body, for addresses are written to logs.

    `number` and `unit`: a part of the claim's number and of its unit's name. `name`: the member's, whole.
    """

    model_config = ConfigDict(extra="forbid")

    node: Part | None = None
    kind: Part | None = None
    taken: Literal["mine", "free"] | None = None
    number: Part | None = None
    unit: Part | None = None
    name: Part | None = None
    order: Order = "urgent"


class QueuedClaim(BaseModel):
    """A claim that waits at one of the caller's nodes, and why rules alone did not decide it."""

    claim_id: UUID
    number: str | None
    kind: str
    title: str
    node: str
    node_title: str
    since: datetime | None
    deadline: date | None
    overdue: bool
    due_on: date | None
    amount: Decimal | None
    person_name: str | None
    """Masked."""
    document_number: str | None
    """The member's, masked."""
    unit_name: str | None
    opened_by: str
    """member, counter, or feed (医保结算)"""
    review_reasons: list[ReasonRead]
    mine: bool
    """False where the caller decided another node of it and so cannot decide here."""
    handler_id: UUID | None
    handler: str
    """Who has taken the task, or whom it was assigned to; nobody once the time of a hold has passed."""
    handler_since: datetime | None
    version: int


class Assignment(BaseModel):
    """Give a task to a colleague (改派)."""

    model_config = ConfigDict(extra="forbid")

    handler_id: UUID
    handler: Annotated[str, StringConstraints(strip_whitespace=True, max_length=60)] = ""
    reason: Opinion = ""
    """Why, for the colleagues; it stands in the claim's timeline as staff see it."""


class ColleagueRead(BaseModel):
    """Somebody to whom a task can be assigned."""

    id: UUID
    name: str
    org_path: str


class PayeeRevealed(BaseModel):
    """An heir who is paid, in full; None is not known."""

    name: str | None
    document_number: str | None
    mobile: str | None


class TaskStanding(BaseModel):
    """Whether the caller may decide a claim where it waits, and in words why not; None: it waits at no node."""

    may_decide: bool
    why_not: str | None


class TaskHeld(BaseModel):
    """Whose task a claim is now."""

    claim_id: UUID
    handler_id: UUID | None
    handler: str
    version: int


class BacklogNode(BaseModel):
    """What waits at a node of a kind within the caller's scope: how many, how long, how many too long."""

    kind: str
    title: str
    node: str
    node_title: str
    role: str
    mine: bool
    """Whether it is one at which the caller decides."""
    waiting: int
    taken: int
    overdue: int
    oldest: datetime | None
    average_days: float


class QueueBacklog(BaseModel):
    """The backlog by node, the oldest first."""

    waiting: int
    overdue: int
    nodes: list[BacklogNode]
