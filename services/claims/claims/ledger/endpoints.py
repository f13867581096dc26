"""HTTP of the ledger."""

from typing import Annotated

from fastapi import APIRouter, Query

from common.auth import Actor
from common.http import CursorDep, Page, SessionDep

from ..auth import READ_LEDGER, of_whole_union
from . import service
from .schemas import EntryRead, FundAccountRead, FundRead

router = APIRouter(prefix="/ledger", tags=["ledger"])
LedgerReader = Annotated[Actor, of_whole_union(READ_LEDGER)]


@router.get("/funds")
async def list_funds(session: SessionDep, actor: LedgerReader) -> list[FundRead]:
    """Return every fund's balances; `difference` is 0.00."""
    return await service.list_funds(session, actor=actor)


@router.get("/entries")
async def list_entries(
    session: SessionDep,
    actor: LedgerReader,
    cursor: CursorDep,
    fund: Annotated[str | None, Query(description="基金代码")] = None,
) -> Page[EntryRead]:
    """Return entries, the newest first."""
    return await service.list_entries(session, actor=actor, cursor=cursor, fund=fund)


@router.get("/funds/{fund}/account")
async def read_fund_account(session: SessionDep, actor: LedgerReader, fund: str) -> FundAccountRead:
    """Return the bank account of a fund and those that it had before; a change takes two people (/proposals)."""
    return await service.read_account(session, actor=actor, fund=fund)
