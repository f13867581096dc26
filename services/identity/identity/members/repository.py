"""SQL of persons."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Select, Text, cast, literal, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import aliased
from sqlalchemy.sql.elements import ColumnElement

from common.auth import Actor
from common.clock import now
from common.crypto import TenantKeys
from common.db.scope import seen_by
from common.http import Cursor
from common.ids import new_id

from ..repository import IdentityRepository
from ..units.models import Unit
from .models import ERASED, GivenReason, MemberCounter, Person, PersonRecord
from .rules import Criteria, member_number

REASON = "person.reason"


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """The persons a caller may see: staff by the path of the person's unit, handlers their unit's, members only
    themselves.
    """
    own = aliased(Unit)
    same = (own.tenant_id == Person.tenant_id) & (own.id == Person.unit_id)
    path = select(own.org_path).where(same).correlate(Person).scalar_subquery()
    return seen_by(actor, path=path, unit=Person.unit_id, person=Person.id)


def fitting(criteria: Criteria) -> list[ColumnElement[bool]]:
    """The conditions of a search; values are compared by their blind indexes."""
    wanted: list[ColumnElement[bool]] = []
    if criteria.document_indexes is not None:
        wanted.append(Person.document_index.in_(criteria.document_indexes))
    if criteria.mobile_indexes is not None:
        wanted.append(Person.mobile_index.in_(criteria.mobile_indexes))
    if criteria.name_indexes is not None:
        wanted.append(Person.name_index.in_(criteria.name_indexes))
    if criteria.member_number is not None:
        wanted.append(Person.member_number == criteria.member_number)
    if criteria.unit_id is not None:
        wanted.append(Person.unit_id == criteria.unit_id)
    if criteria.state is not None:
        wanted.append(Person.state == criteria.state)
    if criteria.over_age is not None:
        wanted.append(Person.over_age == criteria.over_age)
    if criteria.batch_id is not None:
        wanted.append(Person.batch_id == criteria.batch_id)
    return wanted


def is_erased() -> ColumnElement[bool]:
    """The condition of a row that was erased, as `Person.is_erased` says it."""
    return Person.document_index == literal(ERASED) + cast(Person.id, Text)


class MemberRepository(IdentityRepository):
    """The persons of one tenant."""

    async def allot_numbers(self, count: int) -> list[str]:
        """Return so many new member numbers; others who want some wait for this transaction's end."""
        statement = insert(MemberCounter).values(
            tenant_id=self.tenant_id, id=new_id(), created_at=now(), given=count
        )
        statement = statement.on_conflict_do_update(
            index_elements=["tenant_id"], set_={"given": MemberCounter.given + count}
        )
        given = (await self.session.execute(statement.returning(MemberCounter.given))).scalar_one()
        return [member_number(serial) for serial in range(given - count + 1, given + 1)]

    async def register_new(self, rows: Sequence[Mapping[str, Any]]) -> set[UUID]:
        """Insert the persons that are not known and return their ids; one statement however many they are.

        Each gets a member number; the number of somebody who was known after all is not used again. A row that was
        erased is nobody: it carries the person from now on.
        """
        if not rows:
            return set()
        revived = await self._revive({row["id"]: row for row in rows})
        rows = [row for row in rows if row["id"] not in revived]
        return revived | await self._insert(rows) if rows else revived

    async def person_for(self, row: Mapping[str, Any], *, indexes: Sequence[str]) -> tuple[UUID, bool]:
        """Return the person of a document number, and whether they entered just now with the facts of `row`.

        The one place that decides who that is: who carries the number now; else the id that follows from the number,
        whether not known yet or erased; else an id of its own, for that one belongs to somebody whose number was
        corrected.
        """
        holder = next(iter(await self.of_document(indexes)), None)
        if holder is None:
            if await self.register_new([row]):
                return row["id"], True
            holder = next(iter(await self.of_document(indexes)), None)  # another request was first
        if holder is not None:
            return holder.id, False
        own = {**row, "id": new_id()}
        await self.register_new([own])
        return own["id"], True

    async def _revive(self, given: Mapping[UUID, Mapping[str, Any]]) -> set[UUID]:
        """Let rows that were erased carry the persons of their ids, unless another row carries the number by now."""
        blanked = self.select_columns(Person, Person.id).where(Person.id.in_(list(given)), is_erased())
        found = await self.locked(list((await self.session.execute(blanked)).scalars()))
        wanted = [given[person.id]["document_index"] for person in found]
        taken = {holder.document_index for holder in await self.of_document(wanted)} if wanted else set()
        revived = [p for p in found if p.is_erased and given[p.id]["document_index"] not in taken]
        for person in revived:
            person.revive(given[person.id])
        await self.session.flush()
        return {person.id for person in revived}

    async def _insert(self, rows: Sequence[Mapping[str, Any]]) -> set[UUID]:
        numbers = await self.allot_numbers(len(rows))
        rows = [{**row, "member_number": number} for row, number in zip(rows, numbers, strict=True)]
        statement = insert(Person).on_conflict_do_nothing().returning(Person.id)
        complete = [{"tenant_id": self.tenant_id, **row} for row in rows]
        return set((await self.session.execute(statement, complete)).scalars())

    async def locked(self, person_ids: Sequence[UUID]) -> Sequence[Person]:
        """Lock and return persons, always in the same order."""
        statement = self.select(Person).where(Person.id.in_(person_ids)).order_by(Person.id)
        return await self.all(statement.with_for_update().execution_options(populate_existing=True))

    def remember(
        self, people: Sequence[Person], *, reason: str, by: UUID | None = None, note: str | None = None
    ) -> None:
        """Add the facts of persons as they are now to the history."""
        self.add_all([person.facts_row(reason, by=by, note=note) for person in people])

    def note_reason(self, person_id: UUID, *, action: str, by: UUID, words: str, keys: TenantKeys) -> UUID:
        """Keep why somebody did something to a person's data, sealed; return the id by which the audit log names it."""
        row = GivenReason(
            id=new_id(), person_id=person_id, action=action, given_by=by,
            words_sealed=keys.seal(words, context=REASON),
        )  # fmt: skip
        self.add(row)
        return row.id

    async def of_document(self, indexes: Sequence[str]) -> Sequence[Person]:
        """Return the persons who carry a document number now."""
        return await self.all(self.select(Person).where(Person.document_index.in_(indexes)))

    async def people(self, person_ids: Sequence[UUID]) -> dict[UUID, Person]:
        """Return persons by id."""
        if not person_ids:
            return {}
        return {p.id: p for p in await self.all(self.select(Person).where(Person.id.in_(person_ids)))}

    async def of_number(self, number: str) -> Person | None:
        """Return the person of a member number."""
        return await self.first(self.select(Person).where(Person.member_number == number))

    async def seen_ids(self, person_ids: Sequence[UUID], actor: Actor) -> set[UUID]:
        """Return which of these persons the caller may see."""
        statement = self.select_columns(Person, Person.id).where(Person.id.in_(person_ids), visible_to(actor))
        return set((await self.session.execute(statement)).scalars())

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
        criteria: Criteria,
    ) -> Sequence[Person]:
        """Return the persons a caller may see that fit all values given."""
        statement = self.select(Person).where(visible_to(actor), *fitting(criteria))
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
