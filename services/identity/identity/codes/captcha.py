"""Picture captchas and the same by ear: made by a library, answered once, kept in Redis for five minutes."""

import asyncio
import base64
import hmac
import secrets
from datetime import timedelta
from functools import lru_cache
from typing import Literal
from uuid import UUID

from captcha.audio import AudioCaptcha
from captcha.image import ImageCaptcha
from redis.exceptions import RedisError

from common.clock import now
from common.errors import ServiceBusy
from common.http import ServiceContext
from common.ids import new_id

from ..extras import limits, settings_of
from .errors import CaptchaNeeded, CaptchaWrong
from .schemas import CaptchaAnswer, CaptchaRead

CaptchaKind = Literal["image", "audio"]
ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Without what looks alike: 0 and O, 1, I and L."""
LETTERS, DIGITS = 5, 6
LIFETIME = timedelta(minutes=5)
TEN_MINUTES = 600
# Sound takes half a second of one core: two at a time at most.
_AT_ONCE = asyncio.Semaphore(2)


async def new_captcha(
    context: ServiceContext, *, tenant_id: UUID, kind: CaptchaKind, address: str
) -> CaptchaRead:
    """Make a captcha; what it says is kept as a keyed digest only. TooManyRequests beyond the address's limit."""
    most = settings_of(context).captchas_per_address // (1 if kind == "image" else 10)
    await limits(context).hit(f"captcha-{kind}:{address}", most=max(most, 1), seconds=TEN_MINUTES)
    alphabet, length = (ALPHABET, LETTERS) if kind == "image" else ("0123456789", DIGITS)
    said = "".join(secrets.choice(alphabet) for _ in range(length))
    captcha_id = new_id()
    async with _AT_ONCE:
        content = await asyncio.to_thread(_draw if kind == "image" else _speak, said)
    try:
        await context.redis.set(
            _name(tenant_id, captcha_id),
            _digest(context, captcha_id, said),
            ex=int(LIFETIME.total_seconds()),
        )
    except (RedisError, OSError):
        raise ServiceBusy from None
    return CaptchaRead(
        captcha_id=captcha_id,
        media_type="image/png" if kind == "image" else "audio/wav",
        content=base64.b64encode(content).decode(),
        expires_at=now() + LIFETIME,
    )


async def redeem_captcha(context: ServiceContext, *, tenant_id: UUID, answer: CaptchaAnswer | None) -> None:
    """Use a captcha up, right or wrong; CaptchaNeeded without an answer, CaptchaWrong for a wrong or old one."""
    if answer is None:
        raise CaptchaNeeded
    try:
        stored = await context.redis.getdel(_name(tenant_id, answer.captcha_id))
    except (RedisError, OSError):
        raise ServiceBusy from None
    given = "".join(answer.answer.split()).upper()
    if not isinstance(stored, bytes) or not hmac.compare_digest(
        stored, _digest(context, answer.captcha_id, given)
    ):
        raise CaptchaWrong


def _name(tenant_id: UUID, captcha_id: UUID) -> str:
    return f"captcha:{tenant_id}:{captcha_id}"


def _digest(context: ServiceContext, captcha_id: UUID, said: str) -> bytes:
    return hmac.digest(context.link_key, f"captcha:{captcha_id}:{said}".encode(), "sha256")


@lru_cache(maxsize=1)
def _painter() -> ImageCaptcha:
    return ImageCaptcha(width=200, height=72)


@lru_cache(maxsize=1)
def _speaker() -> AudioCaptcha:
    return AudioCaptcha()


def _draw(said: str) -> bytes:
    return _painter().generate(said).getvalue()


def _speak(said: str) -> bytes:
    return bytes(_speaker().generate(said))
