"""HTTP of reviewers."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from common.http import CursorDep, KeysDep, Page, SessionDep

from ..auth import DeciderDep
from ..intake.endpoints import tag
from ..intake.schemas import ClaimRead
from . import service
from .schemas import DecisionWrite, TaskRead

router = APIRouter(tags=["review"])


@router.get("/tasks")
async def list_tasks(
    session: SessionDep,
    actor: DeciderDep,
    keys: KeysDep,
    cursor: CursorDep,
    node: Annotated[str | None, Query(max_length=60)] = None,
) -> Page[TaskRead]:
    """Return the claims that wait for the caller's roles, with the reasons why rules did not decide them."""
    return await service.list_tasks(session, actor=actor, cursor=cursor, node=node, keys=keys)


@router.post("/claims/{claim_id}/decisions")
async def decide_claim(
    session: SessionDep,
    actor: DeciderDep,
    keys: KeysDep,
    response: Response,
    claim_id: UUID,
    decision: DecisionWrite,
) -> ClaimRead:
    """Agree, return or reject at the node where the claim waits."""
    claim = await service.decide_claim(session, actor=actor, claim_id=claim_id, decision=decision, keys=keys)
    return tag(response, claim)
