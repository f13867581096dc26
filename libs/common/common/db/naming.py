"""What things are called that the audit log speaks of: the number of a claim or an order, the title of a campaign."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from .repository import unscoped

Plain = InstrumentedAttribute[Any]
Subjects = Mapping[str, Plain | tuple[Plain, Plain]]
"""By the first part of a subject ("claim" of "claim:<id>"): the plain column that people know such a thing by; where it
stands in other rows than the thing itself, before it the column of these that holds the id."""
MOST_FOUND = 50


async def name_subjects(session: AsyncSession, known: Subjects, subjects: Iterable[str]) -> dict[str, str]:
    """Return what each subject is called; one that is gone, or has no such column, is left out."""
    wanted: dict[str, set[UUID]] = defaultdict(set)
    for subject in subjects:
        noun, _, number = subject.partition(":")
        if noun in known and (found := _id(number)):
            wanted[noun].add(found)
    named: dict[str, str] = {}
    for noun, ids in wanted.items():
        key, column = _columns(known[noun])
        for row in await session.execute(_of_tenant(session, key, column).where(key.in_(ids))):
            if row[1]:
                named[f"{noun}:{row[0]}"] = str(row[1])
    return named


async def find_subjects(session: AsyncSession, known: Subjects, words: str) -> list[str]:
    """Return the subjects that are called exactly so."""
    found: list[str] = []
    for noun, named in known.items():
        key, column = _columns(named)
        statement = _of_tenant(session, key, column).where(column == words).limit(MOST_FOUND)
        found += [f"{noun}:{row[0]}" for row in await session.execute(statement)]
    return found


def _columns(named: Plain | tuple[Plain, Plain]) -> tuple[Plain, Plain]:
    return named if isinstance(named, tuple) else (named.class_.id, named)


def _of_tenant(session: AsyncSession, key: Plain, column: Plain) -> Select[Any]:
    model = column.class_
    return unscoped(
        select(key, column)
        .where(model.tenant_id == session.info["tenant_id"])
        .order_by(model.created_at),  # the newest wording of a thing is the last that is read
        why="scoped to the session's tenant here; which model it is, each service says",
    )


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
