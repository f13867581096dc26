"""Requests and answers about members."""

from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel, Field

from ..accounts.schemas import TokensRead


class ConsentGiven(BaseModel):
    """Consent to the privacy statement that was shown."""

    version: int = Field(ge=1)


class MemberRegister(BaseModel):
    """Register as a member: name, ID number, mobile, the code it received, consent."""

    name: str = Field(max_length=200)
    id_number: str = Field(max_length=60)
    mobile: str = Field(max_length=40)
    code: str = Field(max_length=12)
    consent: ConsentGiven


class MemberRegistered(BaseModel):
    """A person and their app account."""

    person_id: UUID
    account_id: UUID


class MemberRegisteredRead(MemberRegistered):
    """The new account, signed in."""

    tokens: TokensRead


class MemberRead(BaseModel):
    """A person of the register, masked."""

    id: UUID
    version: int
    name: str
    document_kind: str
    document_number: str
    mobile: str | None
    state: str
    unit_id: UUID | None
    unit_name: str | None
    bound: bool
    effective_on: date
    created_at: datetime


class MemberMeRead(MemberRead):
    """The caller's own record."""

    privacy_version: int | None
    """Version of the privacy statement that was consented to last."""
    consent_due: bool
    """The statement has changed since."""


class MemberSearch(BaseModel):
    """Look for members; the values stand in the body, never in an address."""

    document_number: str | None = Field(None, max_length=60)
    mobile: str | None = Field(None, max_length=40)
    unit_id: UUID | None = None


class MemberReveal(BaseModel):
    """Why the full values are needed; kept in the audit log."""

    reason: str = Field(min_length=2, max_length=200)


class MemberRevealed(BaseModel):
    """The full values of a person."""

    id: UUID
    name: str
    document_number: str
    mobile: str | None
