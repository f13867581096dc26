"""Idempotency keys: a request sent twice takes effect once and gets the same answer."""

import hashlib
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Annotated, Any, TypeVar
from uuid import UUID

from fastapi import Depends, Header, Request
from pydantic import BaseModel
from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from ..clock import now
from ..crypto import Keyring
from ..db.columns import Base
from ..errors import DomainError
from ..text import Text

Answer = TypeVar("Answer", bound=BaseModel)
CONTEXT = "idempotency.answer"


class IdempotencyKeyRequired(DomainError):
    """A request that creates or pays came without a key."""

    status = 400
    code = "idempotency.key_required"
    text = Text(
        "请带上 Idempotency-Key（8 到 128 个字符）。", "Send an Idempotency-Key of 8 to 128 characters."
    )


class IdempotencyKeyReused(DomainError):
    """The key was used before for something else."""

    status = 422
    code = "idempotency.key_reused"
    text = Text(
        "这个 Idempotency-Key 已用于另一个请求，请换一个新的。",
        "This Idempotency-Key was used for a different request. Use a new one.",
    )


class IdempotencyRecord(Base):
    """A key, what it was for, and the answer given."""

    __tablename__ = "idempotency_key"
    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    actor_id: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    operation: Mapped[str]
    fingerprint: Mapped[bytes]
    response: Mapped[dict[str, Any] | None]
    created_at: Mapped[datetime]


class Once:
    """Runs an operation at most once per key, in the operation's own transaction."""

    def __init__(self, key: str, operation: str, fingerprint: bytes, keyring: Keyring) -> None:
        self._keyring = keyring
        self.key = key
        self.operation = operation
        self.fingerprint = fingerprint

    def for_content(self, digest: bytes) -> "Once":
        """Return the same key, bound to a content that was streamed: `digest` is its hash."""
        fingerprint = hashlib.sha256(self.operation.encode() + b"\0" + digest).digest()
        return Once(self.key, self.operation, fingerprint, self._keyring)

    async def run(
        self,
        session: AsyncSession,
        *,
        caller: str,
        answer: type[Answer],
        work: Callable[[], Awaitable[Answer]],
    ) -> Answer:
        """Return what `work` answers, or what it answered the first time the key was used by `caller`.

        A second request waits for the first one's transaction; if that fails, the second does the work.
        """
        tenant_id = session.info["tenant_id"]
        mine = (
            IdempotencyRecord.tenant_id == tenant_id,
            IdempotencyRecord.actor_id == caller,
            IdempotencyRecord.key == self.key,
        )
        reserve = (
            insert(IdempotencyRecord)
            .values(
                tenant_id=tenant_id,
                actor_id=caller,
                key=self.key,
                operation=self.operation,
                fingerprint=self.fingerprint,
                created_at=now(),
            )
            .on_conflict_do_nothing()
            .returning(IdempotencyRecord.key)
        )
        if (await session.execute(reserve)).scalar_one_or_none() is None:
            record = (await session.execute(select(IdempotencyRecord).where(*mine))).scalar_one()
            if record.fingerprint != self.fingerprint or record.response is None:
                raise IdempotencyKeyReused
            opened = await self._keyring.open(session, record.response["sealed"], context=CONTEXT)
            return answer.model_validate_json(opened)
        result = await work()
        # An answer may name people and illnesses: it is kept only as ciphertext.
        keys = await self._keyring.for_tenant(session)
        sealed = keys.seal(result.model_dump_json(by_alias=True), context=CONTEXT)
        await session.execute(update(IdempotencyRecord).where(*mine).values(response={"sealed": sealed}))
        return result


async def _body(request: Request) -> bytes:
    """Return the body, nothing if the endpoint has streamed it already (whatever type the sender gave it)."""
    try:
        return await request.body()
    except RuntimeError:
        return b""


async def once(request: Request, key: Annotated[str | None, Header(alias="Idempotency-Key")] = None) -> Once:
    """Read the Idempotency-Key of a request and take the fingerprint of what it asks for."""
    if not key or not 8 <= len(key) <= 128:
        raise IdempotencyKeyRequired
    # A streamed body is not read here: its endpoint binds the key to the content by `for_content`.
    kind = request.headers.get("content-type", "application/json")
    body = await _body(request) if "json" in kind else b""
    operation = f"{request.method} {request.url.path}"
    fingerprint = hashlib.sha256(operation.encode() + b"\0" + body).digest()
    return Once(key, operation, fingerprint, request.app.state.context.keyring)


OnceDep = Annotated[Once, Depends(once)]
