"""HTTP of participations."""

from typing import Annotated

from fastapi import APIRouter, Query

from common.auth import Actor
from common.http import CursorDep, Page, SessionDep, requires

from ..auth import JOIN
from . import service
from .schemas import ParticipationRead
from .service import State

router = APIRouter(tags=["participations"])


@router.get("/participations")
async def list_participations(
    session: SessionDep,
    actor: Annotated[Actor, requires(JOIN)],
    cursor: CursorDep,
    state: Annotated[State | None, Query(description="waiting 待发放，received 已发放；不填为全部")] = None,
) -> Page[ParticipationRead]:
    """我的活动：本人参与的全部活动，可按待发放、已发放筛选，最新的在前。"""
    return await service.list_participations(session, actor=actor, cursor=cursor, state=state)
