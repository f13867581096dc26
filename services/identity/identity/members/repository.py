"""SQL of persons."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import aliased
from sqlalchemy.sql.elements import ColumnElement

from common.auth import Actor
from common.db.scope import seen_by
from common.http import Cursor

from ..repository import IdentityRepository
from ..units.models import Unit
from .models import Person, PersonRecord


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """The persons a caller may see: staff by the path of the person's unit, handlers their unit's, members only
    themselves.
    """
    own = aliased(Unit)
    same = (own.tenant_id == Person.tenant_id) & (own.id == Person.unit_id)
    path = select(own.org_path).where(same).correlate(Person).scalar_subquery()
    return seen_by(actor, path=path, unit=Person.unit_id, person=Person.id)


class MemberRepository(IdentityRepository):
    """The persons of one tenant."""

    async def register_new(self, rows: Sequence[Mapping[str, Any]]) -> set[UUID]:
        """Insert the persons that are not known and return their ids; one statement however many they are."""
        if not rows:
            return set()
        statement = insert(Person).on_conflict_do_nothing().returning(Person.id)
        complete = [{"tenant_id": self.tenant_id, **row} for row in rows]
        return set((await self.session.execute(statement, complete)).scalars())

    async def locked(self, person_ids: Sequence[UUID]) -> Sequence[Person]:
        """Lock and return persons, always in the same order."""
        statement = self.select(Person).where(Person.id.in_(person_ids)).order_by(Person.id)
        return await self.all(statement.with_for_update().execution_options(populate_existing=True))

    def remember(self, people: Sequence[Person], *, reason: str) -> None:
        """Add the facts of persons as they are now to the history."""
        self.add_all([person.facts_row(reason) for person in people])

    async def seen(self, person_id: UUID, actor: Actor) -> tuple[Person, str | None] | None:
        """Return a person and their unit's name, if the caller may see them."""
        statement = self._with_unit().where(Person.id == person_id, visible_to(actor))
        row = (await self.session.execute(statement)).one_or_none()
        return (row.Person, row.name) if row else None

    async def page(
        self,
        actor: Actor,
        *,
        cursor: Cursor,
        document_indexes: Sequence[str] | None,
        mobile_indexes: Sequence[str] | None,
        unit_id: UUID | None,
    ) -> Sequence[Person]:
        """Return the persons a caller may see that fit all values given."""
        statement = self.select(Person).where(visible_to(actor))
        if document_indexes is not None:
            statement = statement.where(Person.document_index.in_(document_indexes))
        if mobile_indexes is not None:
            statement = statement.where(Person.mobile_index.in_(mobile_indexes))
        if unit_id is not None:
            statement = statement.where(Person.unit_id == unit_id)
        return await self.all(cursor.apply(statement, Person))

    async def unit_names(self, unit_ids: Sequence[UUID]) -> dict[UUID, str]:
        """Return the names of units."""
        if not unit_ids:
            return {}
        statement = self.select_columns(Unit, Unit.id, Unit.name).where(Unit.id.in_(unit_ids))
        return {row.id: row.name for row in await self.session.execute(statement)}

    async def records(self, person_id: UUID) -> Sequence[PersonRecord]:
        """Return the history of a person, oldest first."""
        statement = self.select(PersonRecord).where(PersonRecord.person_id == person_id)
        return await self.all(statement.order_by(PersonRecord.number))

    async def after(self, person_id: UUID | None, *, limit: int) -> Sequence[Person]:
        """Return persons in the order of their ids, behind one of them; for snapshots."""
        statement = self.select(Person).order_by(Person.id).limit(limit)
        return await self.all(statement if person_id is None else statement.where(Person.id > person_id))

    def _with_unit(self) -> Select[Any]:
        same = (Unit.tenant_id == Person.tenant_id) & (Unit.id == Person.unit_id)
        return self.select_columns(Person, Person, Unit.name).outerjoin(Unit, same)
