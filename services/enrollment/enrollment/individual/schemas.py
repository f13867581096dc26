"""Requests and responses of individual applications."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from common.opinions import Opinion, Reason

from ..amounts import Yuan

FieldCode = Annotated[str, StringConstraints(max_length=40)]
Answer = Annotated[str, StringConstraints(max_length=5000)]
Answers = Annotated[dict[FieldCode, Answer], Field(max_length=200)]


class ApplicationCreate(BaseModel):
    """A new application, or a way back to the draft that is there."""

    model_config = ConfigDict(extra="forbid")

    product: Annotated[str, Field(max_length=40)]
    answers: Answers = {}


class ApplicationEdit(BaseModel):
    """The draft's answers, as a whole."""

    model_config = ConfigDict(extra="forbid")

    answers: Answers


class Decision(BaseModel):
    """An approval, with an opinion if there is one."""

    model_config = ConfigDict(extra="forbid")

    opinion: Opinion | None = None


class Refusal(BaseModel):
    """Why an application goes back or is rejected."""

    model_config = ConfigDict(extra="forbid")

    reason: Reason


class OptionRead(BaseModel):
    """An answer that a choice offers."""

    code: str
    title: str


class FormFieldRead(BaseModel):
    """A field of the form, with what stands in it; what the register says is masked and cannot be typed."""

    code: str
    title: str
    type: str
    required: bool
    help: str | None
    options: list[OptionRead]
    when_field: str | None
    when_values: list[str]
    minimum: str | None
    maximum: str | None
    must_be: str | None
    registered: bool
    applies: bool
    value: str | None
    shown: str | None


class FaultRead(BaseModel):
    """Something that is wrong: the field and what to do."""

    field: str
    code: str
    message: str


class OfferRead(BaseModel):
    """A product that members can apply for, and whether this member may."""

    product: str
    title: str
    kind: str
    price_per_share: Yuan
    share_limit: int
    term_months: int
    waiting_days: int
    declaration: str | None
    introduction: str | None
    eligible: bool
    reasons: list[FaultRead]
    application_id: UUID | None
    """The application that is a draft or under way."""
    application_status: str | None
    fields: list[FormFieldRead]


class OfferList(BaseModel):
    """What a member can apply for."""

    items: list[OfferRead]


class NodeRead(BaseModel):
    """A node of the timeline: waiting, current, passed, returned or rejected."""

    code: str
    title: str
    state: str
    opinion: str | None
    at: datetime | None


class EventRead(BaseModel):
    """A step of the history, of all rounds."""

    decision: str
    node: str | None
    title: str | None
    opinion: str | None
    at: datetime


class ApplicationSummary(BaseModel):
    """An application as lists show it."""

    id: UUID
    number: str
    version: int
    product: str
    product_title: str
    person_name: str
    """Masked."""
    status: str
    status_text: str
    node: str | None
    shares: int
    amount_due: Yuan | None
    reason: str | None
    created_at: datetime
    submitted_at: datetime | None
    decided_at: datetime | None
    paid_at: datetime | None


class ApplicationRead(ApplicationSummary):
    """An application with its form, every node and its history."""

    unit_name: str
    fields: list[FormFieldRead]
    nodes: list[NodeRead]
    history: list[EventRead]
    policy_number: str | None
    declaration: str | None = None
    """The health declaration that the form asks to confirm"""


class PreviewRead(BaseModel):
    """The form before it is handed in (表单预览): what will be submitted, what it costs, what is still wrong."""

    application_id: UUID
    version: int
    product_title: str
    fields: list[FormFieldRead]
    declaration: str | None
    shares: int
    amount_due: Yuan
    starts_on: date
    ends_on: date
    faults: list[FaultRead]
    ready: bool
