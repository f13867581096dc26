"""A refund was paid without a batch, e.g. at the counter: two people note it (P.03)."""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, StringConstraints
from sqlalchemy.ext.asyncio import AsyncSession

from common.auth import Actor
from common.clock import today
from common.contracts.claims import RefundPaid
from common.errors import NotFound
from common.events import emit
from common.proposals.commands import Approved, Command
from common.text import Text

from ...auth import PREPARE_PAYOUT, RELEASE_PAYOUT, must_be_of_whole_union
from ...ledger.rules import Cause, Movement
from ...ledger.service import book
from ..erased import blank_paid
from ..errors import NotARefund, PayoutStateWrong, SettledInFuture
from ..models import Payout
from ..repository import PayoutRepository
from ..states import MOVES
from .facts import refund_fact, tell_failed


class Settlement(BaseModel):
    """A refund that was paid, on which day and how."""

    model_config = ConfigDict(extra="forbid")

    payout_id: UUID
    paid_on: date
    memo: Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=100)]


async def check_settlement(session: AsyncSession, actor: Actor, settlement: Settlement) -> None:
    """Refuse what is no refund, is on its way or paid, or a day to come."""
    must_be_of_whole_union(actor, PREPARE_PAYOUT)
    payout = await PayoutRepository(session, actor.tenant_id).find(Payout, settlement.payout_id)
    if payout is None:
        raise NotFound
    if payout.purpose != "refund":
        raise NotARefund(number=payout.number)
    if (payout.status, "settle") not in MOVES:
        raise PayoutStateWrong(number=payout.number, status=payout.status)
    if settlement.paid_on > today():
        raise SettledInFuture


async def settle_refund(session: AsyncSession, approved: Approved[Settlement]) -> None:
    """Note it: the payout is paid, and the fund's bank has less."""
    settlement, tenant_id = approved.parameters, approved.decider.tenant_id
    await check_settlement(session, approved.decider, settlement)
    held = await PayoutRepository(session, tenant_id).hold([settlement.payout_id])
    payout = held[settlement.payout_id]
    payout.settle_outside(settlement.paid_on)
    movement = Movement(
        payout.fund,
        Cause.REFUND_SETTLED,
        approved.proposal_id,
        payout.amount,
        settlement.paid_on,
        f"{payout.number} {settlement.memo}",
    )
    await book(session, tenant_id=tenant_id, movements=[movement])
    emit(session, RefundPaid(refund=refund_fact(payout, keys=approved.keys)))
    await session.flush()
    await blank_paid(session, payouts=[payout.id], keys=approved.keys)


async def undo_settlement(
    session: AsyncSession, payout: Payout, *, on: date, reason: str, approved: Approved[Any]
) -> None:
    """Owe a refund again that was noted as paid without a batch: its money came back, or it was noted by mistake."""
    tenant_id = payout.tenant_id
    held = (await PayoutRepository(session, tenant_id).hold([payout.id]))[payout.id]
    held.reverse(on, reason)
    movement = Movement(
        held.fund, Cause.REFUND_REVERSED, approved.proposal_id, held.amount, on, f"{held.number} {reason}"
    )
    await book(session, tenant_id=tenant_id, movements=[movement])
    tell_failed(session, held, reason, keys=approved.keys)


SETTLEMENT = Command(
    name="refund.settle",
    title=Text("登记退费已另行支付", "A refund paid without a batch"),
    parameters=Settlement,
    propose=PREPARE_PAYOUT,
    decide=RELEASE_PAYOUT,
    run=settle_refund,
    check=check_settlement,
    subject=lambda settlement: f"payout:{settlement.payout_id}",
)
