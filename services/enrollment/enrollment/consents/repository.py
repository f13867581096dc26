"""SQL of consents."""

from collections.abc import Sequence
from uuid import UUID

from common.auth import Actor
from common.db import TenantRepository
from common.db.scope import seen_by
from common.http import Cursor

from ..copies.models import UnitCopy
from .models import OverAgeConsent


class ConsentRepository(TenantRepository):
    """Consents of one tenant."""

    async def of_person(self, order_id: UUID, person_id: UUID) -> OverAgeConsent | None:
        """Return the consent asked for a person on an order, locked."""
        statement = self.select(OverAgeConsent).where(
            OverAgeConsent.order_id == order_id, OverAgeConsent.person_id == person_id
        )
        return (await self.session.execute(statement.with_for_update())).scalar_one_or_none()

    async def visible(self, actor: Actor, consent_id: UUID, *, lock: bool = False) -> OverAgeConsent | None:
        """Return a consent within the caller's scope, or None."""
        statement = self.select(OverAgeConsent).where(
            OverAgeConsent.id == consent_id, seen_by(actor, unit=OverAgeConsent.unit_id, units=UnitCopy)
        )
        if lock:
            statement = statement.with_for_update().execution_options(populate_existing=True)
        return (await self.session.execute(statement)).scalar_one_or_none()

    async def page(self, actor: Actor, cursor: Cursor, *, state: str | None) -> Sequence[OverAgeConsent]:
        """Return a page of the consents in the caller's scope, newest first."""
        statement = self.select(OverAgeConsent).where(
            seen_by(actor, unit=OverAgeConsent.unit_id, units=UnitCopy)
        )
        if state is not None:
            statement = statement.where(OverAgeConsent.state == state)
        return await self.all(cursor.apply(statement, OverAgeConsent))
