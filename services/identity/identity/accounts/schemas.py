"""Answers of sign-in."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, Field


class AccountRead(BaseModel):
    """Who is signed in."""

    id: UUID
    kind: str
    tenant: str
    roles: list[str]
    permissions: list[str]
    unit_id: UUID | None = None
    person_id: UUID | None = None
    org_path: str = ""
    consent_due: bool = False
    """A member who has to consent to the privacy statement in force (anew)."""
    password_due: bool = False
    """The password was chosen by somebody else: until it is changed the account has no roles. Refresh afterwards."""


class TokensRead(BaseModel):
    """An access token for the Authorization header, and the refresh token that gets the next one."""

    access_token: str
    token_type: str = "Bearer"  # noqa: S105
    expires_in: int
    """Seconds."""
    refresh_token: str
    refresh_expires_at: datetime
    account: AccountRead


class RefreshCreate(BaseModel):
    """Exchange a refresh token; it is used up."""

    refresh_token: str = Field(min_length=20, max_length=200)


class MobileSignIn(BaseModel):
    """Sign in by mobile and the code it received."""

    mobile: str = Field(min_length=1, max_length=40)
    code: str = Field(min_length=1, max_length=12)


class SessionConfirm(BaseModel):
    """Confirm that it is oneself: the code sent to the account's mobile with the purpose `confirm`."""

    code: str = Field(min_length=1, max_length=12)


class SessionConfirmedRead(BaseModel):
    """Until when this session may change where money goes; refresh the tokens now, they carry it."""

    confirmed_until: datetime


class SessionEndedRead(BaseModel):
    """That a sign-out has happened."""

    ended: bool = True


class SessionRead(BaseModel):
    """One sign-in of the caller's."""

    id: UUID
    device: str | None
    way: str | None
    signed_in_at: datetime
    used_at: datetime
    expires_at: datetime
    current: bool
    """The session that asks."""


class SessionsRead(BaseModel):
    """Where the caller is signed in."""

    items: list[SessionRead]


class LanguagePut(BaseModel):
    """The language in which the account's owner wants to be told things."""

    language: Literal["zh", "en"]


class LanguageRead(LanguagePut):
    """The language as it stands."""
