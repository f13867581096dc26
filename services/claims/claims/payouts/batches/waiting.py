"""What waits for a batch: how much, what the money covers, and which of it a maker chose (N.05)."""

from collections.abc import Collection, Sequence
from decimal import Decimal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.auth import Actor
from common.contracts.pack import TenantPack
from common.tenancy import current_pack

from ...ledger.rules import Balance
from ...ledger.service import balances_of
from ..errors import BatchTooLong, NothingCovered, PayoutsNotWaiting, WaitingChanged
from ..repository import PayoutRepository
from ..schemas import BatchCreate, BatchSum, WaitingRead
from .models import PayoutBatch
from .rules import Purse, Waiting, covered_by

PURPOSES = ("claim", "refund")


def purse_of(
    pack: TenantPack, balance: Balance, purpose: str, *, prepared: Decimal = Decimal("0.00")
) -> Purse:
    """Return what batches of a purpose are paid from; refunds are owed, so no floor is kept from them."""
    if purpose == "refund":
        return Purse(balance.at_bank, Decimal("0.00"), prepared)
    floor = next((item.floor for item in pack.funds if item.code == balance.fund), Decimal("0.00"))
    return Purse(balance.available, floor, prepared)


async def list_waiting(session: AsyncSession, *, actor: Actor) -> list[WaitingRead]:
    """Return for each fund and purpose what waits for a batch, and what of it the money covers."""
    pack = await current_pack(session)
    most = pack.bank.batch.max_rows
    found = []
    for fund in pack.funds:
        for purpose in PURPOSES:
            waiting = await _waiting(session, actor.tenant_id, fund.code, purpose)
            if not waiting:
                continue
            purse = await _purse(session, pack, actor.tenant_id, fund.code, purpose)
            found.append(
                WaitingRead(
                    fund=fund.code,
                    title=fund.title.text().in_language(),
                    purpose=purpose,
                    waiting=_sum(waiting),
                    batch=_sum(waiting[:most]),
                    covered=_sum(covered_by(purse.left, waiting, most=most)),
                    available=purse.available,
                    floor=purse.floor,
                    prepared=purse.prepared,
                    left=purse.left,
                )
            )
    return found


async def chosen(
    session: AsyncSession, *, pack: TenantPack, tenant_id: UUID, request: BatchCreate
) -> Collection[UUID] | None:
    """Return which payouts the maker wants, None for all that wait.

    BatchTooLong, PayoutsNotWaiting where some of those that were named do not wait any more, NothingCovered.
    """
    if request.payout_ids is None and not request.covered_only:
        return None
    most = pack.bank.batch.max_rows
    waiting = await _waiting(session, tenant_id, request.fund, request.purpose)
    if request.payout_ids is not None:
        wanted = set(request.payout_ids)
        if len(wanted) > most:
            raise BatchTooLong(chosen=len(wanted), most=most)
        gone = wanted - {one.id for one in waiting}
        if gone:
            raise PayoutsNotWaiting(chosen=len(wanted), gone=len(gone))
        return wanted
    purse = await _purse(session, pack, tenant_id, request.fund, request.purpose)
    covered = covered_by(purse.left, waiting, most=most)
    if waiting and not covered:
        raise NothingCovered(left=str(purse.left))
    return {one.id for one in covered}


def must_be_as_shown(request: BatchCreate, batch: PayoutBatch | None) -> None:
    """Raise WaitingChanged where the batch is not the one that its maker saw (docs/adr/0018).

    PayoutsNotWaiting where somebody else was taking one of those that were named.
    """
    named = set(request.payout_ids or ())
    held = batch.payouts if batch else 0
    if named and held != len(named):
        raise PayoutsNotWaiting(chosen=len(named), gone=len(named) - held)
    made = BatchSum(payouts=held, total=batch.total if batch else Decimal("0.00"))
    if request.shown is not None and request.shown != made:
        raise WaitingChanged(
            payouts=made.payouts,
            total=str(made.total),
            shown=request.shown.payouts,
            shown_total=str(request.shown.total),
        )


async def _purse(session: AsyncSession, pack: TenantPack, tenant_id: UUID, fund: str, purpose: str) -> Purse:
    prepared = await PayoutRepository(session, tenant_id).prepared_total(fund, purpose)
    balance = (await balances_of(session, tenant_id=tenant_id)).get(fund) or Balance(fund, {})
    return purse_of(pack, balance, purpose, prepared=prepared)


async def _waiting(session: AsyncSession, tenant_id: UUID, fund: str, purpose: str) -> Sequence[Waiting]:
    rows = await PayoutRepository(session, tenant_id).waiting(fund, purpose)
    return [Waiting(row_id, amount) for row_id, amount in rows]


def _sum(payouts: Sequence[Waiting]) -> BatchSum:
    return BatchSum(payouts=len(payouts), total=sum((one.amount for one in payouts), Decimal("0.00")))
