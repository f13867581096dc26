"""SQL of the uploads."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func

from ...clock import now
from ...db.repository import TenantRepository
from ...errors import NotFound
from .models import RECEIVED, RECEIVING, Upload


class UploadRepository(TenantRepository):
    """Uploads of one tenant."""

    async def of_actor(self, upload_id: UUID, actor_id: UUID, *, lock: bool = False) -> Upload:
        """Return the actor's upload; NotFound also for somebody else's."""
        upload = await self.find(Upload, upload_id, lock=lock)
        if upload is None or upload.actor_id != actor_id:
            raise NotFound
        return upload

    async def count_open(self, actor_id: UUID) -> int:
        """Return how many uploads of an actor are unfinished."""
        statement = self.select_columns(Upload, func.count()).where(
            Upload.actor_id == actor_id,
            Upload.state.in_((RECEIVING, RECEIVED)),
            Upload.expires_at > now(),
        )
        return int((await self.session.execute(statement)).scalar_one())

    async def due(self, before: datetime, limit: int) -> Sequence[Upload]:
        """Return uploads whose parts can be cleared away, locked, leaving out those that others clear."""
        statement = (
            self.select(Upload)
            .where(Upload.purged.is_(False), Upload.expires_at < before)
            .order_by(Upload.expires_at)
            .limit(limit)
        )
        return await self.all(statement.with_for_update(skip_locked=True))

    async def mark_purged(self, ids: Sequence[UUID]) -> None:
        """Note that nothing of these uploads is left in the store."""
        statement = self.update(Upload).where(Upload.id.in_(ids)).values(purged=True, parts=[])
        await self.session.execute(statement)
