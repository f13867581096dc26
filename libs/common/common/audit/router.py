"""The audit log for who may read it: its entries, and whether anybody has touched them. Mounted by every service."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, StringConstraints

from ..auth.actor import Actor
from ..auth.permissions import permission
from ..auth.scope import sees_whole_tenant
from ..db.naming import find_subjects, name_subjects
from ..errors import NotFound
from ..http.deps import ContextDep, SessionDep, requires
from .models import AuditEntry
from .search import Search, found
from .verify import AuditHead, verify

AUDIT_READ = permission("audit.read", "查看审计日志")
Reader = Annotated[Actor, requires(AUDIT_READ)]
Verb = Annotated[str, StringConstraints(min_length=1, max_length=40)]
router = APIRouter(prefix="/audit", tags=["audit"])


class AuditEntryRead(BaseModel):
    """One entry of the chain; it holds ids and facts, never names or numbers of people."""

    seq: int
    at: datetime
    actor_id: str
    action: str
    subject: str
    about: str | None
    """What the subject is called now: the number of a claim, the title of a campaign, the name of a unit"""
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
    context: ContextDep,
    action: Annotated[str | None, Query(max_length=100)] = None,
    kind: Annotated[str | None, Query(max_length=40, description="对象的类型，例如 person")] = None,
    verb: Annotated[list[Verb], Query(max_length=100, description="做了什么，例如 revealed")] = [],  # noqa: B006
    about: Annotated[str | None, Query(max_length=200, description="对象的编号或名称，例如案件号")] = None,
    subject: Annotated[str | None, Query(max_length=200, description="例如 person:<id>")] = None,
    actor_id: Annotated[str | None, Query(max_length=60)] = None,
    since: datetime | None = None,
    until: Annotated[datetime | None, Query(description="此刻之前")] = None,
    before: Annotated[int | None, Query(ge=1)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> AuditPage:
    """审计日志，新的在前：谁、何时、对什么、做了什么。"""
    _require_whole(actor)
    search = Search(
        equal={"action": action, "subject": subject, "actor_id": actor_id},
        kind=kind,
        verbs=verb,
        subjects=None if about is None else await find_subjects(session, context.subjects, about),
        since=since,
        until=until,
    )
    entries = await found(session, search, limit=limit, before=before)
    named = await name_subjects(session, context.subjects, {entry.subject for entry in entries})
    shown = [_read(entry, named.get(entry.subject)) for entry in entries[:limit]]
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


def _read(entry: AuditEntry, about: str | None) -> AuditEntryRead:
    return AuditEntryRead(
        seq=entry.seq,
        at=entry.at,
        actor_id=entry.actor_id,
        action=entry.action,
        subject=entry.subject,
        about=about,
        detail=entry.detail,
        hash=entry.hash.hex(),
    )
