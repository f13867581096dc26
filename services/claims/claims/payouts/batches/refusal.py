"""A command of two people: the bank has refused a released batch as a whole, before paying anything of it (N.05)."""

from uuid import UUID

from pydantic import BaseModel, ConfigDict
from sqlalchemy.ext.asyncio import AsyncSession

from common.audit import record
from common.auth import Actor
from common.clock import today
from common.errors import NotFound
from common.opinions import Reason
from common.proposals.commands import Approved, Command
from common.text import Text

from ...auth import PREPARE_PAYOUT, RELEASE_PAYOUT, must_be_of_whole_union
from ...ledger.rules import Cause, Movement
from ...ledger.service import book
from ..errors import BatchAnswered
from ..repository import PayoutRepository
from .models import PayoutBatch

BACK = {"claim": Cause.FAILED, "refund": Cause.REFUND_FAILED}


class Refusal(BaseModel):
    """A released batch of which the bank has said in writing that it paid nothing, and why."""

    model_config = ConfigDict(extra="forbid")

    batch_id: UUID
    reason: Reason


async def check_refusal(session: AsyncSession, actor: Actor, refusal: Refusal) -> None:
    """Refuse a batch that is not there, that nobody released, or of which the bank has answered a line."""
    must_be_of_whole_union(actor, PREPARE_PAYOUT)
    repository = PayoutRepository(session, actor.tenant_id)
    batch = await repository.find(PayoutBatch, refusal.batch_id)
    if batch is None:
        raise NotFound
    batch.must_be_released()
    answered = sum(item.outcome is not None for item in await repository.items(batch.id))
    if answered:
        raise BatchAnswered(number=batch.number, answered=answered)


async def take_back(session: AsyncSession, approved: Approved[Refusal]) -> None:
    """Give the batch up: its payouts wait for the next one as they are; the money is the fund's again."""
    refusal, actor = approved.parameters, approved.decider
    repository = PayoutRepository(session, actor.tenant_id)
    batch = await repository.find(PayoutBatch, refusal.batch_id, lock=True)
    if batch is None:
        raise NotFound
    items = await repository.items(batch.id, lock=True)
    await check_refusal(session, actor, refusal)
    batch.refused_by_bank(actor, refusal.reason)
    for payout in (await repository.hold(item.payout_id for item in items)).values():
        payout.come_back()
    for item in items:
        item.cancel()
    movements = [
        Movement(batch.fund, BACK[batch.purpose], item.id, item.amount, today(), item.number)
        for item in items
    ]
    await book(session, tenant_id=actor.tenant_id, movements=movements)
    await record(
        session,
        actor_id=actor.id,
        action="payout_batch.refused_by_bank",
        subject=f"payout_batch:{batch.id}",
        detail={"total": str(batch.total), "payouts": batch.payouts},
    )


BANK_REFUSAL = Command(
    name="payout.batch_refused",
    title=Text("登记银行整批退回", "A batch that the bank refused as a whole"),
    parameters=Refusal,
    propose=PREPARE_PAYOUT,
    decide=RELEASE_PAYOUT,
    run=take_back,
    check=check_refusal,
    subject=lambda refusal: f"payout_batch:{refusal.batch_id}",
)
