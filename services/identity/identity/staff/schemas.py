"""Requests and answers about staff."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, Field

from ..accounts.schemas import TokensRead


class StaffCreate(BaseModel):
    """A new staff account; its owner is asked to change the initial password."""

    user_name: str = Field(max_length=60)
    name: str = Field(max_length=200)
    mobile: str = Field(max_length=40)
    roles: list[str] = Field(max_length=20)
    branch: str | None = Field(None, max_length=40)
    """Code of the branch the account works for; none: the union itself."""
    password: str = Field(max_length=200)


class StaffRead(BaseModel):
    """A staff account; name and mobile are masked for others than its owner."""

    id: UUID
    user_name: str
    name: str
    mobile: str
    roles: list[str]
    role_titles: list[str]
    org_path: str
    status: str
    password_due: bool
    signed_in_at: datetime | None
    created_at: datetime


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
    tokens: TokensRead | None = None


class StaffCode(BaseModel):
    """Second step: the code that was sent."""

    challenge_id: UUID
    code: str = Field(min_length=1, max_length=12)


class PasswordChange(BaseModel):
    """Change one's own password."""

    current: str = Field(min_length=1, max_length=200)
    new: str = Field(min_length=1, max_length=200)
