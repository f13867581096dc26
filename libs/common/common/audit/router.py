"""The audit log for who may read it: its entries, and whether anybody has touched them. Mounted by every service."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from ..auth.actor import Actor
from ..auth.permissions import permission
from ..auth.scope import sees_whole_tenant
from ..db.repository import unscoped
from ..errors import NotFound
from ..http.deps import SessionDep, requires
from .models import AuditEntry
from .verify import AuditHead, verify

AUDIT_READ = permission("audit.read", "查看审计日志")
Reader = Annotated[Actor, requires(AUDIT_READ)]
router = APIRouter(prefix="/audit", tags=["audit"])


class AuditEntryRead(BaseModel):
    """One entry of the chain; it holds ids and facts, never names or numbers."""

    seq: int
    at: datetime
    actor_id: str
    action: str
    subject: str
    detail: dict[str, Any]
    hash: str


class AuditPage(BaseModel):
    """Entries, newest first; `next_before` begins the next page."""

    items: list[AuditEntryRead]
    next_before: int | None


class AuditVerdictRead(BaseModel):
    """Whether the chain is whole. `seq` and `hash`, kept elsewhere and sent again, prove that the end is there."""

    intact: bool
    entries: int
    seq: int
    hash: str
    broken_seq: int | None
    reason: str | None


@router.get("")
async def list_audit(
    session: SessionDep,
    actor: Reader,
    action: Annotated[str | None, Query(max_length=100)] = None,
    subject: Annotated[str | None, Query(max_length=200, description="例如 person:<id>")] = None,
    actor_id: Annotated[str | None, Query(max_length=60)] = None,
    since: datetime | None = None,
    before: Annotated[int | None, Query(ge=1)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> AuditPage:
    """审计日志，新的在前：谁、何时、对什么、做了什么。"""
    _require_whole(actor)
    entries = await _entries(
        session,
        limit=limit,
        before=before,
        since=since,
        equal={"action": action, "subject": subject, "actor_id": actor_id},
    )
    shown = [_read(entry) for entry in entries[:limit]]
    return AuditPage(items=shown, next_before=shown[-1].seq if len(entries) > limit else None)


@router.get("/verify")
async def verify_audit(
    session: SessionDep,
    actor: Reader,
    seq: Annotated[int | None, Query(ge=0, description="早先保存的序号")] = None,
    hash: Annotated[str | None, Query(pattern="^[0-9a-f]{64}$", description="早先保存的哈希")] = None,  # noqa: A002
) -> AuditVerdictRead:
    """校验审计日志是否被改动；带上早先保存的序号和哈希，可发现末尾被删除。"""
    _require_whole(actor)
    anchor = AuditHead(seq, bytes.fromhex(hash)) if seq is not None and hash is not None else None
    verdict = await verify(session, anchor=anchor)
    return AuditVerdictRead(
        intact=verdict.intact,
        entries=verdict.entries,
        seq=verdict.head.seq,
        hash=verdict.head.hash.hex(),
        broken_seq=verdict.broken_seq,
        reason=verdict.reason,
    )


def _require_whole(actor: Actor) -> None:
    """NotFound for who works for a part only: the log is the whole union's."""
    if not sees_whole_tenant(actor):
        raise NotFound


async def _entries(
    session: AsyncSession,
    *,
    limit: int,
    before: int | None,
    since: datetime | None,
    equal: dict[str, str | None],
) -> list[AuditEntry]:
    statement = unscoped(
        select(AuditEntry).where(AuditEntry.tenant_id == session.info["tenant_id"]),
        why="scoped to the session's tenant here; AuditEntry has no id of its own",
    )
    for name, value in equal.items():
        if value is not None:
            statement = statement.where(getattr(AuditEntry, name) == value)
    if before is not None:
        statement = statement.where(AuditEntry.seq < before)
    if since is not None:
        statement = statement.where(AuditEntry.at >= since)
    found = await session.execute(statement.order_by(AuditEntry.seq.desc()).limit(limit + 1))
    return list(found.scalars())


def _read(entry: AuditEntry) -> AuditEntryRead:
    return AuditEntryRead(
        seq=entry.seq,
        at=entry.at,
        actor_id=entry.actor_id,
        action=entry.action,
        subject=entry.subject,
        detail=entry.detail,
        hash=entry.hash.hex(),
    )
