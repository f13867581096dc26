"""SQL of snapshot requests."""

from ..repository import IdentityRepository
from .models import SnapshotRequest


class SnapshotRepository(IdentityRepository):
    """The snapshot requests of one tenant."""

    async def next_open(self) -> SnapshotRequest | None:
        """Lock and return the oldest request that is not finished; None if there is none or another worker has it."""
        statement = self.select(SnapshotRequest).where(SnapshotRequest.finished_at.is_(None))
        return await self.first(statement.order_by(SnapshotRequest.id).with_for_update(skip_locked=True))
