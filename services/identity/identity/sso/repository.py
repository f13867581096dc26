"""SQL of work numbers."""

from collections.abc import Sequence
from uuid import UUID

from ..repository import IdentityRepository
from .models import WorkNumber


class WorkNumberRepository(IdentityRepository):
    """The work numbers of one tenant."""

    async def person_of(self, indexes: Sequence[str]) -> UUID | None:
        """Return whose a work number is, by its blind indexes."""
        found = await self.first(self.select(WorkNumber).where(WorkNumber.number_index.in_(indexes)))
        return found.person_id if found else None

    async def of_numbers(self, indexes: Sequence[str]) -> Sequence[WorkNumber]:
        """Return the rows of some numbers."""
        return await self.all(self.select(WorkNumber).where(WorkNumber.number_index.in_(indexes)))

    async def of_people(self, person_ids: Sequence[UUID]) -> dict[UUID, WorkNumber]:
        """Lock and return the rows of some members."""
        statement = self.select(WorkNumber).where(WorkNumber.person_id.in_(person_ids))
        rows = await self.all(statement.order_by(WorkNumber.person_id).with_for_update())
        return {row.person_id: row for row in rows}
