"""Requests and answers about members."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from common.opinions import Reason

from ..accounts.schemas import TokensRead

State = Literal["new", "reported", "confirmed", "returned", "left"]


class ConsentGiven(BaseModel):
    """Consent to the privacy statement that was shown."""

    version: int = Field(ge=1)


def _given(value: Any) -> Any:
    if value is None:
        raise PydanticCustomError("consent_missing", "consent is needed")
    return value


Consent = Annotated[ConsentGiven, BeforeValidator(_given)]
"""`consent_missing` where it is null."""


class Consenting(BaseModel):
    """A body with a consent: left out it is as if it were null."""

    @model_validator(mode="before")
    @classmethod
    def _left_out(cls, given: Any) -> Any:
        return {"consent": None, **given} if isinstance(given, dict) else given


class MemberRegister(Consenting):
    """Register as a member: name, ID number, mobile, the code it received, consent."""

    name: str = Field(max_length=200)
    id_number: str = Field(max_length=60)
    mobile: str = Field(max_length=40)
    code: str = Field(max_length=12)
    consent: Consent
    ticket: str | None = Field(None, max_length=1000)
    """Of somebody who came by WeChat or a host app and is not bound yet: the account becomes theirs."""


class MemberRegistered(BaseModel):
    """A person and their app account."""

    person_id: UUID
    account_id: UUID


class MemberRegisteredRead(MemberRegistered):
    """The new account, signed in."""

    tokens: TokensRead


class GivenReasonRead(BaseModel):
    """Why somebody did something to a member's data, in their words."""

    id: UUID
    person_id: UUID
    action: str
    """member.revealed | member.bound | member.unbound …, as in the audit log"""
    given_by: UUID
    words: str
    created_at: datetime


class MemberRead(BaseModel):
    """A person of the register, masked."""

    id: UUID
    version: int
    member_number: str | None
    """会员编号"""
    name: str
    document_kind: str
    document_number: str
    mobile: str | None
    state: str
    unit_id: UUID | None
    unit_name: str | None
    bound: bool
    over_age: Literal["requested", "consented", "refused"] | None = None
    returned_reason: str | None = None
    effective_on: date
    created_at: datetime


class MemberMeRead(MemberRead):
    """The caller's own record."""

    privacy_version: int | None
    """Version of the privacy statement that was consented to last."""
    consent_due: bool
    """The statement has changed since."""
    sex: Literal["female", "male"] | None
    """As the ID number says; None for other documents."""


class MemberSearch(BaseModel):
    """Look for members; the values stand in the body, never in an address."""

    member_number: str | None = Field(None, max_length=20)
    name: str | None = Field(None, max_length=200)
    document_number: str | None = Field(None, max_length=60)
    mobile: str | None = Field(None, max_length=40)
    unit_id: UUID | None = None
    state: State | None = None


class RecordRead(BaseModel):
    """One state of a person's facts, masked: from which day, why, and who changed it."""

    number: int
    reason: str
    note: str | None
    changed_by: UUID | None
    name: str
    document_kind: str
    document_number: str
    mobile: str | None
    state: str
    unit_id: UUID | None
    unit_name: str | None
    effective_on: date
    created_at: datetime


class HistoryRead(BaseModel):
    """The whole history of a person, oldest first; nothing of it is ever changed."""

    items: list[RecordRead]


class MemberLeave(BaseModel):
    """Why a member leaves the union (退会, 退休, 离职, 身故)."""

    model_config = ConfigDict(extra="forbid")

    reason: Reason


class MemberReveal(BaseModel):
    """Why the full values are needed; kept in the audit log."""

    reason: Reason


class MemberRevealed(BaseModel):
    """The full values of a person."""

    id: UUID
    name: str
    document_number: str
    mobile: str | None
