"""Reads the audit log again and says whether anybody has touched it."""

from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncSession

from ..db.repository import unscoped
from .models import AuditEntry
from .rules import GENESIS, chained_hash

CONTENT = AuditEntry.__table__.columns


class AuditHead(NamedTuple):
    """The newest entry of a chain. Kept elsewhere, it proves later that the end was not cut off."""

    seq: int
    hash: bytes


class AuditVerdict(NamedTuple):
    """What the check found: entries read, and the first broken number with the reason, if any."""

    entries: int
    head: AuditHead
    broken_seq: int | None = None
    reason: str | None = None

    @property
    def intact(self) -> bool:
        """Whether nothing was found."""
        return self.broken_seq is None


async def head(session: AsyncSession) -> AuditHead:
    """Return the newest entry of the session's tenant; (0, 32 zero bytes) for an empty log."""
    statement = unscoped(
        select(AuditEntry.seq, AuditEntry.hash)
        .where(AuditEntry.tenant_id == session.info["tenant_id"])
        .order_by(AuditEntry.seq.desc())
        .limit(1),
        why="scoped to the session's tenant here; AuditEntry has no id of its own",
    )
    row = (await session.execute(statement)).one_or_none()
    return AuditHead(row.seq, row.hash) if row else AuditHead(0, GENESIS)


async def verify(session: AsyncSession, *, anchor: AuditHead | None = None) -> AuditVerdict:
    """Read the tenant's whole log in its order, a thousand entries at a time, up to the first broken one.

    A chain cannot know that its newest entries are missing: pass an `anchor` (an earlier `head`, kept outside
    this database) to find that, and a chain that was written anew.
    """
    tenant_id: UUID = session.info["tenant_id"]
    statement = unscoped(
        select(*CONTENT).where(AuditEntry.tenant_id == tenant_id).order_by(AuditEntry.seq),
        why="scoped to the session's tenant here; AuditEntry has no id of its own",
    )
    last = AuditHead(0, GENESIS)
    result = await session.stream(statement.execution_options(yield_per=1000))
    async for row in result:
        reason = _fault(row, last, anchor)
        if reason:
            await result.close()
            return AuditVerdict(last.seq, last, last.seq + 1, reason)
        last = AuditHead(row.seq, row.hash)
    if anchor is not None and last.seq < anchor.seq:
        return AuditVerdict(last.seq, last, last.seq + 1, "missing")
    return AuditVerdict(last.seq, last)


def _fault(row: Row[tuple[object, ...]], last: AuditHead, anchor: AuditHead | None) -> str | None:
    if row.seq != last.seq + 1:
        return "missing"
    if row.previous_hash != last.hash:
        return "not linked to the entry before it"
    if row.hash != _expected(row):
        return "changed"
    if anchor is not None and anchor.seq == row.seq and anchor.hash != row.hash:
        return "not the entry that was anchored"
    return None


def _expected(row: Row[tuple[object, ...]]) -> bytes:
    return chained_hash(
        row.previous_hash,
        tenant_id=row.tenant_id,
        seq=row.seq,
        at=row.at,
        actor_id=row.actor_id,
        action=row.action,
        subject=row.subject,
        detail=row.detail,
    )
