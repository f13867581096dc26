"""HTTP of the snapshot command of claims."""

from typing import Annotated

from fastapi import APIRouter, status

from common.auth import Actor
from common.http import KeysDep, OnceDep, SessionDep, requires
from common.tasks import TaskRead

from ..auth import REPLAY
from .schemas import SnapshotCreate
from .service import SNAPSHOT, request_snapshot

router = APIRouter(tags=["snapshots"])
Replayer = Annotated[Actor, requires(REPLAY)]


@router.post("/snapshots", status_code=status.HTTP_202_ACCEPTED)
async def tell_claims_again(
    session: SessionDep, actor: Replayer, keys: KeysDep, once: OnceDep, body: SnapshotCreate | None = None
) -> TaskRead:
    """重新发送全部理赔事实，供其他服务重建副本；不会再次通知会员，也不会再次付款。"""
    fact = (body or SnapshotCreate()).fact

    async def work() -> TaskRead:
        task = await request_snapshot(session, actor=actor, fact=fact, keys=keys)
        return TaskRead.of(task, title=SNAPSHOT.title)

    return await once.run(session, caller=str(actor.id), answer=TaskRead, work=work)
