"""The bank's file of a released batch: its lines in the pack's layout, or those that the bank has not answered."""

import asyncio
from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.audit import record
from common.auth import Actor
from common.clock import BUSINESS_ZONE, today
from common.crypto import TenantKeys
from common.tenancy import current_pack

from ...ledger.accounts.service import payer_of
from ..files import write_csv, write_xlsx
from ..repository import PayoutRepository
from ..rules import Head, Line, batch_rows
from ..service import CARD, NAME
from .models import PayoutBatch, PayoutItem
from .service import find_batch


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
    """Return name, format and bytes of the bank's file of a released batch; the export is audited.

    Once the bank has answered some of its lines, the file holds the others: handed to the bank again, it pays nobody
    twice. A batch that is answered as a whole is written as it was sent.
    """
    batch = await find_batch(session, actor=actor, batch_id=batch_id)
    batch.must_be_released()
    layout = (await current_pack(session)).bank.batch
    holder, number = await _payer(session, batch)
    items = await PayoutRepository(session, actor.tenant_id).items(batch.id)
    unanswered = [item for item in items if item.outcome is None]
    part = 0 < len(unanswered) < len(items)
    items = unanswered if part else items
    total = sum((item.amount for item in items), Decimal("0.00"))
    sent_on = batch.released_at.astimezone(BUSINESS_ZONE).date() if batch.released_at else today()
    head = Head(batch.number, len(items), total, number, holder, sent_on)
    lines = lines_of(items, keys=keys)
    chosen = file_format or layout.format
    write = write_xlsx if chosen == "xlsx" else write_csv
    data = await asyncio.to_thread(lambda: write(layout, batch_rows(layout, head, lines)))
    await record(
        session,
        actor_id=actor.id,
        action="payout_batch.exported",
        subject=f"payout_batch:{batch.id}",
        detail={"format": chosen, "payouts": len(items)},
    )
    return f"{batch.number}{'-open' if part else ''}.{chosen}", chosen, data
