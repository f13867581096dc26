"""SQL of tasks: a tenant's own through the repository, due ones of all tenants as the relay role."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, NamedTuple, Self
from uuid import UUID

from sqlalchemy import func, text
from sqlalchemy.ext.asyncio import AsyncSession

from ..clock import now
from ..db.engine import Database
from ..db.repository import TenantRepository, unscoped
from ..http.paging import Cursor
from .models import Task
from .rules import CANCELLED, ENDED, FAILED, QUEUED, RUNNING

WHY = "workers look for tasks of all tenants, as the relay role and by columns without content"
# Those tenants first that have the fewest tasks running; of one tenant the one that has waited longest.
DUE = unscoped(
    text(
        "SELECT w.tenant_id, w.id FROM ("
        " SELECT tenant_id, id, leased_until,"
        " row_number() OVER (PARTITION BY tenant_id ORDER BY leased_until, id) AS turn"
        " FROM task WHERE state IN ('queued', 'running') AND leased_until <= :now AND kind = ANY(:kinds)) AS w"
        " LEFT JOIN (SELECT tenant_id, count(*) AS held FROM task"
        " WHERE state = 'running' AND leased_until > :now GROUP BY tenant_id) AS h USING (tenant_id)"
        " ORDER BY w.turn + coalesce(h.held, 0), w.leased_until, w.id LIMIT :most"
    ),
    why=WHY,
)


class Place(NamedTuple):
    """Where a due task is."""

    tenant_id: UUID
    task_id: UUID


async def due_places(relay_db: Database, *, kinds: Sequence[str], most: int) -> list[Place]:
    """Return tasks of any tenant that nobody works on, in fair turns; they are not taken yet."""
    async with relay_db.sessions() as session:
        rows = await session.execute(DUE, {"now": now(), "kinds": list(kinds), "most": most})
        return [Place(row.tenant_id, row.id) for row in rows]


class TaskRepository(TenantRepository):
    """Tasks of the session's tenant."""

    @classmethod
    def of(cls, session: AsyncSession) -> Self:
        """Return the repository for the tenant that the session was opened for."""
        return cls(session, session.info["tenant_id"])

    async def due(self, task_id: UUID) -> Task | None:
        """Return a due task, locked; None if another worker has it or it has ended."""
        statement = self.select(Task).where(
            Task.id == task_id, Task.state.in_((QUEUED, RUNNING)), Task.leased_until <= now()
        )
        statement = statement.with_for_update(skip_locked=True)
        return await self.first(statement.execution_options(populate_existing=True))

    async def under(self, task_id: UUID, lease: UUID) -> Task | None:
        """Return a task if its run is still this one, locked."""
        row = await self.find(Task, task_id, lock=True)
        return row if row is not None and row.lease == lease else None

    async def peek(self, task_id: UUID, lease: UUID) -> Task | None:
        """Return a task if its run is still this one; not locked."""
        statement = self.select(Task).where(Task.id == task_id, Task.lease == lease)
        return await self.first(statement.execution_options(populate_existing=True))

    async def renew(self, task_id: UUID, lease: UUID, *, until: datetime) -> bool:
        """Keep a task; False if the lease was lost meanwhile."""
        statement = self.update(Task).where(Task.id == task_id, Task.lease == lease)
        return await self._changed(statement.values(leased_until=until))

    async def advance(self, task_id: UUID, lease: UUID, values: dict[str, Any]) -> bool:
        """Write what a chunk has reached; False, and nothing written, if the lease was lost meanwhile.

        It waits for nobody before the chunk's own work is done: the row is locked only from here to the commit.
        """
        statement = self.update(Task).where(Task.id == task_id, Task.lease == lease)
        return await self._changed(statement.values(**values))

    async def _changed(self, statement: Any) -> bool:
        statement = statement.execution_options(synchronize_session=False)
        result: Any = await self.session.execute(statement)
        return bool(result.rowcount)

    async def given_up(self, task_ids: Collection[UUID]) -> Sequence[Task]:
        """Return those of some tasks that ended without having done all."""
        if not task_ids:
            return ()
        return await self.all(
            self.select(Task).where(Task.id.in_(task_ids), Task.state.in_((FAILED, CANCELLED)))
        )

    async def count_open(self, actor_id: UUID) -> int:
        """Return how many unended tasks a person has."""
        statement = self.select_columns(Task, func.count()).where(
            Task.requested_by == actor_id, Task.state.not_in(ENDED)
        )
        return int((await self.session.execute(statement)).scalar_one())

    async def page(self, cursor: Cursor, *, requested_by: UUID | None, state: str | None) -> Sequence[Task]:
        """Return tasks, newest first: of one person or of everybody."""
        statement = self.select(Task)
        if requested_by is not None:
            statement = statement.where(Task.requested_by == requested_by)
        if state is not None:
            statement = statement.where(Task.state == state)
        return await self.all(cursor.apply(statement, Task))

    async def to_clear(self, limit: int) -> Sequence[Task]:
        """Return ended tasks whose time is over, locked, leaving out those that others clear."""
        statement = self.select(Task).where(Task.clear_at <= now()).order_by(Task.clear_at).limit(limit)
        return await self.all(statement.with_for_update(skip_locked=True))
