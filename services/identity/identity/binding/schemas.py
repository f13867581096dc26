"""Requests and answers of binding."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, Field

from common.identifiers import DocumentKind
from common.opinions import Reason

from ..accounts.schemas import TokensRead
from ..members.schemas import Consent, Consenting


class BindingCreate(Consenting):
    """Bind an app account: name, document, mobile with the code it received, consent to the privacy statement."""

    name: str = Field(max_length=200)
    document_kind: DocumentKind = "resident_id"
    document_number: str = Field(max_length=60)
    mobile: str = Field(max_length=40)
    code: str = Field(max_length=12)
    consent: Consent
    ticket: str | None = Field(None, max_length=1000)
    """Of somebody who came by WeChat or a host app: the account becomes theirs."""


class RecoveryCreate(BaseModel):
    """Take one's account over to a new mobile without the old one and without the old WeChat."""

    name: str = Field(max_length=200)
    document_kind: DocumentKind = "resident_id"
    document_number: str = Field(max_length=60)
    mobile: str = Field(max_length=40)
    code: str = Field(max_length=12)
    """Sent to the new mobile with the purpose `recover`."""
    ticket: str | None = Field(None, max_length=1000)


class MobileChange(BaseModel):
    """Change one's mobile with the old number at hand: codes of both."""

    old_code: str = Field(min_length=1, max_length=12)
    mobile: str = Field(min_length=1, max_length=40)
    code: str = Field(min_length=1, max_length=12)


class MobileSet(BaseModel):
    """Set the first mobile of an account that has none, or begin a change without the old number."""

    mobile: str = Field(min_length=1, max_length=40)
    code: str = Field(min_length=1, max_length=12)


class BindingStarted(BaseModel):
    """A binding that was begun, as the idempotent answer keeps it."""

    id: UUID
    token: str


class BindingRead(BaseModel):
    """How far a binding is and what comes next."""

    id: UUID
    purpose: Literal["bind", "recover", "change_mobile"]
    state: Literal["face", "other_ways", "bound", "ended"]
    name: str
    document_kind: str
    document_number: str
    mobile: str
    """Name, number and mobile masked."""
    face_tries_left: int
    bank_tries_left: int
    other_ways: list[str]
    """bank_four_factor | contact, in the state other_ways."""
    contact: dict[str, str | None]
    expires_at: datetime
    bound_at: datetime | None
    message: str | None = None
    """After a check that was not passed, by machine or by staff: that it failed, why, and what to do now."""
    tokens: TokensRead | None = None
    """In the answer to the step that bound the account."""


class BindingStartedRead(BindingRead):
    """A new binding and the token of the device that goes on with it, in the header `Huzhu-Binding`."""

    token: str


class FaceConsent(BaseModel):
    """Consent to the verification of one's face (勾选授权)."""

    consent: bool


class FaceStartedRead(BaseModel):
    """Where the person's face is verified; ask for the outcome afterwards."""

    url: str
    binding: BindingRead


class BankCheck(BaseModel):
    """A bank card whose holder, document and mobile are those of the binding."""

    card_number: str = Field(min_length=1, max_length=40)
    mobile: str | None = Field(None, max_length=40)
    """The mobile registered at the bank, if it is another one."""


class BindingConfirm(BaseModel):
    """Staff confirm who a person is; why goes into the audit log."""

    reason: Reason


class BindingRefuse(BaseModel):
    """Staff could not confirm who a person is; whoever asked is told why."""

    reason: Reason


class WaitingBindingRead(BaseModel):
    """A binding that waits for the union, masked."""

    id: UUID
    purpose: str
    person_id: UUID
    name: str
    document_kind: str
    document_number: str
    mobile: str
    created_at: datetime
    expires_at: datetime


class Unbind(BaseModel):
    """Unbind: the code sent to the account's mobile with the purpose `unbind`."""

    code: str | None = Field(None, max_length=12)
    """Not needed by an account without a mobile."""


class UnbindByStaff(BaseModel):
    """Why staff unbind a member; kept in the audit log."""

    reason: Reason


class UnboundRead(BaseModel):
    """That the account is closed and its sessions have ended."""

    unbound: bool = True


class MobileChangedRead(BaseModel):
    """The mobile as it is now, masked."""

    mobile: str
