"""A payout whose claim a sample found wrongly decided: stopped at once, and let go on by two people alone (P.06)."""

from uuid import UUID

from pydantic import BaseModel, ConfigDict
from sqlalchemy.ext.asyncio import AsyncSession

from common.audit import record
from common.auth import Actor
from common.errors import NotFound
from common.opinions import Reason
from common.proposals.commands import Approved, Command
from common.text import Text

from ..auth import PREPARE_PAYOUT, RELEASE_PAYOUT, must_be_of_whole_union
from .errors import PayoutNotStopped
from .models import Payout
from .repository import PayoutRepository


async def stop_payout(session: AsyncSession, *, actor: Actor, claim_id: UUID) -> bool:
    """Stop the payout of a claim; False where there is none, or it was paid. It is audited."""
    payout = await PayoutRepository(session, actor.tenant_id).of_claim(claim_id, lock=True)
    if payout is None or not payout.stop():
        return False
    await _note(session, actor, payout, "stopped", {})
    return True


class Resumption(BaseModel):
    """A stopped payout that is to be paid after all, and why."""

    model_config = ConfigDict(extra="forbid")

    payout_id: UUID
    reason: Reason


async def check_resumption(session: AsyncSession, actor: Actor, resumption: Resumption) -> None:
    """Refuse a payout that is not there or not stopped; who works for a branch alone, too."""
    await _stopped(session, actor, resumption)


async def _stopped(session: AsyncSession, actor: Actor, resumption: Resumption) -> Payout:
    must_be_of_whole_union(actor, PREPARE_PAYOUT)
    payout = (await PayoutRepository(session, actor.tenant_id).hold([resumption.payout_id])).get(
        resumption.payout_id
    )
    if payout is None:
        raise NotFound
    if payout.stopped_at is None:
        raise PayoutNotStopped(number=payout.number)
    return payout


async def resume_payout(session: AsyncSession, approved: Approved[Resumption]) -> None:
    """Let it wait for the next batch again, or its batch be released."""
    payout = await _stopped(session, approved.decider, approved.parameters)
    payout.go_on()
    detail = {"proposed_by": str(approved.proposer.id)}
    await _note(session, approved.decider, payout, "resumed", detail)


async def _note(
    session: AsyncSession, actor: Actor, payout: Payout, done: str, detail: dict[str, str]
) -> None:
    await record(
        session, actor_id=actor.id, action=f"payout.{done}", subject=f"payout:{payout.id}", detail=detail
    )


RESUMPTION = Command(
    name="payout.resume",
    title=Text("恢复支付", "Let a stopped payout go on"),
    parameters=Resumption,
    propose=PREPARE_PAYOUT,
    decide=RELEASE_PAYOUT,
    run=resume_payout,
    check=check_resumption,
    subject=lambda resumption: f"payout:{resumption.payout_id}",
)
