"""Use cases: every application and every online payment is told again, batch by batch, open or over.

Each word carries its moment, so a copy that has heard a newer one keeps what it has.
"""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.auth import Actor
from common.crypto import TenantKeys
from common.tasks import Chunk, Task, TaskKind, TaskRun, request_task
from common.text import Text

from ..auth import REPLAY
from ..individual.matters import tell_application
from ..online_payments.matters import tell_payments
from .repository import MatterRepository

BATCH = 500
TASK = "matters.snapshot"
KINDS = ("application", "payment")


async def request_snapshot(session: AsyncSession, *, actor: Actor, keys: TenantKeys) -> Task:
    """Ask for all matters to be told again; the worker begins within seconds."""
    return await request_task(session, actor=actor, kind=TASK, parameters={}, keys=keys)


async def tell_matters(run: TaskRun) -> None:
    """Tell the applications, then the payments."""
    for kind in KINDS:
        more = True
        while more:
            async with run.chunk() as chunk:
                more = await _tell_batch(chunk, run.tenant_id, kind)


async def _tell_batch(chunk: Chunk, tenant_id: UUID, kind: str) -> bool:
    """Tell the next ones of a kind behind the cursor; return whether there may be more."""
    at = chunk.cursor.get("kind", KINDS[0])
    if KINDS.index(at) > KINDS.index(kind):
        return False
    after = UUID(chunk.cursor["after"]) if chunk.cursor and at == kind else None
    ids = await _tell(chunk.session, tenant_id, kind, after)
    if ids:
        done = chunk.counts.get("told", 0) + len(ids)
        chunk.advance(cursor={"kind": kind, "after": ids[-1]}, done=done, told=len(ids))
    return len(ids) == BATCH


async def _tell(session: AsyncSession, tenant_id: UUID, kind: str, after: UUID | None) -> list[UUID]:
    repository = MatterRepository(session, tenant_id)
    if kind == "application":
        applications = await repository.applications(after, BATCH)
        for application in applications:
            tell_application(session, application)
        return [application.id for application in applications]
    payments = await repository.payments(after, BATCH)
    await tell_payments(session, payments)
    return [payment.id for payment in payments]


SNAPSHOT = TaskKind(TASK, Text("重述未办结事项", "Matters under way told again"), REPLAY, tell_matters)
