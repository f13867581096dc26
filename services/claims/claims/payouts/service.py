"""Use cases of payouts: request, prepare, release. What the bank answers is in `results`."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.audit import record
from common.auth import Actor
from common.clock import BUSINESS_ZONE, now, today
from common.contracts.claims import PayoutFact, PayoutRequested
from common.contracts.pack import TenantPack
from common.crypto import TenantKeys
from common.errors import NotFound
from common.events import emit
from common.http import Cursor, Page
from common.identifiers import bank_card_faults, compact_number, mask_bank_card
from common.ids import new_id
from common.tenancy import current_pack

from ..intake.errors import CardInvalid
from ..intake.models import Claim
from ..intake.repository import ClaimRepository
from ..ledger.rules import Cause, Movement
from ..ledger.service import book, hold_available
from .errors import BalanceTooLow, FundUnknown, NothingWaiting
from .files import write_csv, write_xlsx
from .models import Payout, PayoutBatch, PayoutItem
from .repository import PayoutRepository
from .rules import Line, batch_row
from .schemas import BatchCreate, BatchRead, PayeeChange, PayeeRead

CARD = "person.card"
NAME = "person.name"


@dataclass(frozen=True, slots=True)
class Payee:
    """Who is paid, as sealed tokens: name and, if known, card."""

    name: str
    card: str | None
    bank_name: str | None


def payout_fact(payout: Payout, kind: str, *, keys: TenantKeys) -> PayoutFact:
    """Return a payout as the events tell it: of the card its last four digits, sealed."""
    tail = keys.open(payout.card, context=CARD)[-4:] if payout.card else None
    return PayoutFact(
        version=payout.version,
        payout_id=payout.id,
        claim_id=payout.claim_id,
        claim_number=payout.claim_number,
        person_id=payout.person_id,
        amount=payout.amount,
        card_tail=keys.sealed(tail, context="card.tail") if tail else None,
        bank_name=payout.bank_name,
        kind=kind,
        product_code=payout.product_code,
        paid_on=payout.paid_on,
    )


def request_payouts(
    session: AsyncSession, *, tenant_id: UUID, approved: Sequence[tuple[Claim, Payee]], keys: TenantKeys
) -> None:
    """Ask for one payout of each approved claim; the database refuses a second one of the same claim."""
    repository = PayoutRepository(session, tenant_id)
    for claim, payee in approved:
        payout = Payout(
            id=new_id(),
            claim_id=claim.id,
            number=f"P{claim.number}",
            claim_number=claim.number or "",
            person_id=claim.person_id,
            unit_id=claim.unit_id,
            product_code=claim.product_code,
            fund=claim.fund,
            amount=claim.amount,
            status="waiting" if payee.card else "awaiting_card",
            name=payee.name,
            card=payee.card,
            bank_name=payee.bank_name,
            version=1,
        )
        repository.add(payout)
        emit(session, PayoutRequested(payout=payout_fact(payout, claim.kind, keys=keys)))


async def prepare_batch(session: AsyncSession, *, actor: Actor, request: BatchCreate) -> BatchRead:
    """Collect what waits in a fund into a batch (制单), at most as many lines as the bank takes."""
    pack = await current_pack(session)
    if request.fund not in {fund.code for fund in pack.funds}:
        raise FundUnknown(fund=request.fund)
    repository = PayoutRepository(session, actor.tenant_id)
    payouts = await repository.take_waiting(request.fund, pack.bank.batch.max_rows)
    if not payouts:
        raise NothingWaiting
    batch = repository.add(
        PayoutBatch(
            id=new_id(),
            created_at=now(),
            number=f"B{now().astimezone(BUSINESS_ZONE):%Y%m%d%H%M%S%f}"[:18],
            fund=request.fund,
            status="prepared",
            maker_id=actor.id,
            total=sum((payout.amount for payout in payouts), Decimal("0.00")),
            payouts=len(payouts),
            version=1,
        )
    )
    await session.flush()
    for sequence, payout in enumerate(payouts, start=1):
        payout.take_into_batch()
        repository.add(_item(batch, payout, sequence))
    await record(
        session,
        actor_id=actor.id,
        action="payout_batch.prepared",
        subject=f"payout_batch:{batch.id}",
        detail={"total": str(batch.total), "payouts": batch.payouts},
    )
    return BatchRead.of(batch)


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


async def release_batch(session: AsyncSession, *, actor: Actor, batch_id: UUID) -> BatchRead:
    """Release a batch to the bank (复核放行): by another person, and only what the fund has."""
    repository = PayoutRepository(session, actor.tenant_id)
    batch = await repository.find(PayoutBatch, batch_id, lock=True)
    if batch is None:
        raise NotFound
    batch.release(actor.id)
    available = await hold_available(session, tenant_id=actor.tenant_id, fund=batch.fund)
    floor = _floor(await current_pack(session), batch.fund)
    if available - floor < batch.total:
        raise BalanceTooLow(available=str(available), floor=str(floor), total=str(batch.total))
    items = await repository.items(batch.id)
    for payout in (await repository.hold(item.payout_id for item in items)).values():
        payout.release()
    movement = Movement(batch.fund, Cause.RELEASE, batch.id, batch.total, today(), batch.number)
    await book(session, tenant_id=actor.tenant_id, movements=[movement])
    await record(
        session,
        actor_id=actor.id,
        action="payout_batch.released",
        subject=f"payout_batch:{batch.id}",
        detail={"total": str(batch.total), "payouts": batch.payouts},
    )
    return BatchRead.of(batch)


def _floor(pack: TenantPack, fund: str) -> Decimal:
    return next((item.floor for item in pack.funds if item.code == fund), Decimal(0))


async def list_batches(
    session: AsyncSession, *, actor: Actor, cursor: Cursor, fund: str | None, status: str | None
) -> Page[BatchRead]:
    """Return batches, the newest first."""
    rows = await PayoutRepository(session, actor.tenant_id).batches(cursor, fund=fund, status=status)
    return cursor.page(rows, BatchRead.of)


async def find_batch(session: AsyncSession, *, actor: Actor, batch_id: UUID) -> PayoutBatch:
    """Return a batch; NotFound if the tenant has none of this id."""
    batch = await PayoutRepository(session, actor.tenant_id).find(PayoutBatch, batch_id)
    if batch is None:
        raise NotFound
    return batch


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


async def write_batch_file(
    session: AsyncSession, *, actor: Actor, batch_id: UUID, keys: TenantKeys, file_format: str | None
) -> tuple[str, str, bytes]:
    """Return name, format and bytes of the bank's file of a released batch; the export is audited."""
    batch = await find_batch(session, actor=actor, batch_id=batch_id)
    batch.must_be_released()
    pack = await current_pack(session)
    layout = pack.bank.batch
    items = await PayoutRepository(session, actor.tenant_id).items(batch.id)
    sent_on = batch.released_at.astimezone(BUSINESS_ZONE).date() if batch.released_at else today()
    rows = [
        batch_row(layout, line, payer_account=pack.account.number, sent_on=sent_on)
        for line in lines_of(items, keys=keys)
    ]
    chosen = file_format or layout.format
    write = write_xlsx if chosen == "xlsx" else write_csv
    data = await asyncio.to_thread(write, layout, rows)
    await record(
        session,
        actor_id=actor.id,
        action="payout_batch.exported",
        subject=f"payout_batch:{batch.id}",
        detail={"format": chosen, "payouts": batch.payouts},
    )
    return f"{batch.number}.{chosen}", chosen, data


async def change_payee(
    session: AsyncSession, *, actor: Actor, claim_id: UUID, request: PayeeChange, keys: TenantKeys
) -> PayeeRead:
    """Name another card of the insured person after a failed transfer; the payout waits for the next batch."""
    claim = await ClaimRepository(session, actor.tenant_id).find_visible(actor, claim_id, lock=True)
    payout = await PayoutRepository(session, actor.tenant_id).of_claim(claim_id, lock=True) if claim else None
    if claim is None or payout is None:
        raise NotFound
    number = compact_number(request.card_number)
    faults = bank_card_faults(number)
    if faults:
        errors = [
            {"field": "card_number", "code": fault.code, "message": fault.sentence.in_language()}
            for fault in faults
        ]
        raise CardInvalid(errors=errors)
    payout.change_card(card=keys.seal(number, context=CARD), bank_name=request.bank_name)
    emit(session, PayoutRequested(payout=payout_fact(payout, claim.kind, keys=keys)))
    await record(
        session, actor_id=actor.id, action="payout.card_changed", subject=f"payout:{payout.id}", detail={}
    )
    return PayeeRead(
        claim_id=claim.id, status=payout.status, card=mask_bank_card(number), bank_name=request.bank_name
    )
