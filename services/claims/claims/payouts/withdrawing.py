"""A decision that a sample found wrong is taken back by two people before it is paid; its claim begins anew (P.06)."""

from uuid import UUID

from pydantic import BaseModel, ConfigDict
from sqlalchemy.ext.asyncio import AsyncSession

from common.audit import record
from common.auth import Actor
from common.contracts.claims import PayoutWithdrawn
from common.crypto import seal_words
from common.errors import NotFound
from common.events import emit
from common.opinions import Reason
from common.proposals.commands import Approved, Command
from common.text import Text

from ..auth import PREPARE_PAYOUT, RELEASE_PAYOUT, must_be_of_whole_union
from ..decisions.service import movement_of
from ..intake.models import Claim
from ..intake.repository import ClaimRepository
from ..ledger.rules import Cause
from ..ledger.service import book
from ..submission.reopening import reconsider_claim
from .errors import PayoutNotStopped, PayoutStateWrong
from .models import Payout
from .repository import PayoutRepository
from .service import payout_fact
from .states import MOVES


class Reconsideration(BaseModel):
    """A stopped payout whose decision is to be taken back, and why."""

    model_config = ConfigDict(extra="forbid")

    payout_id: UUID
    reason: Reason


async def check_reconsideration(session: AsyncSession, actor: Actor, asked: Reconsideration) -> None:
    """Refuse a payout that is not there, not stopped, or in a batch; who works for a branch alone, too."""
    await _held(session, actor, asked)


async def _held(session: AsyncSession, actor: Actor, asked: Reconsideration) -> tuple[Claim, Payout]:
    """Lock the claim, then its payout."""
    must_be_of_whole_union(actor, PREPARE_PAYOUT)
    payouts = PayoutRepository(session, actor.tenant_id)
    claim = None
    for claim_id in await payouts.claims_of([asked.payout_id]):
        claim = await ClaimRepository(session, actor.tenant_id).find(Claim, claim_id, lock=True)
    payout = (await payouts.hold([asked.payout_id])).get(asked.payout_id)
    if claim is None or payout is None:
        raise NotFound
    if payout.stopped_at is None:
        raise PayoutNotStopped(number=payout.number)
    if (payout.status, "withdraw") not in MOVES:
        raise PayoutStateWrong(number=payout.number, status=payout.status)
    return claim, payout


async def reconsider(session: AsyncSession, approved: Approved[Reconsideration]) -> None:
    """Book the approval back, withdraw the payout, and have the claim looked at again from its first node."""
    actor, asked = approved.decider, approved.parameters
    claim, payout = await _held(session, actor, asked)
    payout.withdraw()
    emit(session, PayoutWithdrawn(payout=payout_fact(payout, claim, keys=approved.keys)))
    if claim.amount:
        back = movement_of(claim, Cause.APPROVAL_WITHDRAWN)
        await book(session, tenant_id=actor.tenant_id, movements=[back])
    await reconsider_claim(
        session,
        claim=claim,
        keys=approved.keys,
        handler_id=actor.id,
        handler=actor.label,
        opinion=seal_words(approved.keys, asked.reason),
    )
    await record(
        session,
        actor_id=actor.id,
        action="payout.withdrawn",
        subject=f"payout:{payout.id}",
        detail={"proposed_by": str(approved.proposer.id)},
    )


RECONSIDERATION = Command(
    name="payout.withdraw",
    title=Text("撤回给付，重新审核", "Take the decision back and look at the claim again"),
    parameters=Reconsideration,
    propose=PREPARE_PAYOUT,
    decide=RELEASE_PAYOUT,
    run=reconsider,
    check=check_reconsideration,
    subject=lambda asked: f"payout:{asked.payout_id}",
)
