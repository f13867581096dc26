"""Tasks whose attempts are used up, as after workers that died again and again."""

from uuid import UUID

from sqlalchemy import update

from ..db.repository import unscoped
from ..http.context import ServiceContext
from ..tasks.models import Task
from ..tasks.rules import MOST_ATTEMPTS


async def wear_out(context: ServiceContext, tenant_id: UUID) -> None:
    """Let the next worker that takes one of a tenant's tasks give it up."""
    worn = update(Task).where(Task.tenant_id == tenant_id, Task.finished_at.is_(None))
    async with context.db.transaction(tenant_id) as session:
        await session.execute(unscoped(worn.values(attempts=MOST_ATTEMPTS), why="its attempts are used up"))
