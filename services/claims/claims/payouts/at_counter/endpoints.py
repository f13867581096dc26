"""HTTP of the counter about payouts."""

from datetime import timedelta
from typing import Annotated, cast
from uuid import UUID

from fastapi import APIRouter, Request

from common.auth import Actor
from common.http import KeysDep, LinkKeyDep, OnceDep, SessionDep, context_of, requires, requires_any

from ...auth import COUNTER, RELEASE_PAYOUT
from ...settings import ClaimsSettings
from . import service
from .schemas import CardChangeCreate, CardChangeRead, EvidenceLink, PayoutSearch, StuckPayout

router = APIRouter(prefix="/counter", tags=["payouts"])
Clerk = Annotated[Actor, requires(COUNTER)]


@router.post("/payouts/search")
async def list_stuck_payouts(
    session: SessionDep, actor: Clerk, keys: KeysDep, request: PayoutSearch
) -> list[StuckPayout]:
    """Return a member's payouts that lack a card or failed, by the number of the ID card shown at the counter."""
    return await service.list_stuck_payouts(session, actor=actor, request=request, keys=keys)


@router.post("/card-changes", status_code=201)
async def propose_card(
    session: SessionDep,
    actor: Clerk,
    keys: KeysDep,
    key: LinkKeyDep,
    once: OnceDep,
    request: CardChangeCreate,
) -> CardChangeRead:
    """Propose another card for a stuck payout (柜面更换收款卡); somebody who releases payouts consents."""
    return await once.run(
        session,
        caller=str(actor.id),
        answer=CardChangeRead,
        work=lambda: service.propose_card(session, actor=actor, request=request, keys=keys, link_key=key),
    )


@router.get("/card-changes/{proposal_id}/evidence")
async def link_to_evidence(
    session: SessionDep,
    actor: Annotated[Actor, requires_any(COUNTER, RELEASE_PAYOUT)],
    keys: KeysDep,
    key: LinkKeyDep,
    request: Request,
    proposal_id: UUID,
) -> EvidenceLink:
    """Return a short-lived link to the picture of a proposed card, for whoever proposed it or may consent."""
    lifetime: timedelta = cast(ClaimsSettings, context_of(request).settings).document_link_lifetime
    return await service.link_to_evidence(
        session, actor=actor, proposal_id=proposal_id, keys=keys, link_key=key, lifetime=lifetime
    )
