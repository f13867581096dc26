"""HTTP of reviewers."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Response

from common.auth import Actor
from common.http import KeysDep, Page, SessionDep, requires

from ..auth import ASSIGN, READ, DeciderDep
from ..intake.endpoints import tag
from ..intake.schemas import ClaimRead
from . import holding, queue, service
from .places import Order, TaskCursorDep
from .schemas import (
    Assignment,
    ColleagueRead,
    DecisionWrite,
    Part,
    PayeeRevealed,
    QueueBacklog,
    QueuedClaim,
    TaskHeld,
    TaskSearch,
    TaskStanding,
)

router = APIRouter(tags=["review"])


@router.get("/queue")
async def list_tasks(
    session: SessionDep,
    actor: DeciderDep,
    keys: KeysDep,
    cursor: TaskCursorDep,
    node: Annotated[Part | None, Query()] = None,
    kind: Annotated[Part | None, Query()] = None,
    taken: Literal["mine", "free"] | None = None,
    order: Order = "urgent",
) -> Page[QueuedClaim]:
    """Return the claims that wait for the caller's roles, with the reasons why rules did not decide them."""
    search = TaskSearch(node=node, kind=kind, taken=taken, order=order)
    return await queue.list_tasks(session, actor=actor, cursor=cursor, search=search, keys=keys)


@router.post("/queue/search")
async def search_tasks(
    session: SessionDep, actor: DeciderDep, keys: KeysDep, cursor: TaskCursorDep, search: TaskSearch
) -> Page[QueuedClaim]:
    """Return those of the claims that wait for the caller's roles that fit: by number, unit or the member's name."""
    return await queue.list_tasks(session, actor=actor, cursor=cursor, search=search, keys=keys)


@router.get("/backlog")
async def read_backlog(session: SessionDep, actor: Annotated[Actor, requires(READ)]) -> QueueBacklog:
    """Return how much waits at each node within the caller's scope, and how long."""
    return await queue.read_backlog(session, actor=actor)


@router.post("/queue/{claim_id}/take")
async def take_task(
    session: SessionDep, actor: DeciderDep, keys: KeysDep, response: Response, claim_id: UUID
) -> TaskHeld:
    """Take a task (领取): for four hours nobody else can decide it. Taking one's own again changes nothing."""
    return _tag(response, await holding.take_task(session, actor=actor, claim_id=claim_id, keys=keys))


@router.post("/queue/{claim_id}/put-down")
async def put_down_task(
    session: SessionDep, actor: DeciderDep, keys: KeysDep, response: Response, claim_id: UUID
) -> TaskHeld:
    """Put one's own task down for the colleagues."""
    return _tag(response, await holding.put_down_task(session, actor=actor, claim_id=claim_id, keys=keys))


@router.post("/queue/{claim_id}/assign")
async def assign_task(
    session: SessionDep,
    actor: Annotated[Actor, requires(ASSIGN)],
    keys: KeysDep,
    response: Response,
    claim_id: UUID,
    request: Assignment,
) -> TaskHeld:
    """Assign a task to a colleague, whoever had it (改派); it stands in the timeline, with the reason."""
    held = await holding.assign_task(session, actor=actor, claim_id=claim_id, request=request, keys=keys)
    return _tag(response, held)


@router.get("/queue/{claim_id}/standing")
async def read_standing(session: SessionDep, actor: DeciderDep, claim_id: UUID) -> TaskStanding:
    """Say whether the caller may decide a claim where it waits: of the node's role, with no hand in it so far."""
    return await holding.read_standing(session, actor=actor, claim_id=claim_id)


@router.get("/queue/{claim_id}/colleagues")
async def list_colleagues(
    session: SessionDep, actor: Annotated[Actor, requires(ASSIGN)], keys: KeysDep, claim_id: UUID
) -> list[ColleagueRead]:
    """Return the colleagues to whom a waiting claim can be assigned."""
    return await holding.list_colleagues(session, actor=actor, claim_id=claim_id, keys=keys)


def _tag(response: Response, held: TaskHeld) -> TaskHeld:
    response.headers["ETag"] = f'"{held.version}"'
    return held


@router.post("/claims/{claim_id}/payee/reveal")
async def reveal_payee(
    session: SessionDep, actor: DeciderDep, keys: KeysDep, claim_id: UUID
) -> PayeeRevealed:
    """Show an heir's name, document number and mobile, to be compared with the papers; into the audit log."""
    return await service.reveal_payee(session, actor=actor, claim_id=claim_id, keys=keys)


@router.post("/claims/{claim_id}/decisions")
async def decide_claim(
    session: SessionDep,
    actor: DeciderDep,
    keys: KeysDep,
    response: Response,
    claim_id: UUID,
    decision: DecisionWrite,
) -> ClaimRead:
    """Agree, return (saying what is missing) or reject at the node where the claim waits."""
    claim = await service.decide_claim(session, actor=actor, claim_id=claim_id, decision=decision, keys=keys)
    return tag(response, actor, claim)
