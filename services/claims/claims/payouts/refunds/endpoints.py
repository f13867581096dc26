"""HTTP of refunds."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter

from common.auth import Actor
from common.http import KeysDep, OnceDep, SessionDep

from ...auth import PREPARE_PAYOUT, of_whole_union
from ..schemas import PayoutRead
from . import service
from .schemas import AccountNaming

router = APIRouter(prefix="/payouts", tags=["payouts"])


@router.post("/{payout_id}/account")
async def name_account(
    session: SessionDep,
    actor: Annotated[Actor, of_whole_union(PREPARE_PAYOUT)],
    keys: KeysDep,
    once: OnceDep,
    payout_id: UUID,
    request: AccountNaming,
) -> PayoutRead:
    """Name the account of a refund (登记退费账户); whoever names it does not release the batch."""
    return await once.run(
        session,
        caller=str(actor.id),
        answer=PayoutRead,
        work=lambda: service.name_account(
            session, actor=actor, payout_id=payout_id, request=request, keys=keys
        ),
    )
