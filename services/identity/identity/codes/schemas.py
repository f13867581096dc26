"""Asking for a verification code."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, Field


class CaptchaCreate(BaseModel):
    """Ask for a captcha: a picture, or the same by ear."""

    kind: Literal["image", "audio"] = "image"


class CaptchaRead(BaseModel):
    """A captcha, good for one answer within five minutes."""

    captcha_id: UUID
    media_type: Literal["image/png", "audio/wav"]
    content: str
    """Base64."""
    expires_at: datetime


class CaptchaAnswer(BaseModel):
    """What a captcha says."""

    captcha_id: UUID
    answer: str = Field(min_length=1, max_length=20)


class VerificationCodeCreate(BaseModel):
    """Ask for a code: to register a unit, to sign in, to register as a member (bind), or to take one's account over
    to this number (recover).
    """

    purpose: Literal["register", "sign_in", "bind", "recover"]
    mobile: str = Field(min_length=1, max_length=40)
    account_kind: Literal["handler", "member"] | None = None
    """For sign_in: which sort of account; without it, any that the number has."""
    captcha: CaptchaAnswer | None = None
    """Needed where the union asks for it (`registration.binding.captcha`) to bind or recover."""


class OwnCodeCreate(BaseModel):
    """Ask for a code while signed in: to prove the account's mobile (prove_mobile), to unbind, to change to `mobile`
    (change_mobile), or to confirm that it is oneself before money goes to another card (confirm).
    """

    purpose: Literal["prove_mobile", "unbind", "change_mobile", "confirm"]
    mobile: str | None = Field(None, max_length=40)


class VerificationCodeRead(BaseModel):
    """That a code is on its way; never the code itself."""

    challenge_id: UUID
    mobile: str
    """Masked."""
    expires_at: datetime
    resend_seconds: int
    """After this many seconds another code may be asked for."""
