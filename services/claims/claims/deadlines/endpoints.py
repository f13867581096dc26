"""HTTP of deadlines."""

from typing import Annotated

from fastapi import APIRouter, Query

from common.auth import Actor
from common.http import CursorDep, KeysDep, Page, SessionDep, requires

from ..auth import READ
from . import service
from .schemas import DeadlineRead

router = APIRouter(tags=["deadlines"])


@router.get("/deadlines")
async def list_deadlines(
    session: SessionDep,
    actor: Annotated[Actor, requires(READ)],
    cursor: CursorDep,
    keys: KeysDep,
    within_days: Annotated[int, Query(ge=0, le=365)] = 7,
) -> Page[DeadlineRead]:
    """Return unpaid claims that are due within so many days, or overdue; the most overdue first."""
    return await service.list_deadlines(
        session, actor=actor, cursor=cursor, within_days=within_days, keys=keys
    )
