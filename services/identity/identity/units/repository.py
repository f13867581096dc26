"""SQL of units."""

import re
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func
from sqlalchemy.sql.elements import ColumnElement

from common.auth import Actor
from common.db.scope import seen_by
from common.http import Cursor

from ..accounts.models import Account
from ..repository import IdentityRepository
from .models import Unit, UnitDocument

MOST_NAMED = 5
"""Of units of one name so many are told; more than one is rare."""


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """The units a caller may see."""
    return seen_by(actor, path=Unit.org_path, unit=Unit.id)


class UnitRepository(IdentityRepository):
    """The units of one tenant."""

    async def of_credit_code(self, credit_code: str) -> Unit | None:
        """Return the unit of a credit code."""
        return await self.first(self.select(Unit).where(Unit.credit_code == credit_code))

    async def handlers(self, unit_id: UUID) -> Sequence[Account]:
        """Return the open accounts of a unit's handlers, oldest first."""
        statement = self.select(Account).where(
            Account.unit_id == unit_id, Account.kind == "handler", Account.status != "closed"
        )
        return await self.all(statement.order_by(Account.id))

    async def approved(self, unit_id: UUID) -> Unit | None:
        """Return an approved unit, wherever it stands."""
        return await self.first(self.select(Unit).where(Unit.id == unit_id, Unit.status == "approved"))

    async def seen(self, unit_id: UUID, actor: Actor, *, lock: bool = False) -> Unit | None:
        """Return one unit if the caller may see it."""
        statement = self.select(Unit).where(Unit.id == unit_id, visible_to(actor))
        if lock:
            statement = statement.with_for_update().execution_options(populate_existing=True)
        return await self.first(statement)

    async def page(
        self, actor: Actor, *, cursor: Cursor, status: str | None, credit_code: str | None, name: str | None
    ) -> Sequence[Unit]:
        """Return the units a caller may see, newest first."""
        statement = self.select(Unit).where(visible_to(actor))
        if status is not None:
            statement = statement.where(Unit.status == status)
        if credit_code is not None:
            statement = statement.where(Unit.credit_code == credit_code)
        if name is not None:
            without_blanks = func.regexp_replace(Unit.name, r"\s", "", "g")
            statement = statement.where(func.strpos(without_blanks, re.sub(r"\s", "", name)) > 0)
        return await self.all(cursor.apply(statement, Unit))

    async def same_name(self, unit: Unit, actor: Actor) -> list[str]:
        """Return the credit codes of other units of the same name that the caller may see."""
        statement = self.select_columns(Unit, Unit.credit_code).where(
            Unit.name == unit.name, Unit.id != unit.id, visible_to(actor)
        )
        return list((await self.session.execute(statement.order_by(Unit.id).limit(MOST_NAMED))).scalars())

    async def documents(self, unit_id: UUID) -> Sequence[UnitDocument]:
        """Return the papers of the profile as it is now."""
        statement = self.select(UnitDocument).where(
            UnitDocument.unit_id == unit_id, UnitDocument.replaced_at.is_(None)
        )
        return await self.all(statement.order_by(UnitDocument.id))

    async def replace_documents(
        self, unit_id: UUID, documents: Sequence[UnitDocument], *, at: datetime
    ) -> None:
        """Put new papers in the place of those there are; the old ones stay as history."""
        await self.session.execute(
            self.update(UnitDocument)
            .where(UnitDocument.unit_id == unit_id, UnitDocument.replaced_at.is_(None))
            .values(replaced_at=at)
        )
        self.add_all(documents)

    async def after(self, unit_id: UUID | None, *, limit: int) -> Sequence[Unit]:
        """Return units in the order of their ids, behind one of them; for snapshots."""
        statement = self.select(Unit).order_by(Unit.id).limit(limit)
        return await self.all(statement if unit_id is None else statement.where(Unit.id > unit_id))
