"""Use case of a result file (回盘): all of it fits the batch and is booked, or none of it."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.audit import record
from common.auth import Actor
from common.clock import business_day, today
from common.contracts.claims import PayoutCompleted, PayoutFailed
from common.contracts.pack.bank import ResultLayout
from common.crypto import TenantKeys
from common.errors import NotFound
from common.events import emit
from common.tenancy import current_pack

from ...intake.models import Claim
from ...intake.repository import ClaimRepository
from ...ledger.rules import Cause, Movement
from ...ledger.service import book
from ...statistics.rules import NO_UNIT, Count
from ...statistics.service import count
from ..batches.bank_file import lines_of
from ..batches.models import PayoutBatch, PayoutItem
from ..erased import blank_paid
from ..errors import ResultRefused, ResultUnreadable
from ..files import EMPTY, lacks_columns, read_rows
from ..models import Payout
from ..refunds.facts import answer_refund
from ..repository import PayoutRepository
from ..rules import Answer, Line, find_heading, missing_columns, news_of, read_answers
from ..schemas import ResultRead
from ..service import payout_fact

CAUSES = {
    "claim": {"paid": Cause.PAID, "failed": Cause.FAILED, "reversed": Cause.REVERSED},
    "refund": {
        "paid": Cause.REFUND_PAID,
        "failed": Cause.REFUND_FAILED,
        "reversed": Cause.REFUND_REVERSED,
    },
}


RETURNED = "银行退回"


class News(NamedTuple):
    """What becomes true of a line by a bank's answer."""

    item: PayoutItem
    answer: Answer
    outcome: str


async def import_result(
    session: AsyncSession, *, actor: Actor, batch_id: UUID, data: bytes, keys: TenantKeys
) -> ResultRead:
    """Book what the bank says of a batch; the same file again changes nothing."""
    repository = PayoutRepository(session, actor.tenant_id)
    batch = await repository.find(PayoutBatch, batch_id, lock=True)
    if batch is None:
        raise NotFound
    batch.must_be_released()
    items = await repository.items(batch.id, lock=True)
    layout = (await current_pack(session)).bank.result
    answers = await asyncio.to_thread(_read, layout, data, lines_of(items, keys=keys))
    by_number = {item.number: item for item in items}
    news = [
        News(by_number[answer.payout_number], answer, outcome)
        for answer in answers
        if (outcome := news_of(by_number[answer.payout_number].outcome, answer.outcome)) is not None
    ]
    await apply_news(session, tenant_id=actor.tenant_id, fund=batch.fund, news=news, keys=keys)
    left = sum(item.outcome is None for item in items)
    if left == 0 and batch.status != "settled":
        batch.settle()
    done = Counter(item.outcome for item in news)
    await record(
        session,
        actor_id=actor.id,
        action="payout_batch.result_imported",
        subject=f"payout_batch:{batch.id}",
        detail={name: done[name] for name in ("paid", "failed", "reversed")},
    )
    return ResultRead(
        batch_id=batch.id,
        paid=done["paid"],
        failed=done["failed"],
        reversed=done["reversed"],
        repeated=sum(answer.outcome is not None for answer in answers) - len(news),
        open=left,
        status=batch.status,
    )


def _read(layout: ResultLayout, data: bytes, lines: Sequence[Line]) -> list[Answer]:
    rows = list(read_rows(layout, data))
    if not rows:
        raise ResultUnreadable(detail=EMPTY.in_language())
    place = find_heading(layout, rows)
    if place is None:
        raise ResultUnreadable(detail=lacks_columns(missing_columns(layout, rows[0][1])).in_language())
    answers, faults = read_answers(layout, rows[place][1], rows[place + 1 :], lines, until=today())
    if faults:
        raise ResultRefused(errors=[fault.as_error() for fault in faults[:1000]])
    return answers


async def apply_news(
    session: AsyncSession, *, tenant_id: UUID, fund: str, news: Sequence[News], keys: TenantKeys
) -> None:
    """Change payouts and claims, book the ledger, count, tell: what the bank said becomes true once."""
    repository, claims = PayoutRepository(session, tenant_id), ClaimRepository(session, tenant_id)
    wanted = [item.item.payout_id for item in news]
    # Claims before payouts, as everywhere: who names another card at this moment does not wait crosswise.
    held = await claims.hold(await repository.claims_of(wanted))
    payouts = await repository.hold(wanted)
    movements: list[Movement] = []
    counts: list[Count] = []
    for one in news:
        item, answer, outcome = one
        payout = payouts[item.payout_id]
        day = answer.paid_on or today()
        item.settle(
            outcome=outcome, on=day, reason=answer.reason or None, bank_serial=answer.bank_serial or None
        )
        if payout.claim_id is None:
            answer_refund(session, payout, outcome, day=day, reason=answer.reason or RETURNED, keys=keys)
        else:
            counts += _answer_claim(session, claims, held[payout.claim_id], payout, one, keys)
        movements.append(
            Movement(fund, CAUSES[payout.purpose][outcome], item.id, item.amount, day, item.number)
        )
    await book(session, tenant_id=tenant_id, movements=movements)
    await count(session, tenant_id=tenant_id, counts=counts)
    await session.flush()
    await blank_paid(session, payouts=wanted, keys=keys)


def _answer_claim(
    session: AsyncSession, claims: ClaimRepository, claim: Claim, payout: Payout, news: News, keys: TenantKeys
) -> list[Count]:
    """Pay a claim, or have its money back; return what it counts for."""
    day = news.answer.paid_on or today()
    if news.outcome == "paid":
        _pay(session, claims, claim, payout, day, keys)
        return [_count(payout, claim, day)]
    counts = []
    if news.outcome == "reversed":
        counts.append(_count(payout, claim, payout.paid_on or day, sign=-1))
    _give_back(session, claims, claim, payout, news, keys)
    return counts


def _pay(
    session: AsyncSession, claims: ClaimRepository, claim: Claim, payout: Payout, day: date, keys: TenantKeys
) -> None:
    payout.pay(day)
    claim.complete_payment()
    claims.add_step(claim, node="payment", action="paid")
    emit(session, PayoutCompleted(payout=payout_fact(payout, claim, keys=keys)))


def _give_back(
    session: AsyncSession, claims: ClaimRepository, claim: Claim, payout: Payout, news: News, keys: TenantKeys
) -> None:
    """The money is with the union again: refused by the bank, or returned after it was paid."""
    reason = news.answer.reason or RETURNED
    if news.outcome == "reversed":
        payout.reverse(news.answer.paid_on or today(), reason)
        claim.reverse_payment(reason)
    else:
        payout.fail(reason)
        claim.fail_payment(reason)
    claims.add_step(claim, node="payment", action=news.outcome, opinion=reason)
    emit(
        session,
        PayoutFailed(
            payout=payout_fact(payout, claim, keys=keys),
            reason=keys.sealed_words(reason),
            reversed=news.outcome == "reversed",
        ),
    )


def _count(payout: Payout, claim: Claim, day: date, *, sign: int = 1) -> Count:
    """Count a payment, and how many days it took since the claim was handed in."""
    since = business_day(claim.submitted_at) if claim.submitted_at else None
    return Count(
        payout.unit_id or NO_UNIT,
        payout.product_code or "",
        day,
        paid=sign * payout.amount,
        paid_claims=sign,
        days=(day - since).days if since else None,
    )
