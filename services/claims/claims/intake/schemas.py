"""Requests and answers of applications. Personal values are masked."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Code = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]
Token = Annotated[str, StringConstraints(min_length=10, max_length=2000)]


class DocumentWrite(BaseModel):
    """A document handed in: the signed receipt of its upload, what it is, and for which stay."""

    model_config = ConfigDict(extra="forbid")

    receipt: Token
    rule: Code | None = Field(
        None, description="Which document of the kind; left out: decided by recognition."
    )
    stay: int | None = Field(None, ge=1, le=50)


class FieldWrite(BaseModel):
    """A typed value."""

    model_config = ConfigDict(extra="forbid")

    code: Code
    value: Annotated[str, StringConstraints(max_length=5000)]
    stay: int | None = Field(None, ge=1, le=50)


class ClaimCreate(BaseModel):
    """Open an application. The policy is found by the day of the event; naming one or its product narrows it."""

    model_config = ConfigDict(extra="forbid")

    kind: Code
    product_code: Code | None = None
    policy_id: UUID | None = None
    documents: list[DocumentWrite | Token] = Field(default_factory=list, max_length=100)
    fields: list[FieldWrite] = Field(default_factory=list, max_length=500)


class DocumentsAdd(BaseModel):
    """Hand in further documents."""

    model_config = ConfigDict(extra="forbid")

    documents: list[DocumentWrite | Token] = Field(min_length=1, max_length=100)


class FieldsChange(BaseModel):
    """Typed values; an empty text takes a value away."""

    model_config = ConfigDict(extra="forbid")

    fields: list[FieldWrite] = Field(min_length=1, max_length=500)


class Invitation(BaseModel):
    """Staff opens a claim for a covered person, who is then told to hand in the documents (待上传)."""

    model_config = ConfigDict(extra="forbid")

    document_number: Annotated[str, StringConstraints(strip_whitespace=True, min_length=5, max_length=40)]
    kind: Code
    product_code: Code | None = None
    fields: list[FieldWrite] = Field(default_factory=list, max_length=100)


class FieldRead(BaseModel):
    """A field with its value: `source` recognized, typed or register; a correction keeps what was `read`."""

    code: str
    stay: int
    title: str
    type: str
    required: bool
    value: str | None
    shown: str | None
    source: str | None
    confidence: float | None
    verified: bool
    corrected: bool
    read: str | None
    document_id: UUID | None


class DocumentRead(BaseModel):
    """A document of the claim; `state` being_read, recognized or unreadable."""

    document_id: UUID
    rule: str
    title: str
    stay: int
    type: str | None
    state: str
    failed_checks: list[str]


class StepRead(BaseModel):
    """One entry of the timeline (节点、处理人、时间、意见); `pending` ones are still to come."""

    node: str
    title: str
    action: str
    handler_id: UUID | None = None
    at: datetime | None = None
    opinion: str = ""
    pending: bool = False


class LineRead(BaseModel):
    """One line of the explanation; the lines sum to the amount."""

    benefit: str
    rule: str
    text: str
    inputs: dict[str, Any]
    amount: Decimal


class ReasonRead(BaseModel):
    """Why something is not paid, or why a person looks at the claim."""

    code: str
    text: str
    field: str = ""


class PayoutRead(BaseModel):
    """The payout; the card is masked."""

    number: str
    status: str
    amount: Decimal
    card: str | None
    bank_name: str | None
    failure: str | None
    paid_on: date | None


class ClaimSummary(BaseModel):
    """A claim in a list."""

    id: UUID
    number: str | None
    kind: str
    title: str
    product_code: str | None
    person_id: UUID
    status: str
    node: str | None
    amount: Decimal | None
    event_on: date | None
    due_on: date | None
    overdue: bool
    opened_by: str
    automatic: bool
    created_at: datetime
    submitted_at: datetime | None
    decided_at: datetime | None
    version: int


class ClaimRead(ClaimSummary):
    """A claim with everything about it."""

    person_name: str | None
    unit_id: UUID | None
    policy_id: UUID | None
    pack_version: int
    round: int
    reason: str | None
    fields: list[FieldRead]
    documents: list[DocumentRead]
    timeline: list[StepRead]
    explanation: list[LineRead]
    not_paid: list[ReasonRead]
    review_reasons: list[ReasonRead]
    payout: PayoutRead | None


class DocumentLink(BaseModel):
    """Where a document of the claim can be looked at for some minutes."""

    document_id: UUID
    rule: str
    link: str
    url: str
    expires_at: datetime


class KindField(BaseModel):
    """A field of the form, as a screen draws it."""

    code: str
    title: str
    type: str
    required: bool
    per_stay: bool
    from_register: bool
    options: dict[str, str]
    help: str | None


class KindDocument(BaseModel):
    """A document that the kind asks for."""

    code: str
    title: str
    types: list[str]
    required: bool
    per_stay: bool
    max_files: int
    sample: str | None


class KindRead(BaseModel):
    """A kind of application that the caller may open."""

    code: str
    title: str
    event: str
    products: list[str]
    max_stays: int
    fields: list[KindField]
    documents: list[KindDocument]
