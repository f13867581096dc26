"""Use case of a result file (回盘): all of it fits the batch and is booked, or none of it."""

import asyncio
from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.audit import record
from common.auth import Actor
from common.clock import today
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
from ..errors import ResultRefused, ResultUnreadable
from ..files import read_rows
from ..models import Payout, PayoutBatch, PayoutItem
from ..repository import PayoutRepository
from ..rules import Answer, Line, missing_columns, read_answers
from ..schemas import ResultRead
from ..service import lines_of, payout_fact


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
        (by_number[answer.payout_number], answer)
        for answer in answers
        if answer.outcome is not None and by_number[answer.payout_number].outcome is None
    ]
    await _apply(session, actor=actor, batch=batch, news=news, keys=keys)
    left = sum(item.outcome is None for item in items)
    if left == 0 and batch.status != "settled":
        batch.settle()
    paid = sum(item.outcome == "paid" for item, _ in news)
    await record(
        session,
        actor_id=actor.id,
        action="payout_batch.result_imported",
        subject=f"payout_batch:{batch.id}",
        detail={"paid": paid, "failed": len(news) - paid},
    )
    return ResultRead(
        batch_id=batch.id,
        paid=paid,
        failed=len(news) - paid,
        repeated=sum(answer.outcome is not None for answer in answers) - len(news),
        open=left,
        status=batch.status,
    )


def _read(layout: ResultLayout, data: bytes, lines: Sequence[Line]) -> list[Answer]:
    rows = list(read_rows(layout, data))
    if not rows:
        raise ResultUnreadable(detail="0")
    heading = rows[0][1]
    missing = missing_columns(layout, heading)
    if missing:
        raise ResultUnreadable(detail="、".join(missing))
    answers, faults = read_answers(layout, heading, rows[1:], lines)
    if faults:
        raise ResultRefused(errors=[fault.as_error() for fault in faults[:1000]])
    return answers


async def _apply(
    session: AsyncSession,
    *,
    actor: Actor,
    batch: PayoutBatch,
    news: Sequence[tuple[PayoutItem, Answer]],
    keys: TenantKeys,
) -> None:
    """Change payouts and claims, book the ledger, count, tell."""
    payouts = await PayoutRepository(session, actor.tenant_id).hold(item.payout_id for item, _ in news)
    claims = ClaimRepository(session, actor.tenant_id)
    held = await claims.hold(payout.claim_id for payout in payouts.values())
    movements, counts = [], []
    for item, answer in news:
        payout = payouts[item.payout_id]
        claim = held[payout.claim_id]
        item.settle(
            outcome=str(answer.outcome), reason=answer.reason or None, bank_serial=answer.bank_serial or None
        )
        day = answer.paid_on or today()
        if answer.outcome == "paid":
            _pay(session, claims, claim, payout, day, keys)
            counts.append(_count(payout, day))
        else:
            _fail(session, claims, claim, payout, answer.reason, keys)
        cause = Cause.PAID if answer.outcome == "paid" else Cause.FAILED
        movements.append(Movement(batch.fund, cause, item.id, item.amount, day, item.number))
    await book(session, tenant_id=actor.tenant_id, movements=movements)
    await count(session, tenant_id=actor.tenant_id, counts=counts)


def _pay(
    session: AsyncSession, claims: ClaimRepository, claim: Claim, payout: Payout, day: date, keys: TenantKeys
) -> None:
    payout.pay(day)
    claim.complete_payment()
    claims.add_step(claim, node="payment", action="paid")
    emit(session, PayoutCompleted(payout=payout_fact(payout, claim.kind, keys=keys)))


def _fail(
    session: AsyncSession,
    claims: ClaimRepository,
    claim: Claim,
    payout: Payout,
    reason: str,
    keys: TenantKeys,
) -> None:
    payout.fail(reason)
    claim.fail_payment(reason)
    claims.add_step(claim, node="payment", action="failed", opinion=reason)
    emit(session, PayoutFailed(payout=payout_fact(payout, claim.kind, keys=keys), reason=reason))


def _count(payout: Payout, day: date) -> Count:
    unit = payout.unit_id or NO_UNIT
    return Count(unit, payout.product_code or "", day.year, paid=payout.amount, paid_claims=1)
