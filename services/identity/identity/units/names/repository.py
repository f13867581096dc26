"""SQL of names to be linked."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import literal_column, or_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.sql.elements import ColumnElement

from common.auth import Actor
from common.clock import now
from common.db.scope import seen_by
from common.http import Cursor
from common.identifiers import unit_name_key

from ...repository import IdentityRepository
from ..models import Unit
from .models import SyncedName

# The expression of the index `unit_name_key` (revision 0011), which says what `unit_name_key` says.
KEY: ColumnElement[str] = literal_column(
    r"""regexp_replace(lower(normalize(unit.name, NFKC)), '[-\s—_.,。·、()【】\[\]<>《》"''“”‘’\:;]+', '', 'g')"""
)


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """Names of persons are seen with their unit; those of units that nobody knows by the whole union only."""
    return or_(
        seen_by(actor, unit=SyncedName.unit_id, units=Unit),
        seen_by(actor, unit=SyncedName.linked_unit_id, units=Unit),
    )


class NameRepository(IdentityRepository):
    """Names of synchronised data of one tenant."""

    async def units_by(
        self, names: Sequence[str], credit_codes: Sequence[str]
    ) -> tuple[dict[str, UUID], dict[str, UUID]]:
        """Return units by the key of their name and by credit code; a name that two units share is nobody's."""
        keys = [unit_name_key(name) for name in names]
        statement = self.select_columns(Unit, Unit.id, Unit.name, Unit.credit_code).where(
            or_(KEY.in_(keys), Unit.credit_code.in_(credit_codes))
        )
        by_name: dict[str, list[UUID]] = {}
        by_code: dict[str, UUID] = {}
        for row in await self.session.execute(statement):
            by_name.setdefault(unit_name_key(row.name), []).append(row.id)
            by_code[row.credit_code] = row.id
        return {key: ids[0] for key, ids in by_name.items() if len(ids) == 1}, by_code

    async def links(self, keys: Sequence[str]) -> dict[str, UUID]:
        """Return what the back office has said names mean."""
        statement = self.select(SyncedName).where(
            SyncedName.kind == "unit", SyncedName.key.in_(keys), SyncedName.state == "linked"
        )
        return {row.key: row.linked_unit_id for row in await self.all(statement) if row.linked_unit_id}

    async def note(self, rows: Sequence[dict[str, Any]]) -> None:
        """List names, or count one more time that they were seen; one statement."""
        if not rows:
            return
        values = [
            {"tenant_id": self.tenant_id, "created_at": now(), "last_seen_at": now(), **row} for row in rows
        ]
        statement = insert(SyncedName).values(values)
        await self.session.execute(
            statement.on_conflict_do_update(
                index_elements=["tenant_id", "kind", "source", "key"],
                set_={"seen": SyncedName.seen + 1, "last_seen_at": statement.excluded.last_seen_at},
            )
        )

    async def forget_strangers(self, *, before: datetime) -> None:
        """Forget people whom nobody knows and whom no data has named since."""
        await self.session.execute(
            self.delete(SyncedName).where(
                SyncedName.kind == "person", SyncedName.person_id.is_(None), SyncedName.last_seen_at < before
            )
        )

    async def listed(self, name_id: UUID, actor: Actor, *, lock: bool = False) -> SyncedName | None:
        """Return a name the caller may see."""
        statement = self.select(SyncedName).where(SyncedName.id == name_id, visible_to(actor))
        if lock:
            statement = statement.with_for_update(of=SyncedName).execution_options(populate_existing=True)
        return await self.first(statement)

    async def page(
        self, actor: Actor, cursor: Cursor, *, kind: str | None, state: str | None
    ) -> Sequence[SyncedName]:
        """Return names the caller may see, newest first."""
        statement = self.select(SyncedName).where(visible_to(actor))
        if kind is not None:
            statement = statement.where(SyncedName.kind == kind)
        if state is not None:
            statement = statement.where(SyncedName.state == state)
        return await self.all(cursor.apply(statement, SyncedName))
