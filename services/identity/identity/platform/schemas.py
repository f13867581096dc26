"""Sign-in of operators."""

from uuid import UUID

from pydantic import BaseModel, Field


class PlatformSessionCreate(BaseModel):
    """Sign in as an operator of the platform."""

    secret: str = Field(min_length=1, max_length=200)
    operator: str | None = Field(None, max_length=60)
    """Which operator; without it, whoever has the secret."""


class PlatformSessionRead(BaseModel):
    """A short-lived token; operators sign in again instead of refreshing."""

    access_token: str
    token_type: str = "Bearer"  # noqa: S105
    expires_in: int
    operator: str
    operator_id: UUID
