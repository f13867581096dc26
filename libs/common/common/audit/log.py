"""Writes the audit log. Entries are chained at the very end of a transaction: the lock is held briefly."""

from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import event, insert, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session, SessionTransaction

from ..clock import now
from ..db.repository import unscoped
from .models import AuditEntry
from .rules import GENESIS, chained_hash, checked

PENDING = "audit_pending"
NOBODY = UUID(int=0)
LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended('huzhu.audit:' || :tenant, 0))")


class Pending(NamedTuple):
    """An entry that waits for the end of its transaction."""

    at: datetime
    actor_id: str
    action: str
    subject: str
    detail: dict[str, Any]


async def record(
    session: AsyncSession,
    *,
    actor_id: object,
    action: str,
    subject: str,
    detail: dict[str, Any] | None = None,
) -> None:
    """Append to the tenant's audit log: it is there exactly if the caller's transaction commits.

    `actor_id` is the account ("system" also for the id of `Actor.system`), `action` in the past tense
    ("member.revealed"), `subject` what it was done to ("person:<uuid>"), `detail` ids and facts. AuditRefused if any of
    them looks personal.

    The chain of a tenant grows under a lock, taken when the transaction commits and after all other changes
    are written: nobody waits for a use case, and no two can lock rows and chain crosswise. An entry made inside a
    savepoint is dropped when that savepoint is rolled back.
    """
    entry = Pending(
        now(),
        checked("system" if actor_id == NOBODY else str(actor_id), where="actor_id"),
        checked(action, where="action"),
        checked(subject, where="subject"),
        checked(detail or {}),
    )
    sync = session.sync_session
    if _tenant_of(sync) is None:
        raise RuntimeError("the audit log belongs to a tenant; the session has none")
    if PENDING not in sync.info:
        sync.info[PENDING] = []
        event.listen(sync, "before_commit", _on_commit)
        event.listen(sync, "after_soft_rollback", _on_rollback)
    sync.info[PENDING].append((entry, sync.get_nested_transaction()))


def _on_commit(session: Session) -> None:
    if session.get_nested_transaction() is None and session.info[PENDING]:
        waiting, session.info[PENDING] = session.info[PENDING], []
        _append(session, [entry for entry, _ in waiting])


def _on_rollback(session: Session, previous: SessionTransaction) -> None:
    ended = previous  # of a flush that failed: what was rolled back is the savepoint or transaction around it
    while not ended.nested and ended.parent is not None:
        ended = ended.parent
    waiting = session.info[PENDING] if ended.nested else []
    session.info[PENDING] = [(entry, made_in) for entry, made_in in waiting if not _within(made_in, ended)]


def _within(made_in: SessionTransaction | None, ended: SessionTransaction) -> bool:
    """Whether a savepoint is `ended` or inside it."""
    while made_in is not None and made_in is not ended:
        made_in = made_in.parent
    return made_in is ended


def _append(session: Session, entries: list[Pending]) -> None:
    tenant_id = _tenant_of(session)
    if tenant_id is None:
        raise RuntimeError("the session lost its tenant before it committed")
    session.flush()
    session.execute(LOCK, {"tenant": str(tenant_id)})
    newest = unscoped(
        select(AuditEntry.seq, AuditEntry.hash)
        .where(AuditEntry.tenant_id == tenant_id)
        .order_by(AuditEntry.seq.desc())
        .limit(1),
        why="scoped to the session's tenant here; AuditEntry has no id of its own",
    )
    last = session.execute(newest).one_or_none()
    seq, previous = (last.seq, last.hash) if last else (0, GENESIS)
    rows: list[dict[str, Any]] = []
    for entry in entries:
        seq += 1
        content = entry._asdict()
        hashed = chained_hash(previous, tenant_id=tenant_id, seq=seq, **content)
        rows.append(
            {"tenant_id": tenant_id, "seq": seq, **content, "previous_hash": previous, "hash": hashed}
        )
        previous = hashed
    session.execute(insert(AuditEntry), rows)


def _tenant_of(session: Session) -> UUID | None:
    tenant_id: UUID | None = session.info.get("tenant_id")
    return tenant_id
