"""SQL of the copies: a fact is taken only if it is newer than what is here."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from common.clock import now
from common.contracts.identity import PersonFact, UnitFact
from common.db import TenantRepository

from .models import PersonCopy, UnitCopy


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
            }
            for fact in facts
        ]
        await self._take(PersonCopy, rows)

    async def _take(self, model: type[UnitCopy] | type[PersonCopy], rows: list[dict[str, Any]]) -> None:
        """One statement for all rows, in the order of their ids; of one id the newest fact counts."""
        newest: dict[UUID, dict[str, Any]] = {}
        for row in rows:
            if row["id"] not in newest or newest[row["id"]]["version"] < row["version"]:
                newest[row["id"]] = row
        if not newest:
            return
        common = {"tenant_id": self.tenant_id, "created_at": now()}
        ordered = [common | newest[key] for key in sorted(newest)]
        statement = insert(model).values(ordered)
        changed = {name: statement.excluded[name] for name in ordered[0] if name not in ("id", *common)}
        await self.session.execute(
            statement.on_conflict_do_update(
                index_elements=["tenant_id", "id"],
                set_=changed,
                where=model.version < statement.excluded.version,
            )
        )

    async def unit(self, unit_id: UUID) -> UnitCopy | None:
        """Return a unit or None if it has not been told yet."""
        return await self.find(UnitCopy, unit_id)

    async def person(self, person_id: UUID) -> PersonCopy | None:
        """Return a person or None if the register has not told them yet."""
        return await self.find(PersonCopy, person_id)

    async def unit_names(self, unit_ids: set[UUID]) -> dict[UUID, str]:
        """Return the names of units."""
        if not unit_ids:
            return {}
        statement = self.select_columns(UnitCopy, UnitCopy.id, UnitCopy.name)
        rows = (await self.session.execute(statement.where(UnitCopy.id.in_(unit_ids)))).all()
        return {row.id: row.name for row in rows}
