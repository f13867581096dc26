"""Sandboxes of the ports for local runs: they decide by simple rules and can be steered from the sandbox page.

Rules: a face passes, a card matches. Steering: what the next decisions are ("fail", "away", "pending"), for the whole
tenant; kept in Redis for an hour. A WeChat code is any text: the same code is the same user; "invalid" is refused.
"""

import hashlib
import secrets
from typing import Literal, cast
from urllib.parse import quote
from uuid import UUID

from redis.asyncio import Redis

from common.errors import SandboxClosed
from common.http import ServiceContext
from common.identifiers import DOCUMENT_KINDS

from .interface import CardAsked, FaceAsked, FaceStarted, Verdict, VerificationAway, WeChatCodeInvalid

Port = Literal["face", "card"]
Steer = Literal["pass", "fail", "away", "pending"]
HOUR = 3600
RECENT = 50


def require_local(context: ServiceContext) -> None:
    """SandboxClosed outside local runs."""
    if context.settings.environment != "local":
        raise SandboxClosed


def _text(stored: bytes | str) -> str:
    return stored if isinstance(stored, str) else stored.decode()


class Steering:
    """What the sandbox's next decisions are, and which it has made."""

    def __init__(self, redis: "Redis") -> None:
        self._redis = redis

    async def set(self, tenant_id: UUID, port: Port, steer: Steer) -> None:
        """Decide so from now on, for an hour."""
        await self._redis.set(f"sandbox:{port}:{tenant_id}", steer, ex=HOUR)

    async def get(self, tenant_id: UUID, port: Port) -> Steer:
        """Return how the sandbox decides now."""
        found = await self._redis.get(f"sandbox:{port}:{tenant_id}")
        return cast(Steer, _text(found)) if found else "pass"

    async def note(self, tenant_id: UUID, port: Port, decision: str) -> None:
        """Remember a decision for the sandbox page; names nobody."""
        name = f"sandbox:decisions:{tenant_id}"
        await self._redis.lpush(name, f"{port}:{decision}")
        await self._redis.ltrim(name, 0, RECENT - 1)
        await self._redis.expire(name, HOUR)

    async def decisions(self, tenant_id: UUID) -> list[str]:
        """Return the newest decisions, "face:passed" and the like."""
        found = await self._redis.lrange(f"sandbox:decisions:{tenant_id}", 0, RECENT - 1)
        return [_text(entry) for entry in found]


class SandboxFace:
    """Passes every living face until it is steered otherwise."""

    kinds: frozenset[str] = frozenset(DOCUMENT_KINDS)

    def __init__(self, steering: Steering) -> None:
        self._steering = steering

    async def begin(self, asked: FaceAsked) -> FaceStarted:
        """Open a verification on the sandbox page."""
        if await self._steering.get(asked.tenant_id, "face") == "away":
            raise VerificationAway
        token, back = secrets.token_urlsafe(24), quote(asked.return_url, safe="")
        return FaceStarted(token, f"/sandbox/?face={asked.reference}&back={back}")

    async def outcome(self, tenant_id: UUID, token: str) -> Verdict:
        """Decide as steered."""
        steer = await self._steering.get(tenant_id, "face")
        if steer == "away":
            raise VerificationAway
        verdicts: dict[Steer, Verdict] = {"pass": "passed", "fail": "failed", "pending": "pending"}
        await self._steering.note(tenant_id, "face", verdicts[steer])
        return verdicts[steer]


class SandboxCards:
    """Finds that the four factors match until it is steered otherwise."""

    def __init__(self, steering: Steering) -> None:
        self._steering = steering

    async def matches(self, asked: CardAsked) -> bool:
        """Decide as steered."""
        steer = await self._steering.get(asked.tenant_id, "card")
        if steer in {"away", "pending"}:
            raise VerificationAway
        await self._steering.note(asked.tenant_id, "card", "passed" if steer == "pass" else "failed")
        return steer == "pass"


class SandboxWeChat:
    """Takes every code for a user of its own."""

    async def open_id(self, *, app_id: str, key_name: str, code: str) -> str:
        """Return an open id that follows from app and code."""
        if code == "invalid":
            raise WeChatCodeInvalid
        if code == "away":
            raise VerificationAway
        return "o" + hashlib.sha256(f"{app_id}:{code}".encode()).hexdigest()[:27]
