"""Commands on payouts that take two people: the bank gave money back and there is no file that says so (P.03)."""

from datetime import date
from uuid import UUID

from pydantic import BaseModel, ConfigDict
from sqlalchemy.ext.asyncio import AsyncSession

from common.auth import Actor
from common.clock import today
from common.errors import NotFound
from common.opinions import Reason
from common.proposals.commands import Approved, Command
from common.text import Text

from ..auth import PREPARE_PAYOUT, RELEASE_PAYOUT, must_be_of_whole_union
from .errors import PayoutStateWrong
from .models import Payout
from .refunds.commands import undo_settlement
from .repository import PayoutRepository
from .results.service import News, apply_news
from .rules import Answer


class Reversal(BaseModel):
    """A paid payout whose money the bank gave back (退汇), on which day and why."""

    model_config = ConfigDict(extra="forbid")

    payout_id: UUID
    reversed_on: date
    reason: Reason


async def check_reversal(session: AsyncSession, actor: Actor, reversal: Reversal) -> None:
    """Refuse a payout that is not there, or that was not paid; who works for a branch alone, too."""
    must_be_of_whole_union(actor, PREPARE_PAYOUT)
    payout = await PayoutRepository(session, actor.tenant_id).find(Payout, reversal.payout_id)
    if payout is None:
        raise NotFound
    if payout.status != "paid" or reversal.reversed_on > today():
        raise PayoutStateWrong(number=payout.number, status=payout.status)


async def reverse_payout(session: AsyncSession, approved: Approved[Reversal]) -> None:
    """Do what a result file of the bank would have done; a refund that was paid without a batch is owed again."""
    reversal, tenant_id = approved.parameters, approved.decider.tenant_id
    await check_reversal(session, approved.decider, reversal)
    repository = PayoutRepository(session, tenant_id)
    item = await repository.paid_item(reversal.payout_id)
    payout = await repository.find(Payout, reversal.payout_id)
    if payout is None or (item is None and payout.purpose != "refund"):
        raise NotFound
    if item is None:
        await undo_settlement(
            session, payout, on=reversal.reversed_on, reason=reversal.reason, approved=approved
        )
        return
    answer = Answer(item.number, "reversed", reversal.reason, "", reversal.reversed_on)
    news = [News(item, answer, "reversed")]
    await apply_news(session, tenant_id=tenant_id, fund=payout.fund, news=news, keys=approved.keys)


REVERSAL = Command(
    name="payout.reverse",
    title=Text("登记退汇", "Money given back by the bank"),
    parameters=Reversal,
    propose=PREPARE_PAYOUT,
    decide=RELEASE_PAYOUT,
    run=reverse_payout,
    check=check_reversal,
    subject=lambda reversal: f"payout:{reversal.payout_id}",
)
