"""Erasing a person from a service's tables: sealed values are replaced, the row and what names nobody stay.

A service lists its tables once; `erasure_subscription` makes the handler of PersonErased of them, which acknowledges
to identity in the same transaction. A second delivery changes nothing.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import Text, cast, delete, literal, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from .audit import record
from .consumer.subscription import ConsumerContext, Subscription, subscribe
from .contracts.erasure import ERASURE_DONE
from .contracts.identity import PersonErased
from .crypto import TenantKeys
from .db.repository import unscoped
from .events.emit import emit

ERASED = "已删除"
Extra = Callable[[AsyncSession, PersonErased, ConsumerContext], Awaitable[int]]
Documents = Callable[[AsyncSession, PersonErased, ConsumerContext], Awaitable[Iterable[UUID]]]


@dataclass(frozen=True)
class ErasedTable:
    """A table with personal values of persons.

    `model` is the mapped class and `person` its column with the person's id; with `via`, a class that has a person_id,
    the column refers to a row of that class. `sealed` maps columns that must keep a value to the context under which
    they are opened (and, where it matters, to the text put there); `nulled` are emptied; `indexes` get a value that
    nobody can search for. `removed`: the rows go as a whole.
    """

    model: Any
    person: str = "person_id"
    sealed: Mapping[str, str | tuple[str, str]] = field(default_factory=dict)
    nulled: Sequence[str] = ()
    indexes: Sequence[str] = ()
    removed: bool = False
    via: Any = None

    def rows_of(self, tenant_id: UUID, person_id: UUID) -> Any:
        """Return the condition of a person's rows."""
        return of_person(self.model, self.person, self.via, tenant_id=tenant_id, person_id=person_id)


def of_person(model: Any, person: str, via: Any, *, tenant_id: UUID, person_id: UUID) -> Any:
    """Return the condition of a person's rows: by the column `person`, or by the rows of `via` that it names."""
    column = getattr(model, person)
    if via is None:
        mine = column == person_id
    else:
        mine = column.in_(select(via.id).where(via.tenant_id == tenant_id, via.person_id == person_id))
    return (model.tenant_id == tenant_id) & mine


async def erase_person(
    session: AsyncSession, *, person_id: UUID, keys: TenantKeys, tables: Sequence[ErasedTable]
) -> int:
    """Blank or remove a person's values in the caller's transaction; return how many rows it concerned."""
    rows = 0
    for table in tables:
        statement = _removal(table, person_id, keys) if table.removed else _blanking(table, person_id, keys)
        result = await session.execute(statement, execution_options={"synchronize_session": False})
        rows += int(getattr(result, "rowcount", 0))
    return rows


def _removal(table: ErasedTable, person_id: UUID, keys: TenantKeys) -> Any:
    return unscoped(
        delete(table.model).where(table.rows_of(keys.tenant_id, person_id)),
        why="scoped to the tenant of the keys; the model is the caller's",
    )


def _blanking(table: ErasedTable, person_id: UUID, keys: TenantKeys) -> Any:
    model = table.model
    values: dict[str, Any] = {}
    for name, where in table.sealed.items():
        context, words = (where, ERASED) if isinstance(where, str) else where
        values[name] = keys.seal(words, context=context)
    values |= dict.fromkeys(table.nulled)
    values |= {name: literal("erased:") + cast(model.id, Text) for name in table.indexes}
    return unscoped(
        update(model).where(table.rows_of(keys.tenant_id, person_id)).values(**values),
        why="scoped to the tenant of the keys; the model is the caller's",
    )


def erasure_subscription(
    service: str,
    tables: Sequence[ErasedTable],
    *,
    extra: Extra | None = None,
    documents: Documents | None = None,
) -> Subscription[Any]:
    """Return the subscription by which a service erases persons; `extra` does what tables cannot say.

    `documents` finds, before anything is blanked, the documents about the person: a clerk or a handler may have handed
    them in, so that they are not under the person's key.
    """

    async def on_person_erased(session: AsyncSession, event: PersonErased, context: ConsumerContext) -> None:
        keys = await context.service.keyring.for_tenant(session)
        about = sorted(set(await documents(session, event, context))) if documents is not None else ()
        rows = await erase_person(session, person_id=event.person_id, keys=keys, tables=tables)
        if extra is not None:
            rows += await extra(session, event, context)
        await record(
            session, actor_id=f"erasure:{event.request_id}", action="person.erased",
            subject=f"person:{event.person_id}", detail={"rows": rows},
        )  # fmt: skip
        done = ERASURE_DONE[service](
            request_id=event.request_id, person_id=event.person_id, rows=rows, documents=tuple(about)
        )
        emit(session, done)

    return subscribe(PersonErased, on_person_erased)
