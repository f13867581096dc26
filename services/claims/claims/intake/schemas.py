"""Requests and answers of applications. Personal values are masked."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from .field_schemas import FieldRead
from .payee_schemas import Name, PayeeChoice, PayeeChosen
from .taken import TakenRead

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


Number = Annotated[str, StringConstraints(strip_whitespace=True, min_length=5, max_length=40)]


class InsuredPerson(BaseModel):
    """The person whom an application is about, as their document says."""

    model_config = ConfigDict(extra="forbid")

    document_number: Number
    name: Name


class OnBehalfWrite(InsuredPerson):
    """Applying for another 代人申请: who it is for, the applicant's relation to them, and their consent."""

    relation: Code = Field(description="One of the relations that the kind offers.")
    consent: bool = Field(description="The applicant confirms the kind's statement of consent.")


class ClaimCreate(BaseModel):
    """Open an application. The policy is found by the day of the event; naming one or its product narrows it.

    `id`: made by the client (a UUID), so that a draft begun without network is created once.
    """

    model_config = ConfigDict(extra="forbid")

    id: UUID | None = None
    kind: Code
    on_behalf: OnBehalfWrite | None = None
    payee: PayeeChoice | None = None
    product_code: Code | None = None
    policy_id: UUID | None = None
    documents: list[DocumentWrite | Token] = Field(default_factory=list, max_length=100)
    fields: list[FieldWrite] = Field(default_factory=list, max_length=500)


class CounterClaim(ClaimCreate):
    """An application taken at the counter (C.11): staff enters it for a person, with the scanned papers.

    `taken_at`: when the person stood there, where the counter worked without network (P.09).
    """

    insured: InsuredPerson
    applicant_relation: Code | None = Field(
        None, description="Who brought the papers, where it was not the person; their consent is recorded."
    )
    taken_at: AwareDatetime | None = None


class DocumentsAdd(BaseModel):
    """Hand in further documents."""

    model_config = ConfigDict(extra="forbid")

    documents: list[DocumentWrite | Token] = Field(min_length=1, max_length=100)


class FieldsChange(BaseModel):
    """Typed values; an empty text takes a value away. `payee`: who is paid, and to which card.

    `applicant_relation`: at the counter, who brought the papers; the person may have died since they were taken in.
    """

    model_config = ConfigDict(extra="forbid")

    fields: list[FieldWrite] = Field(default_factory=list, max_length=500)
    payee: PayeeChoice | None = None
    applicant_relation: Code | None = None


class Invitation(BaseModel):
    """Staff opens a claim for a covered person, who is then told to hand in the documents (待上传)."""

    model_config = ConfigDict(extra="forbid")

    document_number: Annotated[str, StringConstraints(strip_whitespace=True, min_length=5, max_length=40)]
    kind: Code
    product_code: Code | None = None
    fields: list[FieldWrite] = Field(default_factory=list, max_length=100)


class ClaimSearch(BaseModel):
    """The claims of one person; the number travels in the body, for addresses are written to logs."""

    model_config = ConfigDict(extra="forbid")

    document_number: Number


class DocumentRead(BaseModel):
    """A document of the claim; `state` being_read, recognized or unreadable."""

    document_id: UUID
    rule: str
    title: str
    stay: int
    type: str | None
    state: str
    failed_checks: list[str]
    failed_check_texts: list[str] = Field(default_factory=list)
    """The failed checks in words, in the same order."""
    added_at: datetime
    later: bool = Field(
        False, description="It came after the claim was handed in first: with a correction or an appeal."
    )


class StepRead(BaseModel):
    """One entry of the timeline (节点、处理人、时间、意见); `pending` ones are still to come."""

    node: str
    title: str
    action: str
    outcome: str = Field("", description="What came of it, in words: agreed, returned, the transfer failed.")
    handler_id: UUID | None = None
    handler: str = Field(
        "", description="Who decided: to staff the sign-in name, to members the role and the masked name."
    )
    role: str = Field("", description="The title of the handler's role at the node.")
    handler_name: str = Field("", description="The handler's name, masked.")
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


class ClaimPayoutRead(BaseModel):
    """The payout; the card is masked."""

    number: str
    status: str
    amount: Decimal
    card: str | None
    bank_name: str | None
    failure: str | None
    paid_on: date | None


class OnBehalfRead(BaseModel):
    """Who applies for the person, masked, and the consent that they stated."""

    relation: str
    relation_title: str
    applicant: str | None
    consent: str
    consented_at: datetime


class MissingRead(BaseModel):
    """What a reviewer asked for: a field or document of the form, and the words for it."""

    place: str
    title: str


class ClaimSummary(BaseModel):
    """A claim in a list."""

    id: UUID
    number: str | None
    kind: str
    title: str = Field(description="The kind with its reason, hospital and days, as far as they are known.")
    kind_title: str
    product_code: str | None
    person_id: UUID
    person_name: str | None = Field(description="Masked.")
    status: str
    node: str | None
    amount: Decimal | None
    event_on: date | None
    due_on: date | None
    overdue: bool
    opened_by: str
    automatic: bool
    created_at: datetime
    saved_at: datetime | None
    submitted_at: datetime | None
    decided_at: datetime | None
    version: int


class ClaimRead(ClaimSummary):
    """A claim with everything about it. `document_number`: the insured person's, masked. `taken`: to staff only."""

    unit_id: UUID | None
    unit_name: str | None = None
    policy_id: UUID | None
    policy_number: str | None = None
    document_number: str | None = None
    taken: TakenRead | None = None
    pack_version: int
    round: int
    reason: str | None
    appeal_until: date | None = Field(
        None, description="Last day to appeal; null where nothing was refused or the union takes no appeals."
    )
    missing: list[MissingRead]
    on_behalf: OnBehalfRead | None
    payee: PayeeChosen
    fields: list[FieldRead]
    documents: list[DocumentRead]
    timeline: list[StepRead]
    explanation: list[LineRead]
    not_paid: list[ReasonRead]
    review_reasons: list[ReasonRead]
    payout: ClaimPayoutRead | None


class DocumentLink(BaseModel):
    """Where a document of the claim can be looked at for some minutes."""

    document_id: UUID
    rule: str
    link: str
    url: str
    expires_at: datetime
