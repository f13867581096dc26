"""HTTP of the list. What is searched for stands in the body: names and mobiles do not belong into an address."""

from typing import Annotated

from fastapi import APIRouter

from common.auth import Actor
from common.http import CursorDep, KeysDep, OnceDep, Page, SessionDep, requires
from common.tasks import TaskRead

from ...auth import EXPORT_STATISTICS, READ_STATISTICS
from . import service
from .schemas import ClaimQuery, ClaimRow

router = APIRouter(prefix="/statistics/claims", tags=["statistics"])


@router.post("/search")
async def search_claims(
    session: SessionDep,
    actor: Annotated[Actor, requires(READ_STATISTICS)],
    keys: KeysDep,
    cursor: CursorDep,
    query: ClaimQuery,
) -> Page[ClaimRow]:
    """Return claims by person, product, kind, state and days, within the caller's scope; names are masked."""
    return await service.list_claims(session, actor=actor, cursor=cursor, query=query, keys=keys)


@router.post("/export", status_code=202)
async def export_claims(
    session: SessionDep,
    actor: Annotated[Actor, requires(EXPORT_STATISTICS)],
    keys: KeysDep,
    once: OnceDep,
    query: ClaimQuery,
) -> TaskRead:
    """Ask for the same claims as a workbook (xlsx); see /tasks for progress and the file."""
    return await once.run(
        session,
        caller=str(actor.id),
        answer=TaskRead,
        work=lambda: service.request_export(session, actor=actor, query=query, keys=keys),
    )
