"""Asking for a verification code."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, Field


class VerificationCodeCreate(BaseModel):
    """Ask for a code: to register a unit, to sign in, or to register as a member (bind)."""

    purpose: Literal["register", "sign_in", "bind"]
    mobile: str = Field(min_length=1, max_length=40)
    account_kind: Literal["handler", "member"] | None = None
    """For sign_in: which sort of account; without it, any that the number has."""


class VerificationCodeRead(BaseModel):
    """That a code is on its way; never the code itself."""

    challenge_id: UUID
    mobile: str
    """Masked."""
    expires_at: datetime
    resend_seconds: int
    """After this many seconds another code may be asked for."""
