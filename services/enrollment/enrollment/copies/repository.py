"""SQL of the copies: a fact is taken only if it is newer than what is here."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Select, Uuid, literal_column
from sqlalchemy.dialects.postgresql import insert

from common.clock import now
from common.contracts.identity import PersonFact, UnitFact
from common.db import TenantRepository

from ..statistics.repository import StatisticRepository
from .models import PersonCopy, UnitCopy

CONFIRMED = "confirmed"
BEFORE_AND_AFTER: tuple[Any, ...] = (
    literal_column("old.unit_id", Uuid()).label("old_unit"),
    literal_column("old.state").label("old_state"),
    PersonCopy.unit_id.label("new_unit"),
    PersonCopy.state.label("new_state"),
)
"""PostgreSQL 18 says what a row was before an upsert: no row is read beforehand, so none can change in between."""


def numbered(repository: TenantRepository, member_number: str) -> Select[Any]:
    """The id of the person with a member number, to stand in a condition."""
    statement = repository.select_columns(PersonCopy, PersonCopy.id)
    return statement.where(PersonCopy.member_number == member_number)


class CopyRepository(TenantRepository):
    """Copies of units and persons of one tenant."""

    async def take_units(self, facts: Sequence[UnitFact]) -> None:
        """Store the facts that are newer than the copies."""
        rows = [
            {
                "id": fact.unit_id,
                "version": fact.version,
                "name": fact.name,
                "credit_code": fact.credit_code,
                "org_path": fact.org_path,
                "medical_code": fact.medical_code,
                "handler_account_id": fact.handler_account_id,
                "status": fact.status,
                "handler_name_token": fact.handler_name.ciphertext if fact.handler_name else None,
                "handler_mobile_token": fact.handler_mobile.ciphertext if fact.handler_mobile else None,
            }
            for fact in facts
        ]
        await self._take(UnitCopy, rows)

    async def take_persons(self, facts: Sequence[PersonFact]) -> None:
        """Store the facts that are newer than the copies."""
        rows = [
            {
                "id": fact.person_id,
                "version": fact.version,
                "document_kind": fact.document_kind,
                "document_token": fact.document_number.ciphertext,
                "document_index": fact.document_number.index,
                "name_token": fact.name.ciphertext,
                "unit_id": fact.unit_id,
                "state": fact.state,
                "account_id": fact.account_id,
                "mobile_token": fact.mobile.ciphertext if fact.mobile else None,
                "mobile_index": fact.mobile.index if fact.mobile else None,
                "member_number": fact.member_number,
                "sex": fact.sex,
                "born_token": fact.born.ciphertext if fact.born else None,
                "work_number_token": fact.work_number.ciphertext if fact.work_number else None,
            }
            for fact in facts
        ]
        changed = await self._take(PersonCopy, rows)
        counts: dict[UUID, int] = {}
        for row in changed:
            if row.old_unit is not None and row.old_state == CONFIRMED:
                counts[row.old_unit] = counts.get(row.old_unit, 0) - 1
            if row.new_unit is not None and row.new_state == CONFIRMED:
                counts[row.new_unit] = counts.get(row.new_unit, 0) + 1
        await StatisticRepository(self.session, self.tenant_id).count_members(counts)

    async def _take(
        self, model: type[UnitCopy] | type[PersonCopy], rows: list[dict[str, Any]]
    ) -> Sequence[Any]:
        """One statement for all rows, in the order of their ids; of one id the newest fact counts.

        Returns what the rows that changed said of unit and state before and say now (persons only).
        """
        newest: dict[UUID, dict[str, Any]] = {}
        for row in rows:
            if row["id"] not in newest or newest[row["id"]]["version"] < row["version"]:
                newest[row["id"]] = row
        if not newest:
            return ()
        common = {"tenant_id": self.tenant_id, "created_at": now()}
        ordered = [common | newest[key] for key in sorted(newest)]
        statement = insert(model).values(ordered)
        changed = {name: statement.excluded[name] for name in ordered[0] if name not in ("id", *common)}
        taking = statement.on_conflict_do_update(
            index_elements=["tenant_id", "id"],
            set_=changed,
            where=model.version < statement.excluded.version,
        )
        if model is UnitCopy:
            await self.session.execute(taking)
            return ()
        return (await self.session.execute(taking.returning(*BEFORE_AND_AFTER))).all()

    async def unit(self, unit_id: UUID) -> UnitCopy | None:
        """Return a unit or None if it has not been told yet."""
        return await self.find(UnitCopy, unit_id)

    async def handlers(self, unit_ids: set[UUID]) -> dict[UUID, UUID]:
        """Return the handlers' accounts of units that have one."""
        if not unit_ids:
            return {}
        statement = self.select_columns(UnitCopy, UnitCopy.id, UnitCopy.handler_account_id)
        rows = (await self.session.execute(statement.where(UnitCopy.id.in_(unit_ids)))).all()
        return {row.id: row.handler_account_id for row in rows if row.handler_account_id}

    async def person(self, person_id: UUID) -> PersonCopy | None:
        """Return a person or None if the register has not told them yet."""
        return await self.find(PersonCopy, person_id)

    async def person_names(self, person_ids: set[UUID]) -> dict[UUID, str]:
        """Return the sealed names of persons."""
        if not person_ids:
            return {}
        statement = self.select_columns(PersonCopy, PersonCopy.id, PersonCopy.name_token)
        rows = (await self.session.execute(statement.where(PersonCopy.id.in_(person_ids)))).all()
        return {row.id: row.name_token for row in rows}

    async def known_person(self, *, member_number: str | None, indexes: Sequence[str]) -> PersonCopy | None:
        """Return the person with a member number, or with an ID number (its blind indexes)."""
        statement = self.select(PersonCopy)
        if member_number:
            return await self.first(statement.where(PersonCopy.member_number == member_number))
        if not indexes:
            return None
        return await self.first(statement.where(PersonCopy.document_index.in_(indexes)))

    async def unit_names(self, unit_ids: set[UUID]) -> dict[UUID, str]:
        """Return the names of units."""
        if not unit_ids:
            return {}
        statement = self.select_columns(UnitCopy, UnitCopy.id, UnitCopy.name)
        rows = (await self.session.execute(statement.where(UnitCopy.id.in_(unit_ids)))).all()
        return {row.id: row.name for row in rows}
