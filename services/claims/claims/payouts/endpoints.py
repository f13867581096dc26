"""HTTP of single payouts."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query

from common.auth import Actor
from common.http import CursorDep, KeysDep, OnceDep, Page, SessionDep, requires

from ..auth import PREPARE_PAYOUT, READ_OWN, SUBMIT, PayoutReaderDep
from . import service
from .repository import PayoutFilter
from .schemas import OwnPayouts, PayeeChange, PayeeRead, PayoutRead, Purpose

router = APIRouter(tags=["payouts"])
Status = Literal["awaiting_card", "waiting", "batched", "released", "paid", "failed", "withdrawn"]


@router.get("/payouts")
async def list_payouts(
    session: SessionDep,
    actor: PayoutReaderDep,
    keys: KeysDep,
    cursor: CursorDep,
    status: Annotated[Status | None, Query()] = None,
    fund: Annotated[str | None, Query(max_length=40)] = None,
    batch_id: Annotated[UUID | None, Query()] = None,
    number: Annotated[str | None, Query(max_length=60, description="付款编号、理赔编号或订单编号")] = None,
    purpose: Annotated[Purpose | None, Query()] = None,
) -> Page[PayoutRead]:
    """Return payouts, the newest first; names and cards are masked."""
    chosen = PayoutFilter(status, fund, batch_id, number, purpose)
    return await service.list_payouts(session, actor=actor, cursor=cursor, chosen=chosen, keys=keys)


@router.get("/payouts/{payout_id}")
async def get_payout(
    session: SessionDep, actor: PayoutReaderDep, keys: KeysDep, payout_id: UUID
) -> PayoutRead:
    """Return one payout."""
    return await service.get_payout(session, actor=actor, payout_id=payout_id, keys=keys)


@router.post("/payouts/{payout_id}/retry")
async def retry_payout(
    session: SessionDep,
    actor: Annotated[Actor, requires(PREPARE_PAYOUT)],
    keys: KeysDep,
    once: OnceDep,
    payout_id: UUID,
) -> PayoutRead:
    """Let a failed payout wait for the next batch with the same card."""
    return await once.run(
        session,
        caller=str(actor.id),
        answer=PayoutRead,
        work=lambda: service.retry_payout(session, actor=actor, payout_id=payout_id, keys=keys),
    )


@router.get("/my/payouts")
async def list_own_payouts(
    session: SessionDep,
    actor: Annotated[Actor, requires(READ_OWN)],
    keys: KeysDep,
    year: Annotated[int | None, Query(ge=2000, le=2100)] = None,
) -> OwnPayouts:
    """Return the caller's own payouts of the last four years."""
    return await service.list_own_payouts(session, actor=actor, year=year, keys=keys)


@router.post("/claims/{claim_id}/payee")
async def change_payee(
    session: SessionDep,
    actor: Annotated[Actor, requires(SUBMIT)],
    keys: KeysDep,
    once: OnceDep,
    claim_id: UUID,
    request: PayeeChange,
) -> PayeeRead:
    """Name another card after a failed transfer."""
    return await once.run(
        session,
        caller=str(actor.id),
        answer=PayeeRead,
        work=lambda: service.change_payee(
            session, actor=actor, claim_id=claim_id, request=request, keys=keys
        ),
    )
