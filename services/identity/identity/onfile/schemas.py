"""Requests and answers about what is on file. Answers are masked; form values are the one exception."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, Field

from common.identifiers import DocumentKind

CardKind = Literal["id_card", "bank_card", "social_security_card"]
Relation = Literal["self", "spouse", "child", "parent", "sibling", "colleague", "other"]


class DocumentFile(BaseModel):
    """Put an uploaded document on file; the receipt is the one that its upload answered with."""

    kind: CardKind
    receipt: str = Field(min_length=1, max_length=4000)
    applicant_id: UUID | None = None


class FieldRead(BaseModel):
    """A value that was read, masked."""

    value: str
    confidence: float
    verified: bool


class FiledDocumentRead(BaseModel):
    """A document on file."""

    id: UUID
    version: int
    kind: CardKind
    document_id: UUID
    applicant_id: UUID | None
    state: Literal["reading", "read", "unreadable", "other_kind", "not_own"]
    """not_own: name or number differ from those registered."""
    fields: dict[str, FieldRead]
    created_at: datetime


class FiledDocumentsRead(BaseModel):
    """All of them."""

    items: list[FiledDocumentRead]


class OfferedDocument(BaseModel):
    """One's own document on file with a receipt, by which an application takes it over as if it were uploaded now."""

    kind: CardKind
    document_id: UUID
    receipt: str


class OfferedDocumentsRead(BaseModel):
    """Those that were read; the newest of each kind."""

    items: list[OfferedDocument]


class ApplicantPut(BaseModel):
    """A frequent applicant; what is left out of an edit of sealed values stays as it is."""

    relation: Relation
    name: str = Field(max_length=200)
    document_kind: DocumentKind = "resident_id"
    document_number: str = Field(max_length=60)
    mobile: str | None = Field(None, max_length=40)
    card_number: str | None = Field(None, max_length=40)
    bank_name: str | None = Field(None, max_length=100)
    social_security_number: str | None = Field(None, max_length=60)


class ApplicantRead(BaseModel):
    """A frequent applicant, masked."""

    id: UUID
    version: int
    relation: Relation
    name: str
    document_kind: DocumentKind
    document_number: str
    mobile: str | None
    card_number: str | None
    bank_name: str | None
    social_security_number: str | None
    created_at: datetime


class ApplicantsRead(BaseModel):
    """All of them."""

    items: list[ApplicantRead]


class BankCardCreate(BaseModel):
    """A bank card in the member's own name."""

    card_number: str = Field(max_length=40)
    bank_name: str = Field(max_length=100)
    is_default: bool = False


class BankCardPut(BaseModel):
    """Another bank name, or the card is to be offered first."""

    bank_name: str = Field(max_length=100)
    is_default: bool


class BankCardRead(BaseModel):
    """A bank card, masked."""

    id: UUID
    version: int
    card_number: str
    bank_name: str
    holder: str
    is_default: bool
    created_at: datetime


class BankCardsRead(BaseModel):
    """All of them, the default one first."""

    items: list[BankCardRead]


class AddressPut(BaseModel):
    """An address."""

    recipient: str = Field(max_length=200)
    mobile: str = Field(max_length=40)
    region: str = Field(max_length=200)
    """Province, city, district as chosen from the list."""
    detail: str = Field(max_length=400)
    postcode: str | None = Field(None, max_length=20)
    """Six digits."""
    is_default: bool = False


class AddressRead(BaseModel):
    """An address of the caller's own; names and numbers masked, the place is shown."""

    id: UUID
    version: int
    recipient: str
    mobile: str
    region: str
    detail: str
    postcode: str | None
    is_default: bool
    created_at: datetime


class AddressesRead(BaseModel):
    """All of them, the default one first."""

    items: list[AddressRead]


class PreferencesPut(BaseModel):
    """The switches of the settings page."""

    enrolment_sms: bool
    """SMS about one's cover (投保短信)."""
    service_notices: bool
    """Notices of the service by SMS and WeChat (服务通知)."""


class PreferencesRead(PreferencesPut):
    """The switches as they stand."""

    version: int


class FormValuesAsk(BaseModel):
    """For whom a form is filled: the member, or a frequent applicant."""

    applicant_id: UUID | None = None


class FormValues(BaseModel):
    """Full values for a form of the member's own making; never cached, never in a list."""

    name: str
    document_kind: str
    document_number: str
    mobile: str | None
    card_number: str | None
    bank_name: str | None
    social_security_number: str | None
    address: str | None
    recognised: dict[str, dict[str, str]]
    """By kind of document on file: the fields that were read."""
