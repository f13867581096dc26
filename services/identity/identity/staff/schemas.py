"""Requests and answers about staff."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from ..accounts.schemas import TokensRead


class StaffCreate(BaseModel):
    """A new staff account; its owner is asked to change the initial password."""

    user_name: str = Field(max_length=60)
    name: str = Field(max_length=200)
    mobile: str = Field(max_length=40)
    roles: list[str] = Field(max_length=20)
    branch: str | None = Field(None, max_length=40)
    """Code of the branch the account works for; none: the union itself."""
    password: str | None = Field(None, max_length=200)
    """An initial password; none: the owner is invited to set one."""


class FirstStaffCreate(StaffCreate):
    """A staff account that an operator of the platform makes."""

    password_due: bool = True
    """False: the owner chose the password, or everybody shares it, as in a demonstration."""


class RoleRead(BaseModel):
    """A role of the union's pack."""

    code: str
    title: dict[str, str]
    """In Chinese and English."""
    scope: Literal["tenant", "subtree"]
    """Whether it reaches the whole union, or the branch of the account."""
    permissions: list[str]
    may_give: bool
    """Whether the caller may give it; roles of the whole union are given by whoever reaches it."""


class RolesRead(BaseModel):
    """The roles that staff may have, in the pack's order."""

    items: list[RoleRead]


class StaffRead(BaseModel):
    """A staff account; name and mobile are masked for others than its owner."""

    id: UUID
    version: int
    user_name: str
    name: str
    mobile: str
    roles: list[str]
    role_titles: list[str]
    org_path: str
    status: str
    password_due: bool
    invitation_due: bool
    """No password yet."""
    signed_in_at: datetime | None
    created_at: datetime


class ColleagueRead(BaseModel):
    """Who a member of the union's staff is, to another one: the name in full, so that both know who did something."""

    id: UUID
    user_name: str
    name: str


class StaffSignIn(BaseModel):
    """First step: user name and password."""

    user_name: str = Field(min_length=1, max_length=60)
    password: str = Field(min_length=1, max_length=200)


class StaffSignInRead(BaseModel):
    """A challenge whose code has been sent; or the tokens, where the union asks for no second step."""

    challenge_id: UUID | None = None
    mobile: str | None = None
    """Masked."""
    expires_at: datetime | None = None
    second_factor: Literal["sms", "device"] | None = None
    """Where the code comes from: the SMS that was sent, or the device (or a recovery code)."""
    tokens: TokensRead | None = None


class StaffCode(BaseModel):
    """Second step: the code that was sent."""

    challenge_id: UUID
    code: str = Field(min_length=1, max_length=12)


class PasswordChange(BaseModel):
    """Change one's own password."""

    current: str = Field(min_length=1, max_length=200)
    new: str = Field(min_length=1, max_length=200)


class StaffPatch(BaseModel):
    """Changes of a colleague's account; what is left out stays."""

    model_config = ConfigDict(extra="forbid")

    name: str | None = Field(None, max_length=200)
    mobile: str | None = Field(None, max_length=40)
    roles: list[str] | None = Field(None, max_length=20)
    branch: str | None = Field(None, max_length=60)
    """Code of the branch; null: the union itself."""


class InvitationRead(BaseModel):
    """An invitation, shown once: hand the token over; the code goes to the mobile of the account."""

    token: str
    user_name: str
    mobile: str
    """Masked."""
    expires_at: datetime


class InvitationOpen(BaseModel):
    """The token that was handed over."""

    model_config = ConfigDict(extra="forbid")

    token: str = Field(min_length=20, max_length=200)


class InvitedRead(BaseModel):
    """A code is on its way to the mobile."""

    user_name: str
    challenge_id: UUID
    mobile: str
    """Masked."""
    expires_at: datetime


class InvitationAccept(InvitationOpen):
    """Set the password with the token and the code."""

    challenge_id: UUID
    code: str = Field(min_length=1, max_length=12)
    password: str = Field(max_length=200)


class PasswordResetAsked(BaseModel):
    """The password was forgotten."""

    model_config = ConfigDict(extra="forbid")

    user_name: str = Field(min_length=1, max_length=60)
    mobile: str = Field(min_length=1, max_length=40)


class PasswordReset(BaseModel):
    """Set a new password with the code that was sent."""

    model_config = ConfigDict(extra="forbid")

    challenge_id: UUID
    code: str = Field(min_length=1, max_length=12)
    password: str = Field(max_length=200)
    second_factor: str | None = Field(None, max_length=20)
    """A code of the device or a recovery code, where the account has a second factor."""


class PasswordSetRead(BaseModel):
    """The password holds; sign in with it."""

    user_name: str


class TotpBegin(BaseModel):
    """Set a second factor up; the password proves who asks."""

    model_config = ConfigDict(extra="forbid")

    password: str = Field(min_length=1, max_length=200)


class TotpBegunRead(BaseModel):
    """The secret for the device, as text and as the address that a QR code holds."""

    secret: str
    uri: str


class TotpConfirm(BaseModel):
    """A first code of the device."""

    model_config = ConfigDict(extra="forbid")

    code: str = Field(min_length=1, max_length=20)


class TotpRemove(TotpConfirm):
    """Give the second factor up: password and a code."""

    password: str = Field(min_length=1, max_length=200)


class RecoveryCodesRead(BaseModel):
    """Codes for who loses the device, each good once; shown this once."""

    recovery_codes: list[str]


class TotpRead(BaseModel):
    """Whether the account has the second factor."""

    enabled: bool
    recovery_codes_left: int
