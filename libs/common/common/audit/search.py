"""Finds entries of the audit log by its indexes: a union's log has millions of entries, and what is sought may be rare.

Only comparisons that PostgreSQL calls leakproof may use an index under row-level security, and no function of a column
is: the kind of a subject is therefore a range of texts, a verb the actions it is part of.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from ..db.repository import unscoped
from .models import AuditEntry

WHY = "scoped to the session's tenant here; AuditEntry has no id of its own"
OUT_OF_STEP = 1_000
"""Entries are numbered when their transaction ends and timed when they were made: so far apart the two may be."""


@dataclass(frozen=True)
class Search:
    """What an entry must be; None and empty ask nothing."""

    equal: Mapping[str, str | None] = field(default_factory=dict)
    """Values by the name of the column"""
    kind: str | None = None
    """First part of the subject: "claim" of "claim:<id>"."""
    verbs: Sequence[str] = ()
    """Second part of the action: "revealed" of "member.revealed"."""
    subjects: Sequence[str] | None = None
    since: datetime | None = None
    until: datetime | None = None
    """Before this moment"""


async def found(
    session: AsyncSession, search: Search, *, limit: int, before: int | None = None
) -> list[AuditEntry]:
    """Return at most `limit` + 1 entries, the newest first; with `before`, those with a lower number."""
    statement = _of_tenant(session, select(AuditEntry)).where(*_plain(search), *_times(session, search))
    if search.verbs:
        actions = await _actions(session)
        statement = statement.where(
            AuditEntry.action.in_([one for one in actions if _verb(one) in search.verbs])
        )
    if before is not None:
        statement = statement.where(AuditEntry.seq < before)
    entries = await session.execute(statement.order_by(AuditEntry.seq.desc()).limit(limit + 1))
    return list(entries.scalars())


def _plain(search: Search) -> list[ColumnElement[bool]]:
    wanted = [getattr(AuditEntry, name) == value for name, value in search.equal.items() if value is not None]
    if search.kind is not None:
        first, behind = f"{search.kind}:", f"{search.kind};"  # ";" is what comes after ":"
        of_kind = and_(AuditEntry.subject >= first, AuditEntry.subject < behind)
        wanted.append(or_(AuditEntry.subject == search.kind, of_kind))
    if search.subjects is not None:
        wanted.append(AuditEntry.subject.in_(search.subjects))
    return wanted


def _times(session: AsyncSession, search: Search) -> list[ColumnElement[bool]]:
    """The times, and with them the numbers about them: the log is walked by number, and not beyond these."""
    wanted: list[ColumnElement[bool]] = []
    at, seq = AuditEntry.at, AuditEntry.seq
    if search.since is not None:
        near = _of_tenant(session, select(seq)).where(at >= search.since).order_by(at, seq).limit(OUT_OF_STEP)
        lowest = select(func.min(near.subquery().c.seq)).scalar_subquery()
        wanted += [at >= search.since, seq >= lowest]
    if search.until is not None:
        near = (
            _of_tenant(session, select(seq))
            .where(at < search.until)
            .order_by(at.desc(), seq.desc())
            .limit(OUT_OF_STEP)
        )
        highest = select(func.max(near.subquery().c.seq)).scalar_subquery()
        wanted += [at < search.until, seq <= highest]
    return wanted


async def _actions(session: AsyncSession) -> list[str]:
    """Return which actions the log holds, each with one step into its index."""
    action = AuditEntry.action
    first = _of_tenant(session, select(func.min(action).label("action"))).cte("actions", recursive=True)
    after = _of_tenant(session, select(func.min(action))).where(action > first.c.action).scalar_subquery()
    steps = first.union_all(select(after).where(first.c.action.is_not(None)))
    held = await session.execute(select(steps.c.action).where(steps.c.action.is_not(None)))
    return list(held.scalars())


def _verb(action: str) -> str:
    return action.partition(".")[2].partition(".")[0]


def _of_tenant(session: AsyncSession, statement: Select[Any]) -> Select[Any]:
    return unscoped(statement.where(AuditEntry.tenant_id == session.info["tenant_id"]), why=WHY)
