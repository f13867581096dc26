"""SQL of the queue."""

from collections.abc import Sequence
from typing import NamedTuple, Self
from uuid import UUID

from sqlalchemy import func, text, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from common.clock import now
from common.db import Database, TenantRepository, unscoped

from .models import PagesRun, QueuedDocument

WHY = "the recogniser looks for work of all tenants, as the relay role and by columns without content"
# One of each tenant first: a tenant that hands in thousands does not stop the others.
DUE = unscoped(
    text(
        "SELECT tenant_id, id FROM ("
        " SELECT tenant_id, id, created_at,"
        " row_number() OVER (PARTITION BY tenant_id ORDER BY created_at, id) AS turn"
        " FROM document_queue WHERE leased_until <= :now) AS waiting"
        " ORDER BY turn, created_at, id LIMIT :most"
    ),
    why=WHY,
)
WAITING = unscoped(text("SELECT count(*) FROM document_queue"), why=WHY)


class Place(NamedTuple):
    """Where a waiting document is."""

    tenant_id: UUID
    document_id: UUID


async def due_places(relay_db: Database, *, most: int) -> list[Place]:
    """Return documents of any tenant that nobody is reading, in fair turns; they are not taken yet."""
    async with relay_db.sessions() as session:
        rows = (await session.execute(DUE, {"now": now(), "most": most})).all()
    return [Place(row.tenant_id, row.id) for row in rows]


async def count_waiting(relay_db: Database) -> int:
    """Return how many documents of all tenants wait or are being read."""
    async with relay_db.sessions() as session:
        return int((await session.execute(WAITING)).scalar_one())


class QueueRepository(TenantRepository):
    """The queue of the session's tenant."""

    @classmethod
    def of(cls, session: AsyncSession) -> Self:
        """Return the repository for the tenant that the session was opened for."""
        return cls(session, session.info["tenant_id"])

    async def due(self, document_id: UUID) -> QueuedDocument | None:
        """Return a waiting document's row, locked; None if another recogniser has it or it is done."""
        statement = self.select(QueuedDocument).where(
            QueuedDocument.id == document_id, QueuedDocument.leased_until <= now()
        )
        statement = statement.with_for_update(skip_locked=True)
        return await self.first(statement.execution_options(populate_existing=True))

    async def under(self, document_id: UUID, lease: UUID) -> QueuedDocument | None:
        """Return a row if its reading is still this one, locked."""
        row = await self.find(QueuedDocument, document_id, lock=True)
        return row if row is not None and row.lease == lease else None

    async def remove_all(self, ids: list[UUID]) -> None:
        """Take documents off the queue."""
        await self.session.execute(self.delete(QueuedDocument).where(QueuedDocument.id.in_(ids)))

    async def count_of(self, owner_id: UUID) -> int:
        """Return how many of a sender's documents wait or are being read."""
        statement = self.select_columns(QueuedDocument, func.count()).where(
            QueuedDocument.owner_id == owner_id
        )
        return int((await self.session.execute(statement)).scalar_one())

    async def is_empty(self) -> bool:
        """Whether none of the tenant's documents waits or is read."""
        statement = self.select_columns(QueuedDocument, QueuedDocument.id).limit(1)
        return (await self.session.execute(statement)).first() is None

    async def add_for_pages(self, ids: Sequence[UUID]) -> None:
        """Queue documents for pictures of their pages; one that waits already stays as it is."""
        rows = [
            {
                "tenant_id": self.tenant_id, "id": document_id, "created_at": now(), "leased_until": now(),
                "attempts": 0, "crashes": 0, "pictures_only": True,
            }
            for document_id in ids
        ]  # fmt: skip
        if rows:
            await self.session.execute(insert(QueuedDocument).values(rows).on_conflict_do_nothing())

    async def pages_run(self) -> PagesRun:
        """Return how far the tenant's older PDFs have been gone through, locked; begun where it was not."""
        statement = self.select(PagesRun).where(PagesRun.id == self.tenant_id).with_for_update()
        if (run := await self.first(statement)) is None:
            row = {"tenant_id": self.tenant_id, "id": self.tenant_id, "created_at": now()}
            await self.session.execute(insert(PagesRun).values(row).on_conflict_do_nothing())
            run = (await self.session.execute(statement)).scalar_one()
        return run

    async def ahead_of(self, document_id: UUID) -> int | None:
        """Return how many of the tenant's documents are read before one; None if it does not wait."""
        mine = await self.find(QueuedDocument, document_id)
        if mine is None:
            return None
        earlier = tuple_(QueuedDocument.created_at, QueuedDocument.id) < (mine.created_at, mine.id)
        statement = self.select_columns(QueuedDocument, func.count()).where(earlier)
        return int((await self.session.execute(statement)).scalar_one())
