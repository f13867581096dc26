"""Repositories: the only place with SQL, always scoped to one tenant."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import Delete, Select, Update, Uuid, any_, delete, literal, select, true, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.sql.elements import ColumnElement

from .columns import TenantRow

Row = TypeVar("Row", bound=TenantRow)
Statement = TypeVar("Statement")
_filter_on: ContextVar[bool] = ContextVar("tenant_filter_on", default=True)


@contextmanager
def without_tenant_filter() -> Iterator[None]:
    """Switch the repositories' own tenant filter off, to prove that the database alone holds."""
    token = _filter_on.set(False)
    try:
        yield
    finally:
        _filter_on.reset(token)


IDS = ARRAY(Uuid())


def among(column: InstrumentedAttribute[UUID], ids: Iterable[UUID]) -> ColumnElement[bool]:
    """The condition of being one of these, one parameter however many they are (PostgreSQL takes 32,767 of them)."""
    return column == any_(literal(list(ids), IDS))


def unscoped(statement: Statement, *, why: str) -> Statement:
    """Mark a statement that does not go through `TenantRepository`'s scope; `why` is for the reader.

    Row-level security still applies. The architecture tests accept raw SQL only inside this call.
    """
    if not why:
        raise ValueError("say why this statement is not scoped")
    return statement


class TenantRepository:
    """Base of every repository: a session and the tenant whose rows it may touch."""

    def __init__(self, session: AsyncSession, tenant_id: UUID) -> None:
        self.session = session
        self.tenant_id = tenant_id

    def mine(self, model: type[TenantRow]) -> ColumnElement[bool]:
        """The condition that a row belongs to this tenant."""
        return model.tenant_id == self.tenant_id if _filter_on.get() else true()

    def select(self, model: type[Row]) -> Select[Row]:
        """SELECT rows of this tenant."""
        return select(model).where(self.mine(model))

    def select_columns(self, model: type[TenantRow], *columns: Any) -> Select[Any]:
        """SELECT columns or aggregates over this tenant's rows of `model`."""
        return select(*columns).select_from(model).where(self.mine(model))

    def update(self, model: type[TenantRow]) -> Update:
        """UPDATE rows of this tenant."""
        return update(model).where(self.mine(model))

    def delete(self, model: type[TenantRow]) -> Delete:
        """DELETE rows of this tenant."""
        return delete(model).where(self.mine(model))

    async def find(self, model: type[Row], row_id: UUID, *, lock: bool = False) -> Row | None:
        """Return one row by id or None; `lock` takes FOR UPDATE until the transaction ends."""
        statement = self.select(model).where(model.id == row_id)
        if lock:
            statement = statement.with_for_update().execution_options(populate_existing=True)
        return (await self.session.execute(statement)).scalar_one_or_none()

    async def first(self, statement: Select[Row]) -> Row | None:
        """Return the first row of a statement or None."""
        return (await self.session.execute(statement.limit(1))).scalars().first()

    async def all(self, statement: Select[Row]) -> Sequence[Row]:
        """Return all rows of a statement."""
        return (await self.session.execute(statement)).scalars().all()

    def add(self, row: Row) -> Row:
        """Add a new row; it gets this tenant's id."""
        row.tenant_id = self.tenant_id
        self.session.add(row)
        return row

    def add_all(self, rows: Sequence[TenantRow]) -> None:
        """Add many new rows; each gets this tenant's id."""
        for row in rows:
            row.tenant_id = self.tenant_id
        self.session.add_all(rows)

    async def remove(self, row: TenantRow) -> None:
        """Delete one loaded row."""
        await self.session.delete(row)
