"""SQL of receipts."""

from collections.abc import Sequence
from uuid import UUID

from common.auth import Actor
from common.db import TenantRepository
from common.db.scope import Condition, seen_by
from common.http import Cursor

from ..copies.models import UnitCopy
from .models import Receipt


class ReceiptRepository(TenantRepository):
    """Receipts of one tenant."""

    async def of_subject(self, kind: str, subject_id: UUID) -> Receipt | None:
        """Return the receipt of an order, a cover or a bill."""
        return await self.first(
            self.select(Receipt).where(Receipt.kind == kind, Receipt.subject_id == subject_id)
        )

    async def visible(self, actor: Actor, receipt_id: UUID) -> Receipt | None:
        """Lock and return a receipt that the caller may see, or None."""
        statement = self.select(Receipt).where(Receipt.id == receipt_id, self._seen(actor))
        return (await self.session.execute(statement.with_for_update())).scalar_one_or_none()

    async def page(
        self,
        actor: Actor,
        cursor: Cursor,
        *,
        kind: str | None,
        number: str | None,
        subject_id: UUID | None = None,
    ) -> Sequence[Receipt]:
        """Return a page of the receipts that the caller may see, newest first."""
        statement = self.select(Receipt).where(self._seen(actor))
        if kind is not None:
            statement = statement.where(Receipt.kind == kind)
        if number is not None:
            statement = statement.where(Receipt.number == number)
        if subject_id is not None:
            statement = statement.where(Receipt.subject_id == subject_id)
        return await self.all(cursor.apply(statement, Receipt))

    def _seen(self, actor: Actor) -> Condition:
        return seen_by(actor, unit=Receipt.unit_id, units=UnitCopy, person=Receipt.person_id)
