"""HTTP of the snapshot command of policies."""

from typing import Annotated

from fastapi import APIRouter, status

from common.auth import Actor
from common.http import OnceDep, SessionDep, requires

from .. import auth
from .schemas import SnapshotRead
from .snapshots import request_snapshot

router = APIRouter(tags=["policies"])
Replayer = Annotated[Actor, requires(auth.REPLAY)]


@router.post("/snapshots", status_code=status.HTTP_202_ACCEPTED)
async def tell_policies_again(session: SessionDep, actor: Replayer, once: OnceDep) -> SnapshotRead:
    """重新发送全部保单事实，供其他服务重建副本；不会再次通知会员。"""

    async def work() -> SnapshotRead:
        run = await request_snapshot(session, actor=actor)
        return SnapshotRead(id=run.id, told=run.told, finished_at=run.finished_at)

    return await once.run(session, caller=str(actor.id), answer=SnapshotRead, work=work)
