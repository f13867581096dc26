"""Refreshing and ending sessions."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends

from common.auth import Actor
from common.http import OnceDep, ServiceContext, SessionDep, context_of, requires, tenant_of

from ..auth import MEMBER_OWN, SESSION_OWN
from . import confirming, language, service
from .errors import RefreshReused
from .schemas import (
    LanguagePut,
    LanguageRead,
    RefreshCreate,
    SessionConfirm,
    SessionConfirmedRead,
    SessionEndedRead,
    SessionsRead,
    TokensRead,
)

router = APIRouter(prefix="/sessions", tags=["sessions"])
own = APIRouter(prefix="/accounts/me", tags=["accounts"])
Context = Annotated[ServiceContext, Depends(context_of)]
Own = Annotated[Actor, requires(SESSION_OWN)]


@router.post("/refresh")
async def refresh_session(
    body: RefreshCreate, context: Context, tenant_id: Annotated[UUID, Depends(tenant_of)]
) -> TokensRead:
    """Exchange a refresh token for new tokens.

    The transaction is its own and not the request's: ending a session because its token came twice must last
    although the answer is a refusal.
    """
    async with context.db.transaction(tenant_id) as session:
        refreshed = await service.refresh_session(session, context=context, token=body.refresh_token)
    if refreshed.tokens is None:
        await context.epochs.end_session(refreshed.ended_session_id)
        raise RefreshReused
    return refreshed.tokens


@router.post("/confirm")
async def confirm_session(
    session: SessionDep,
    actor: Annotated[Actor, requires(MEMBER_OWN)],
    body: SessionConfirm,
    context: Context,
    once: OnceDep,
) -> SessionConfirmedRead:
    """Confirm by SMS that it is oneself, before a payout card is added or chosen; then refresh the tokens."""
    return await once.run(
        session,
        caller=str(actor.id),
        answer=SessionConfirmedRead,
        work=lambda: confirming.confirm_session(session, context=context, actor=actor, asked=body),
    )


@router.post("/end")
async def end_session(session: SessionDep, actor: Own, context: Context) -> SessionEndedRead:
    """Sign out on this device."""
    await service.end_session(session, context=context, actor=actor)
    return SessionEndedRead()


@router.post("/end-all")
async def end_all_sessions(session: SessionDep, actor: Own, context: Context) -> SessionEndedRead:
    """Sign out on all devices."""
    await service.end_all_sessions(session, context=context, actor=actor)
    return SessionEndedRead()


@router.get("")
async def list_sessions(session: SessionDep, actor: Own) -> SessionsRead:
    """Return where the caller is signed in."""
    return await service.list_sessions(session, actor=actor)


@router.post("/{session_id}/end")
async def end_other_session(
    session_id: UUID, session: SessionDep, actor: Own, context: Context
) -> SessionEndedRead:
    """Sign out on one device of the caller's."""
    await service.end_other_session(session, context=context, actor=actor, session_id=session_id)
    return SessionEndedRead()


@own.get("/language")
async def read_language(session: SessionDep, actor: Own) -> LanguageRead:
    """Return the language in which the caller is told things."""
    return await language.read_language(session, actor=actor)


@own.put("/language")
async def put_language(session: SessionDep, actor: Own, body: LanguagePut) -> LanguageRead:
    """Choose the language of SMS, WeChat and in-app messages. The last choice counts, on whichever device."""
    return await language.put_language(session, actor=actor, asked=body)
