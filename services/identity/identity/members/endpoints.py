"""Members: registration, sign-in, their own record; search and reveal by staff."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response

from common.audit.router import AUDIT_READ
from common.auth import Actor, ActorKind
from common.http import (
    CursorDep,
    IfMatchDep,
    OnceDep,
    Page,
    PublicSessionDep,
    ServiceContext,
    SessionDep,
    context_of,
    requires,
)
from common.http.edits import set_etag

from ..accounts.mobile import limit_address, sign_in_by_mobile, sign_in_new_account
from ..accounts.schemas import MobileSignIn, TokensRead
from ..address import address_of, device_of
from ..auth import MEMBER_OWN, MEMBER_READ, MEMBER_REVEAL, MEMBER_WRITE
from . import registration, service
from .schemas import (
    GivenReasonRead,
    HistoryRead,
    MemberLeave,
    MemberMeRead,
    MemberRead,
    MemberRegister,
    MemberRegistered,
    MemberRegisteredRead,
    MemberReveal,
    MemberRevealed,
    MemberSearch,
)

router = APIRouter(tags=["members"])
Context = Annotated[ServiceContext, Depends(context_of)]
Reader = Annotated[Actor, requires(MEMBER_READ)]
Auditor = Annotated[Actor, requires(AUDIT_READ)]


@router.post("/members/register", status_code=201)
async def register_member(
    session: PublicSessionDep, body: MemberRegister, context: Context, once: OnceDep, request: Request
) -> MemberRegisteredRead:
    """Register as a member and bind the account; signed in at once."""
    await limit_address(context, address_of(request))
    registered = await once.run(
        session,
        caller="anonymous",
        answer=MemberRegistered,
        work=lambda: registration.register_member(session, context=context, asked=body),
    )
    tokens = await sign_in_new_account(
        session, context=context, account_id=registered.account_id, device=device_of(request)
    )
    return MemberRegisteredRead(**registered.model_dump(), tokens=tokens)


@router.post("/sessions/member")
async def sign_in_member(
    session: PublicSessionDep, body: MobileSignIn, context: Context, request: Request
) -> TokensRead:
    """Sign in as a member by mobile and code."""
    return await sign_in_by_mobile(
        session,
        context=context,
        kind=ActorKind.MEMBER,
        asked=body,
        address=address_of(request),
        device=device_of(request),
    )


@router.get("/members/me")
async def read_me(
    session: SessionDep, actor: Annotated[Actor, requires(MEMBER_OWN)], context: Context
) -> MemberMeRead:
    """Return the caller's own record, masked."""
    return await service.read_me(session, actor=actor, context=context)


@router.post("/members/search")
async def search_members(
    session: SessionDep, actor: Reader, body: MemberSearch, context: Context, cursor: CursorDep
) -> Page[MemberRead]:
    """Look for members by member number, name, ID number, mobile, unit or state; masked."""
    return await service.search_members(session, actor=actor, context=context, asked=body, cursor=cursor)


@router.get("/members/{person_id}")
async def read_member(session: SessionDep, actor: Reader, person_id: UUID, context: Context) -> MemberRead:
    """Return one member, masked."""
    return await service.read(session, actor=actor, context=context, person_id=person_id)


@router.get("/members/{person_id}/history")
async def read_history(session: SessionDep, actor: Reader, person_id: UUID, context: Context) -> HistoryRead:
    """Return every state of a member's facts, oldest first, masked."""
    return await service.read_history(session, actor=actor, context=context, person_id=person_id)


@router.post("/members/{person_id}/leave")
async def leave_union(
    session: SessionDep,
    actor: Annotated[Actor, requires(MEMBER_WRITE)],
    person_id: UUID,
    body: MemberLeave,
    context: Context,
    expected: IfMatchDep,
    response: Response,
) -> MemberRead:
    """Let a member leave the union; policies run to their end."""
    person, answer = await service.leave(
        session, actor=actor, context=context, person_id=person_id, expected=expected, reason=body.reason
    )
    set_etag(response, person)
    return answer


@router.get("/given-reasons/{reason_id}")
async def read_given_reason(
    session: SessionDep, actor: Auditor, reason_id: UUID, context: Context
) -> GivenReasonRead:
    """Return why staff looked at, bound or unbound a member, in their words; reading it is in the audit log."""
    return await service.read_given_reason(session, actor=actor, context=context, reason_id=reason_id)


@router.post("/members/{person_id}/reveal")
async def reveal_member(
    session: SessionDep,
    actor: Annotated[Actor, requires(MEMBER_REVEAL)],
    person_id: UUID,
    body: MemberReveal,
    context: Context,
) -> MemberRevealed:
    """Show a member's full values; the audit log keeps who and why."""
    return await service.reveal_member(
        session, actor=actor, context=context, person_id=person_id, reason=body.reason
    )
