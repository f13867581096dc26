"""A member's cover for those who may see the member."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter

from common.auth import Actor
from common.http import SessionDep, requires

from ...auth import MEMBER_READ
from . import service
from .schemas import MemberCoverRead

router = APIRouter(tags=["members"])


@router.get("/members/{person_id}/cover")
async def read_cover(
    session: SessionDep, actor: Annotated[Actor, requires(MEMBER_READ)], person_id: UUID
) -> MemberCoverRead:
    """Return a member's enrolments, claims and payouts."""
    return await service.read_cover(session, actor=actor, person_id=person_id)
