"""Branches for the union's staff; what everybody may see of the tree is GET /organisation."""

from typing import Annotated

from fastapi import APIRouter, Response

from common.auth import Actor
from common.http import ContextDep, IfMatchDep, OnceDep, SessionDep, requires
from common.http.edits import set_etag

from ..auth import ORGANISATION_MANAGE
from ..closing import Closing
from . import service
from .schemas import BranchCreate, BranchesRead, BranchMove, BranchPut, BranchRead

router = APIRouter(prefix="/branches", tags=["organisation"])
Manager = Annotated[Actor, requires(ORGANISATION_MANAGE)]


@router.get("")
async def list_branches(session: SessionDep, actor: Manager) -> BranchesRead:
    """Return the tree within the caller's reach, closed branches too."""
    return await service.list_branches(session, actor=actor)


@router.post("", status_code=201)
async def add_branch(session: SessionDep, actor: Manager, body: BranchCreate, once: OnceDep) -> BranchRead:
    """Add a branch."""
    return await once.run(
        session,
        caller=str(actor.id),
        answer=BranchRead,
        work=lambda: service.add_branch(session, actor=actor, asked=body),
    )


@router.put("/{code}")
async def rename_branch(
    session: SessionDep, actor: Manager, code: str, body: BranchPut, expected: IfMatchDep, response: Response
) -> BranchRead:
    """Give a branch other names or another region."""
    node, answer = await service.rename_branch(session, actor=actor, code=code, expected=expected, asked=body)
    set_etag(response, node)
    return answer


@router.post("/{code}/move")
async def move_branch(
    session: SessionDep,
    actor: Manager,
    code: str,
    body: BranchMove,
    context: ContextDep,
    expected: IfMatchDep,
    response: Response,
) -> BranchRead:
    """Hang a branch below another; everything below follows."""
    node, answer = await service.move_branch(
        session, actor=actor, context=context, code=code, expected=expected, asked=body
    )
    set_etag(response, node)
    return answer


@router.post("/{code}/close")
async def close_branch(
    session: SessionDep, actor: Manager, code: str, body: Closing, expected: IfMatchDep, response: Response
) -> BranchRead:
    """Close a branch below which nothing hangs any more, with the reason."""
    node, answer = await service.close_branch(
        session, actor=actor, code=code, expected=expected, reason=body.reason
    )
    set_etag(response, node)
    return answer


@router.post("/{code}/reopen")
async def reopen_branch(
    session: SessionDep, actor: Manager, code: str, expected: IfMatchDep, response: Response
) -> BranchRead:
    """Let a closed branch take units again."""
    node, answer = await service.reopen_branch(session, actor=actor, code=code, expected=expected)
    set_etag(response, node)
    return answer
