"""SQL of the copies: a fact is taken only if it is newer than what is here."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import func, or_
from sqlalchemy.dialects.postgresql import insert

from common.clock import now
from common.db import TenantRepository, TenantRow, unscoped

from .models import PersonCopy, PolicyCopy, UnitCopy

WHY = "rows carry the tenant; the conflict target begins with it"


class CopyRepository(TenantRepository):
    """Copies of one tenant."""

    async def take(self, model: Any, rows: Sequence[dict[str, Any]]) -> None:
        """Store the facts that are newer than those here: one statement, in the order of their ids."""
        newest: dict[UUID, dict[str, Any]] = {}
        for row in rows:
            if row["id"] not in newest or newest[row["id"]]["version"] < row["version"]:
                newest[row["id"]] = row
        if not newest:
            return
        common = {"tenant_id": self.tenant_id, "created_at": now()}
        statement = insert(model).values([common | newest[key] for key in sorted(newest)])
        changed: dict[str, Any] = {name: statement.excluded[name] for name in rows[0] if name != "id"}
        if "ended_on" in changed:
            # A fact that does not say when a policy ended does not bring its cover back.
            changed["ended_on"] = func.coalesce(statement.excluded.ended_on, model.ended_on)
        taking = statement.on_conflict_do_update(
            index_elements=["tenant_id", "id"], set_=changed, where=model.version < statement.excluded.version
        )
        await self.session.execute(unscoped(taking, why=WHY))

    async def persons(self, ids: Iterable[UUID]) -> dict[UUID, PersonCopy]:
        """Return the persons among these that are known."""
        return await self._by_id(PersonCopy, ids)

    async def units(self, ids: Iterable[UUID | None]) -> dict[UUID, UnitCopy]:
        """Return the units among these that are known."""
        return await self._by_id(UnitCopy, {one for one in ids if one is not None})

    async def _by_id(self, model: Any, ids: Iterable[UUID]) -> dict[UUID, Any]:
        wanted = list(ids)
        if not wanted:
            return {}
        rows: Sequence[TenantRow] = await self.all(self.select(model).where(model.id.in_(wanted)))
        return {row.id: row for row in rows}

    async def covers(self, person_id: UUID, on: date) -> frozenset[str]:
        """Return the products by which a person is covered on a day."""
        ended = or_(PolicyCopy.ended_on.is_(None), PolicyCopy.ended_on >= on)
        statement = self.select_columns(PolicyCopy, PolicyCopy.product_code).where(
            PolicyCopy.person_id == person_id, PolicyCopy.starts_on <= on, PolicyCopy.ends_on >= on, ended
        )
        return frozenset((await self.session.execute(statement)).scalars())

    async def has_units_below(self, low: str, high: str) -> bool:
        """Whether a unit stands in a part of the tree, given as the range of its paths."""
        statement = self.select(UnitCopy).where(UnitCopy.org_path >= low, UnitCopy.org_path < high)
        return await self.first(statement) is not None
