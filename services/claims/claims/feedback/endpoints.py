"""HTTP of feedback after the payout."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from common.auth import Actor
from common.http import CursorDep, KeysDep, OnceDep, Page, SessionDep, requires

from ..auth import READ, SUBMIT
from . import service
from .schemas import FeedbackRead, FeedbackSummary, FeedbackWrite

router = APIRouter(tags=["feedback"])
StaffDep = Annotated[Actor, requires(READ)]


@router.post("/claims/{claim_id}/feedback", status_code=201)
async def give_feedback(
    session: SessionDep,
    actor: Annotated[Actor, requires(SUBMIT)],
    once: OnceDep,
    keys: KeysDep,
    claim_id: UUID,
    request: FeedbackWrite,
) -> FeedbackRead:
    """Say how satisfied one is after the payout (回访), once for each claim."""
    return await once.run(
        session,
        caller=str(actor.id),
        answer=FeedbackRead,
        work=lambda: service.give_feedback(
            session, actor=actor, claim_id=claim_id, request=request, keys=keys
        ),
    )


@router.get("/feedback")
async def list_feedback(
    session: SessionDep,
    actor: StaffDep,
    keys: KeysDep,
    cursor: CursorDep,
    at_most: Annotated[int | None, Query(ge=1, le=5)] = None,
) -> Page[FeedbackRead]:
    """Return feedback of the caller's branch; `at_most` shows the unsatisfied only."""
    return await service.list_feedback(session, actor=actor, cursor=cursor, at_most=at_most, keys=keys)


@router.get("/feedback/summary")
async def sum_up_feedback(session: SessionDep, actor: StaffDep) -> FeedbackSummary:
    """Return how many gave which score."""
    return await service.sum_up_feedback(session, actor=actor)
