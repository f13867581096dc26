"""HTTP of the snapshot command: policies, and what of members is under way."""

from typing import Annotated

from fastapi import APIRouter, status

from common.auth import Actor
from common.http import KeysDep, OnceDep, SessionDep, requires

from .. import auth
from ..matters.service import request_snapshot as request_matters
from .schemas import SnapshotCreate, SnapshotRead
from .snapshots import request_snapshot

router = APIRouter(tags=["policies"])
Replayer = Annotated[Actor, requires(auth.REPLAY)]


@router.post("/snapshots", status_code=status.HTTP_202_ACCEPTED)
async def tell_policies_again(
    session: SessionDep, actor: Replayer, keys: KeysDep, once: OnceDep, body: SnapshotCreate | None = None
) -> SnapshotRead:
    """重新发送全部保单事实，或会员未办结事项（matters），供其他服务重建副本；不会再次通知会员。"""
    fact = (body or SnapshotCreate()).fact

    async def work() -> SnapshotRead:
        if fact == "matters":
            task = await request_matters(session, actor=actor, keys=keys)
            return SnapshotRead(id=task.id, told=task.done, finished_at=task.finished_at)
        run = await request_snapshot(session, actor=actor)
        return SnapshotRead(id=run.id, told=run.told, finished_at=run.finished_at)

    return await once.run(session, caller=str(actor.id), answer=SnapshotRead, work=work)
