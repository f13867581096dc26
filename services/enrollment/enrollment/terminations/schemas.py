"""Requests and responses of terminations."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from common.opinions import Opinion, Reason

from ..amounts import Yuan
from ..payments.schemas import Receipt
from ..policies.schemas import PolicyRead

Policies = Annotated[list[UUID], Field(max_length=500)]


class TerminationCreate(BaseModel):
    """Which policies, why, and the last day of cover (none: the day of submission)."""

    model_config = ConfigDict(extra="forbid")

    policies: Annotated[list[UUID], Field(max_length=500)]
    reason: Reason
    last_day: date | None = None


class TerminationEdit(BaseModel):
    """A changed draft."""

    model_config = ConfigDict(extra="forbid")

    reason: Reason
    last_day: date | None = None
    add: Policies = []
    remove: Policies = []


class TerminationSubmit(BaseModel):
    """The scans of the signed form, as document receipts."""

    model_config = ConfigDict(extra="forbid")

    scans: Annotated[list[Receipt], Field(max_length=10)]


class TerminationApprove(BaseModel):
    """Approval, with an opinion if there is one."""

    model_config = ConfigDict(extra="forbid")

    opinion: Opinion | None = None


class TerminationRefuse(BaseModel):
    """Why a request goes back or is rejected."""

    model_config = ConfigDict(extra="forbid")

    reason: Reason


class ItemRead(BaseModel):
    """A policy of a request: what comes back, and how that is worked out; final once the request is done."""

    policy: PolicyRead
    refund: Yuan | None
    refund_reason: str | None
    outcome: str | None
    """ended | ended_meanwhile"""
    undecided_claims: list[str] = []
    """Claims on which the refund depends; until they are decided the request cannot be approved"""


class TerminationStepRead(BaseModel):
    """A step of the history, or one that is still to come."""

    decision: str
    """submitted | passed | returned | rejected | pending (still to come, nobody has done it)"""
    node: str | None
    title: str | None
    actor_id: UUID | None
    opinion: str | None
    at: datetime | None


class TerminationSummary(BaseModel):
    """A request as lists show it."""

    id: UUID
    number: str
    version: int
    unit_id: UUID
    unit_name: str | None
    reason: str
    wanted_day: date | None
    last_day: date | None
    status: str
    status_text: str
    node: str | None
    node_title: str | None
    """The node at which it waits"""
    may_decide: bool
    """Whether the caller may decide now: it waits at their node, and they had no part in it before"""
    answer: str | None
    refunded: Yuan | None
    created_at: datetime
    submitted_at: datetime | None
    decided_at: datetime | None


class TerminationRead(TerminationSummary):
    """A request with its policies and its history."""

    expected_refund: Yuan | None
    """What comes back in all as things are; None once it is fixed, or where something cannot be said yet"""
    items: list[ItemRead]
    steps: list[TerminationStepRead]
    scans: int
