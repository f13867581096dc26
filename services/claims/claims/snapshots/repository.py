"""SQL of snapshots."""

from collections.abc import Sequence
from uuid import UUID

from common.db import TenantRepository

from ..intake.models import Claim


class SnapshotRepository(TenantRepository):
    """The claims of one tenant that others have been told of."""

    async def next_to_tell(self, after: UUID | None, limit: int) -> Sequence[Claim]:
        """Return the next claims, locked so that no newer fact overtakes them; nobody was told of a draft."""
        statement = self.select(Claim).where(Claim.number.is_not(None), Claim.status != "draft")
        if after is not None:
            statement = statement.where(Claim.id > after)
        statement = statement.order_by(Claim.id).limit(limit).with_for_update()
        return await self.all(statement.execution_options(populate_existing=True))
