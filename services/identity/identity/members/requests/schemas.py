"""Requests and answers about changes and transfers."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from common.identifiers import DocumentKind
from common.opinions import Opinion, Reason

State = Literal["new", "in_review", "returned", "approved", "rejected", "withdrawn"]


class Strict(BaseModel):
    """A body that holds nothing else."""

    model_config = ConfigDict(extra="forbid")


class MemberNamed(Strict):
    """Which member: by document number or member number, one of them."""

    document_number: str | None = Field(None, max_length=60)
    member_number: str | None = Field(None, max_length=20)


class MemberFound(BaseModel):
    """A member as somebody sees them who wants to take them over: masked, with the unit's name."""

    member_number: str | None
    name: str
    document_number: str
    state: str
    unit_name: str | None


class NewFacts(Strict):
    """The new name, the new number, or both; and why."""

    name: str | None = Field(None, max_length=200)
    document_kind: DocumentKind | None = None
    document_number: str | None = Field(None, max_length=60)
    reason: Reason


class ChangeCreate(NewFacts):
    """Ask for a change of name or number (会员基础信息变更)."""

    person_id: UUID


class TransferCreate(MemberNamed):
    """Ask for a transfer (调入调出)."""

    to_unit_id: UUID | None = None
    """None: into the handler's own unit."""
    reason: Reason


class RequestPut(NewFacts):
    """Correct a new or returned request; a transfer takes the reason only."""


class RequestNamed(Strict):
    """A request as it was shown."""

    id: UUID
    version: int


class RequestsReport(Strict):
    """Hand in exactly these requests."""

    items: list[RequestNamed] = Field(min_length=1, max_length=500)


class RequestDecision(Strict):
    """Decide at the node where the request waits."""

    outcome: Literal["approved", "returned", "rejected"]
    opinion: Opinion | None = None


class RequestStepRead(BaseModel):
    """One step of a request."""

    node: str
    title: str
    outcome: str
    by: UUID
    opinion: str | None
    created_at: datetime


class RequestListed(BaseModel):
    """A request in a list, masked."""

    id: UUID
    version: int
    kind: Literal["change", "transfer"]
    state: State
    person_id: UUID
    member_number: str | None
    name: str
    """The name registered now."""
    document_number: str
    new_name: str | None
    new_document_number: str | None
    unit_id: UUID | None
    unit_name: str | None
    to_unit_id: UUID | None
    to_unit_name: str | None
    reason: str
    node: str | None
    node_title: str | None
    answer: str | None
    reported_at: datetime | None
    decided_at: datetime | None
    created_at: datetime
    is_own: bool
    """Whether the caller, or the caller's unit, made it: they correct it and take it back."""
    awaits_caller: bool
    """Whether it waits for the caller's decision."""


class RequestRead(RequestListed):
    """A request with its steps."""

    steps: list[RequestStepRead]


class RequestRevealed(BaseModel):
    """What a request asks for in full, to whoever decides on it now."""

    id: UUID
    name: str
    """The name registered now."""
    document_number: str
    new_name: str | None
    new_document_number: str | None


class ReportedRead(BaseModel):
    """How many requests were handed in."""

    requests: int
