"""Use cases of snapshots: asked for, then sent batch by batch by the worker.

Facts carry their versions, so a copy that is newer than the snapshot keeps what it has.
"""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.auth import Actor
from common.contracts.claims_snapshot import ClaimsSnapshot
from common.crypto import TenantKeys
from common.events import emit
from common.ids import new_id
from common.tasks import Task, TaskKind, TaskRun, request_task
from common.text import Text

from ..auth import REPLAY
from ..intake.facts import claim_fact
from .repository import SnapshotRepository

BATCH = 500
TASK = "claims.snapshot"


async def request_snapshot(session: AsyncSession, *, actor: Actor, fact: str, keys: TenantKeys) -> Task:
    """Ask for all claims to be told again; the worker begins within seconds."""
    return await request_task(session, actor=actor, kind=TASK, parameters={"fact": fact}, keys=keys)


async def tell_claims(run: TaskRun) -> None:
    """Tell every claim that others know of, one batch for each transaction."""
    more = True
    while more:
        async with run.chunk() as chunk:
            after = UUID(chunk.cursor["after"]) if chunk.cursor else None
            claims = await SnapshotRepository(chunk.session, run.tenant_id).next_to_tell(after, BATCH)
            if claims:
                facts = [claim_fact(claim) for claim in claims]
                emit(chunk.session, ClaimsSnapshot(snapshot_id=new_id(), claims=facts))
                done = chunk.counts.get("told", 0) + len(claims)
                chunk.advance(cursor={"after": claims[-1].id}, done=done, told=len(claims))
        more = len(claims) == BATCH


SNAPSHOT = TaskKind(TASK, Text("重述理赔事实", "Claims told again"), REPLAY, tell_claims)
