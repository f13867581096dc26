"""HTTP of reconciliation."""

from collections.abc import AsyncIterator
from datetime import date
from typing import Annotated, Literal, cast
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request

from common.auth import Actor
from common.http import CursorDep, KeysDep, OnceDep, Page, SessionDep, context_of

from ..auth import RECONCILE, of_whole_union
from ..settings import ClaimsSettings
from ..uploads import Upload, received
from . import explaining, service
from .errors import StatementTooLarge
from .schemas import (
    BankLineRead,
    BookEntryRead,
    Explanation,
    MatchByHand,
    StandingRead,
    StatementRead,
)

router = APIRouter(prefix="/reconciliation", tags=["reconciliation"])
Reconciler = Annotated[Actor, of_whole_union(RECONCILE)]
Fund = Annotated[str, Query(max_length=40, description="基金代码")]


async def statement_upload(request: Request, actor: Reconciler) -> AsyncIterator[Upload]:
    """Receive the bank's file before a transaction is open."""
    most = cast(ClaimsSettings, context_of(request).settings).result_max_bytes
    async with received(request, most=most, too_large=StatementTooLarge) as upload:
        yield upload


@router.post("/statements", status_code=201)
async def import_statement(
    uploaded: Annotated[Upload, Depends(statement_upload, scope="function")],
    session: SessionDep,
    actor: Reconciler,
    keys: KeysDep,
    once: OnceDep,
    fund: Fund,
) -> StatementRead:
    """Import a statement of the bank (raw body, CSV or xlsx in the pack's layout); lines known before count once."""
    return await once.for_content(uploaded.sha256).run(
        session,
        caller=str(actor.id),
        answer=StatementRead,
        work=lambda: service.import_statement(
            session, actor=actor, fund=fund, file=uploaded.file, sha256=uploaded.sha256, keys=keys
        ),
    )


@router.get("/statements")
async def list_statements(
    session: SessionDep,
    actor: Reconciler,
    cursor: CursorDep,
    fund: Annotated[str | None, Query(max_length=40)] = None,
) -> Page[StatementRead]:
    """Return statements, the newest first."""
    return await service.list_statements(session, actor=actor, cursor=cursor, fund=fund)


@router.get("/standing")
async def read_standing(
    session: SessionDep, actor: Reconciler, fund: Fund, day: Annotated[date | None, Query()] = None
) -> StandingRead:
    """Say how a fund stands on a day: bank less books, what explains it, whether anything is open."""
    return await service.read_standing(session, actor=actor, fund=fund, day=day)


@router.get("/lines")
async def list_bank_lines(
    session: SessionDep,
    actor: Reconciler,
    keys: KeysDep,
    cursor: CursorDep,
    fund: Fund,
    state: Annotated[Literal["matched", "explained", "open"] | None, Query()] = None,
    until: Annotated[date | None, Query()] = None,
) -> Page[BankLineRead]:
    """Return lines of the bank; those explained or open are the differences on the bank's side."""
    return await service.list_lines(
        session, actor=actor, cursor=cursor, fund=fund, state=state, until=until, keys=keys
    )


@router.get("/entries")
async def list_book_entries(
    session: SessionDep,
    actor: Reconciler,
    cursor: CursorDep,
    fund: Fund,
    state: Annotated[Literal["explained", "open"] | None, Query()] = None,
) -> Page[BookEntryRead]:
    """Return entries of the books that no line of the bank shows: the differences on the books' side."""
    return await service.list_entries(session, actor=actor, cursor=cursor, fund=fund, state=state)


@router.post("/lines/{line_id}/matches")
async def match_bank_line(
    session: SessionDep, actor: Reconciler, keys: KeysDep, line_id: UUID, request: MatchByHand
) -> BankLineRead:
    """Say which entries of the books belong to a line; an entry belongs to one line."""
    return await explaining.match_line(
        session, actor=actor, line_id=line_id, entry_ids=request.entry_ids, keys=keys
    )


@router.put("/lines/{line_id}/explanation")
async def explain_bank_line(
    session: SessionDep, actor: Reconciler, keys: KeysDep, line_id: UUID, request: Explanation
) -> BankLineRead:
    """Say why a line stands at the bank alone."""
    return await explaining.explain_line(session, actor=actor, line_id=line_id, text=request.text, keys=keys)


@router.put("/entries/{entry_id}/explanation", status_code=204)
async def explain_book_entry(
    session: SessionDep, actor: Reconciler, entry_id: UUID, request: Explanation
) -> None:
    """Say why an entry stands in the books alone."""
    await explaining.explain_entry(session, actor=actor, entry_id=entry_id, text=request.text)
