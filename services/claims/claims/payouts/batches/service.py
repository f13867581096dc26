"""Use cases of batches: prepare, confirm, release, give up, look at them."""

from collections.abc import Collection
from decimal import Decimal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.audit import record
from common.auth import Actor
from common.clock import now, today
from common.contracts.pack import TenantPack
from common.crypto import TenantKeys
from common.errors import NotFound
from common.http import Cursor, Page
from common.identifiers import mask_bank_card, mask_name
from common.ids import new_id
from common.tenancy import current_pack

from ...ledger.accounts.service import payer_of
from ...ledger.rules import Cause, Movement
from ...ledger.service import book, hold_balance
from ..errors import AccountNamedByReleaser, BalanceTooLow, FundUnknown, NothingWaiting
from ..models import Payout
from ..repository import PayoutRepository
from ..schemas import BatchCreate, BatchRead, ItemRead
from ..service import CARD, NAME
from .models import PayoutBatch, PayoutItem
from .showing import must_be_prepared, must_be_unconfirmed, show_batch, show_batches
from .waiting import chosen, must_be_as_shown, purse_of

RELEASES = {"claim": Cause.RELEASE, "refund": Cause.REFUND_RELEASED}


async def prepare_batch(
    session: AsyncSession, *, actor: Actor, request: BatchCreate, keys: TenantKeys
) -> BatchRead:
    """Collect what waits in a fund into a batch (制单), at most as many lines as the bank takes.

    All of it, what the money covers, or those that were chosen. WaitingChanged where that is not what was `shown`.
    """
    pack = await current_pack(session)
    if request.fund not in {fund.code for fund in pack.funds}:
        raise FundUnknown(fund=request.fund)
    only = await chosen(session, pack=pack, tenant_id=actor.tenant_id, request=request)
    batch = await collect(
        session,
        pack=pack,
        tenant_id=actor.tenant_id,
        fund=request.fund,
        purpose=request.purpose,
        maker=actor,
        only=only,
    )
    must_be_as_shown(request, batch)
    if batch is None:
        raise NothingWaiting
    return await show_batch(session, batch, keys=keys)


async def collect(
    session: AsyncSession,
    *,
    pack: TenantPack,
    tenant_id: UUID,
    fund: str,
    maker: Actor | None,
    purpose: str = "claim",
    only: Collection[UUID] | None = None,
) -> PayoutBatch | None:
    """Put waiting payouts, or `only` these, into a batch; without a `maker` it is the schedule's.

    None where nothing waits.
    """
    repository = PayoutRepository(session, tenant_id)
    payouts = await repository.take_waiting(fund, purpose, pack.bank.batch.max_rows, only=only)
    if not payouts:
        return None
    batch = repository.add(
        PayoutBatch(
            id=new_id(),
            created_at=now(),
            number=f"B{today():%Y%m%d}{await repository.batch_number():06d}",
            fund=fund,
            purpose=purpose,
            status="prepared",
            origin="person" if maker else "schedule",
            maker_id=maker.id if maker else None,
            maker_human=maker.human if maker else None,
            total=sum((payout.amount for payout in payouts), Decimal("0.00")),
            payouts=len(payouts),
            version=1,
        )
    )
    await session.flush()
    for sequence, payout in enumerate(payouts, start=1):
        payout.take_into_batch()
        repository.add(_item(batch, payout, sequence))
    await _note(session, batch, maker, "prepared")
    return batch


def _item(batch: PayoutBatch, payout: Payout, sequence: int) -> PayoutItem:
    return PayoutItem(
        id=new_id(),
        batch_id=batch.id,
        payout_id=payout.id,
        sequence=sequence,
        number=payout.number,
        claim_number=payout.claim_number,
        amount=payout.amount,
        name=payout.name,
        card=payout.card,
        bank_name=payout.bank_name,
    )


async def _note(session: AsyncSession, batch: PayoutBatch, actor: Actor | None, done: str) -> None:
    await record(
        session,
        actor_id=actor.id if actor else "system",
        action=f"payout_batch.{done}",
        subject=f"payout_batch:{batch.id}",
        detail={"total": str(batch.total), "payouts": batch.payouts},
    )


async def confirm_batch(
    session: AsyncSession, *, actor: Actor, batch_id: UUID, keys: TenantKeys
) -> BatchRead:
    """Answer for a batch that the schedule prepared (核对确认); another person then releases it.

    Who confirmed it is answered the same again; anybody else is told who did, and when.
    """
    batch = await find_batch(session, actor=actor, batch_id=batch_id, lock=True)
    if batch.confirmed_by(actor):
        return await show_batch(session, batch, keys=keys)
    await must_be_prepared(session, batch, keys=keys)
    await must_be_unconfirmed(session, batch, keys=keys)
    batch.confirm(actor)
    await _note(session, batch, actor, "confirmed")
    return await show_batch(session, batch, keys=keys)


async def cancel_batch(
    session: AsyncSession, *, actor: Actor, batch_id: UUID, reason: str, keys: TenantKeys
) -> BatchRead:
    """Give up a batch before its release (作废); its payouts wait for the next one.

    Who gave it up is answered the same again with the same words.
    """
    batch = await find_batch(session, actor=actor, batch_id=batch_id, lock=True)
    if batch.cancelled_by(actor, reason):
        return await show_batch(session, batch, keys=keys)
    await must_be_prepared(session, batch, keys=keys)
    batch.cancel(actor, reason)
    repository = PayoutRepository(session, actor.tenant_id)
    items = await repository.items(batch.id, lock=True)
    for payout in (await repository.hold(item.payout_id for item in items)).values():
        payout.leave_batch()
    for item in items:
        item.cancel()
    await _note(session, batch, actor, "cancelled")
    return await show_batch(session, batch, keys=keys)


async def release_batch(
    session: AsyncSession, *, actor: Actor, batch_id: UUID, keys: TenantKeys
) -> BatchRead:
    """Release a batch to the bank (复核放行): by another person, and only what the fund has.

    Who released it is answered the same again; anybody else is told who did, and when.
    """
    repository = PayoutRepository(session, actor.tenant_id)
    batch = await find_batch(session, actor=actor, batch_id=batch_id, lock=True)
    if batch.released_by(actor):
        return await show_batch(session, batch, keys=keys)
    await must_be_prepared(session, batch, keys=keys)
    payer = await payer_of(session, tenant_id=actor.tenant_id, fund=batch.fund)
    batch.release(actor, holder=payer.holder, number=payer.number)
    await _must_be_covered(session, batch)
    items = await repository.items(batch.id)
    for payout in (await repository.hold(item.payout_id for item in items)).values():
        if payout.named_by(actor):
            raise AccountNamedByReleaser(number=payout.number)
        payout.release()
    movement = Movement(batch.fund, RELEASES[batch.purpose], batch.id, batch.total, today(), batch.number)
    await book(session, tenant_id=actor.tenant_id, movements=[movement])
    await _note(session, batch, actor, "released")
    return await show_batch(session, batch, keys=keys)


async def _must_be_covered(session: AsyncSession, batch: PayoutBatch) -> None:
    """Raise BalanceTooLow beyond what the fund has."""
    balance = await hold_balance(session, tenant_id=batch.tenant_id, fund=batch.fund)
    money = purse_of(await current_pack(session), balance, batch.purpose)
    if money.spendable < batch.total:
        raise BalanceTooLow(available=str(money.available), floor=str(money.floor), total=str(batch.total))


async def list_batches(
    session: AsyncSession,
    *,
    actor: Actor,
    cursor: Cursor,
    fund: str | None,
    status: str | None,
    purpose: str | None,
    keys: TenantKeys,
) -> Page[BatchRead]:
    """Return batches, the newest first."""
    repository = PayoutRepository(session, actor.tenant_id)
    rows = await repository.batches(cursor, fund=fund, status=status, purpose=purpose)
    shown = {one.id: one for one in await show_batches(session, rows, keys=keys)}
    return cursor.page(rows, lambda row: shown[row.id])


async def get_batch(session: AsyncSession, *, actor: Actor, batch_id: UUID, keys: TenantKeys) -> BatchRead:
    """Return one batch."""
    return await show_batch(session, await find_batch(session, actor=actor, batch_id=batch_id), keys=keys)


async def find_batch(
    session: AsyncSession, *, actor: Actor, batch_id: UUID, lock: bool = False
) -> PayoutBatch:
    """Return a batch; NotFound if the tenant has none of this id."""
    batch = await PayoutRepository(session, actor.tenant_id).find(PayoutBatch, batch_id, lock=lock)
    if batch is None:
        raise NotFound
    return batch


async def list_items(
    session: AsyncSession, *, actor: Actor, batch_id: UUID, cursor: Cursor, keys: TenantKeys
) -> Page[ItemRead]:
    """Return the lines of a batch with what the bank said of each; names and cards masked."""
    await find_batch(session, actor=actor, batch_id=batch_id)
    rows = await PayoutRepository(session, actor.tenant_id).item_page(cursor, batch_id)

    def read(item: PayoutItem) -> ItemRead:
        name, card = keys.open(item.name, context=NAME), keys.open(item.card, context=CARD)
        return ItemRead.of(item, name=mask_name(name), card=mask_bank_card(card))

    return cursor.page(rows, read)
