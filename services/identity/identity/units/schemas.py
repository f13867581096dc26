"""Requests and answers about units."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from common.opinions import Reason

from ..accounts.schemas import TokensRead

Status = Literal["registered", "under_review", "approved", "returned"]


class UnitCreate(BaseModel):
    """Register a unit: full name, unified social credit code, the handler's mobile and the code it received."""

    name: str = Field(max_length=400)
    credit_code: str = Field(max_length=60)
    mobile: str = Field(max_length=40)
    code: str = Field(max_length=12)


class UnitRegistered(BaseModel):
    """A unit and its handler's account came into being."""

    unit_id: UUID
    account_id: UUID


class UnitRegisteredRead(UnitRegistered):
    """The new unit, with the tokens of its handler."""

    tokens: TokensRead


class CommitmentRead(BaseModel):
    """The commitment letter (承诺书); reading it begins now."""

    version: int
    title: str
    text: str
    read_seconds: int
    opened_at: datetime
    commitment_opening_id: str
    """To be sent with the profile once `read_seconds` have passed."""


class ProfileDocumentPut(BaseModel):
    """A paper of the profile: its code in the pack and the receipt that its upload gave."""

    code: str = Field(max_length=40)
    receipt: str = Field(max_length=2000)


class UnitProfilePut(BaseModel):
    """What a unit hands in for review."""

    org_node: str | None = Field(None, max_length=40)
    """Code of the district (所属区局)."""
    medical_code: str | None = Field(None, max_length=40)
    handler_name: str = Field(max_length=200)
    handler_id_number: str = Field(max_length=60)
    documents: list[ProfileDocumentPut] = Field(default_factory=list, max_length=20)
    commitment_opening_id: str | None = Field(None, max_length=2000)


class UnitPatch(BaseModel):
    """Changes by the back office; what is left out stays."""

    name: str | None = Field(None, max_length=400)
    org_node: str | None = Field(None, max_length=40)
    medical_code: str | None = Field(None, max_length=40)
    handler_name: str | None = Field(None, max_length=200)


class UnitReturn(BaseModel):
    """Give a profile back."""

    reason: Reason


class ProfileStepRead(BaseModel):
    """One of the three visible steps."""

    code: str
    title: str
    state: Literal["waiting", "current", "done"]


class UnitDocumentRead(BaseModel):
    """A paper of the profile; the file is asked of ocr."""

    code: str
    document_id: UUID
    media_type: str


class UnitRead(BaseModel):
    """A unit; the handler's values are masked."""

    id: UUID
    version: int
    name: str
    credit_code: str
    status: Status
    steps: list[ProfileStepRead]
    org_path: str
    medical_code: str | None
    handler_name: str | None
    handler_id_number: str | None
    handler_mobile: str
    documents: list[UnitDocumentRead]
    returned_reason: str | None
    submitted_at: datetime | None
    decided_at: datetime | None
    created_at: datetime
    same_name: list[str] = []
    """Credit codes of other units of the same full name: told to whoever reviews."""


class UnitHandlerRevealed(BaseModel):
    """The handler as the profile has them, whole: to be compared with the papers."""

    handler_name: str | None
    handler_id_number: str | None


class UnitListed(BaseModel):
    """A unit in a list."""

    id: UUID
    version: int
    name: str
    credit_code: str
    status: Status
    org_path: str
    medical_code: str | None
    submitted_at: datetime | None
    created_at: datetime


class HandlerCreate(BaseModel):
    """A handler (经办人) of a unit; the user name where the union's handlers sign in with a password."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(max_length=200)
    mobile: str = Field(max_length=40)
    user_name: str | None = Field(None, max_length=60)
    id_number: str | None = Field(None, max_length=60)


class UnitEnter(BaseModel):
    """A unit as the union's staff enter it."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(max_length=400)
    credit_code: str = Field(max_length=60)
    org_node: str | None = Field(None, max_length=60)
    medical_code: str | None = Field(None, max_length=40)
    handler: HandlerCreate


class HandlerRead(BaseModel):
    """A handler's account, masked."""

    account_id: UUID
    user_name: str | None
    name: str
    mobile: str
    status: str
    named: bool
    """The one whom messages of the unit go to."""
    invitation_due: bool
    """No password yet: invite by POST /staff/{account_id}/invitation."""


class HandlersRead(BaseModel):
    """The handlers of a unit."""

    items: list[HandlerRead]


class UnitEntered(BaseModel):
    """The unit and its first handler."""

    unit: UnitRead
    handler: HandlerRead
