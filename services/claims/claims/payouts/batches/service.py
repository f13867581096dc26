"""Use cases of batches: prepare, confirm, release, give up, the bank's file."""

import asyncio
from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.audit import record
from common.auth import Actor
from common.clock import BUSINESS_ZONE, now, today
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
from ..files import write_csv, write_xlsx
from ..models import Payout, PayoutBatch, PayoutItem
from ..repository import PayoutRepository
from ..rules import Head, Line, batch_rows
from ..schemas import BatchCreate, BatchRead, ItemRead
from ..service import CARD, NAME
from .showing import must_be_prepared, must_be_unconfirmed, show_batch, show_batches

RELEASES = {"claim": Cause.RELEASE, "refund": Cause.REFUND_RELEASED}


async def prepare_batch(
    session: AsyncSession, *, actor: Actor, request: BatchCreate, keys: TenantKeys
) -> BatchRead:
    """Collect what waits in a fund into a batch (制单), at most as many lines as the bank takes."""
    pack = await current_pack(session)
    if request.fund not in {fund.code for fund in pack.funds}:
        raise FundUnknown(fund=request.fund)
    batch = await collect(
        session,
        pack=pack,
        tenant_id=actor.tenant_id,
        fund=request.fund,
        purpose=request.purpose,
        maker=actor,
    )
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
) -> PayoutBatch | None:
    """Put waiting payouts into a batch; without a `maker` it is the schedule's. None where nothing waits."""
    repository = PayoutRepository(session, tenant_id)
    payouts = await repository.take_waiting(fund, purpose, pack.bank.batch.max_rows)
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
    """Raise BalanceTooLow beyond what the fund has; refunds are owed, so no floor is kept from them."""
    balance = await hold_balance(session, tenant_id=batch.tenant_id, fund=batch.fund)
    refund = batch.purpose == "refund"
    available = balance.at_bank if refund else balance.available
    floor = Decimal(0) if refund else _floor(await current_pack(session), batch.fund)
    if available - floor < batch.total:
        raise BalanceTooLow(available=str(available), floor=str(floor), total=str(batch.total))


def _floor(pack: TenantPack, fund: str) -> Decimal:
    return next((item.floor for item in pack.funds if item.code == fund), Decimal(0))


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


def lines_of(items: Sequence[PayoutItem], *, keys: TenantKeys) -> list[Line]:
    """Return the lines of a batch, opened."""
    return [
        Line(
            item.sequence,
            item.number,
            keys.open(item.card, context=CARD),
            keys.open(item.name, context=NAME),
            item.bank_name or "",
            item.amount,
            item.claim_number,
            item.outcome,
        )
        for item in items
    ]


async def _payer(session: AsyncSession, batch: PayoutBatch) -> tuple[str, str]:
    """Return holder and number of the account of a released batch; the fund's own where none was noted then."""
    if batch.payer_holder is not None and batch.payer_number is not None:
        return batch.payer_holder, batch.payer_number
    payer = await payer_of(session, tenant_id=batch.tenant_id, fund=batch.fund)
    return payer.holder, payer.number


async def write_batch_file(
    session: AsyncSession, *, actor: Actor, batch_id: UUID, keys: TenantKeys, file_format: str | None
) -> tuple[str, str, bytes]:
    """Return name, format and bytes of the bank's file of a released batch; the export is audited."""
    batch = await find_batch(session, actor=actor, batch_id=batch_id)
    batch.must_be_released()
    layout = (await current_pack(session)).bank.batch
    holder, number = await _payer(session, batch)
    items = await PayoutRepository(session, actor.tenant_id).items(batch.id)
    sent_on = batch.released_at.astimezone(BUSINESS_ZONE).date() if batch.released_at else today()
    head = Head(batch.number, len(items), batch.total, number, holder, sent_on)
    lines = lines_of(items, keys=keys)
    chosen = file_format or layout.format
    write = write_xlsx if chosen == "xlsx" else write_csv
    data = await asyncio.to_thread(lambda: write(layout, batch_rows(layout, head, lines)))
    await record(
        session,
        actor_id=actor.id,
        action="payout_batch.exported",
        subject=f"payout_batch:{batch.id}",
        detail={"format": chosen, "payouts": batch.payouts},
    )
    return f"{batch.number}.{chosen}", chosen, data
