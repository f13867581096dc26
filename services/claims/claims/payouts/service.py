"""Use cases of single payouts: request, another card, once more, look at them. Batches are in `batches`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.audit import record
from common.auth import Actor, require_confirmed
from common.clock import today
from common.contracts.claims import PayeeChanged, PayoutFact, PayoutFailed, PayoutRequested
from common.crypto import TenantKeys
from common.errors import NotFound
from common.events import Sealed, emit
from common.http import Cursor, Page
from common.identifiers import bank_card_faults, compact_number, mask_bank_card, mask_name
from common.ids import new_id
from common.tenancy import current_pack

from ..intake.errors import CardInvalid
from ..intake.facts import applicant_of
from ..intake.models import Claim
from ..intake.repository import ClaimRepository
from ..intake.rules.applicant import HEIR, INSURED
from .models import Payout
from .repository import PayoutFilter, PayoutRepository
from .rules import first_day_of_years
from .schemas import OwnPayoutRead, OwnPayouts, PayeeChange, PayeeRead, PayoutRead

CARD = "person.card"
NAME = "person.name"
NO_CARD = "没有可用的收款银行卡 no card is known"
OWN_YEARS = 4
"""What a member sees of the past (row E.05)."""


@dataclass(frozen=True, slots=True)
class Payee:
    """Who is paid, as sealed tokens: name and, if known, card."""

    name: str
    card: str | None
    bank_name: str | None


def payout_fact(payout: Payout, claim: Claim, *, keys: TenantKeys) -> PayoutFact:
    """Return a payout as the events tell it: of the card its last four digits, sealed."""
    tail = keys.open(payout.card, context=CARD)[-4:] if payout.card else None
    if payout.claim_id != claim.id or payout.person_id is None:
        raise LookupError(payout.number)
    mobile = (claim.payee or {}).get("mobile") if payout.payee == HEIR else None
    return PayoutFact(
        version=payout.version,
        payout_id=payout.id,
        claim_id=claim.id,
        claim_number=payout.claim_number,
        person_id=payout.person_id,
        amount=payout.amount,
        card_tail=keys.sealed(tail, context="card.tail") if tail else None,
        bank_name=payout.bank_name,
        kind=claim.kind,
        product_code=payout.product_code,
        paid_on=payout.paid_on,
        event_on=claim.event_on,
        applicant_id=applicant_of(claim),
        heir_paid=payout.payee == HEIR,
        heir_name=Sealed(ciphertext=payout.name) if payout.payee == HEIR else None,
        heir_mobile=Sealed(ciphertext=mobile) if mobile else None,
    )


def request_payouts(
    session: AsyncSession,
    *,
    tenant_id: UUID,
    approved: Sequence[tuple[Claim, Payee]],
    withdrawn: Mapping[UUID, Payout],
    keys: TenantKeys,
) -> None:
    """Ask for one payout of each approved claim; the database refuses a second one of the same claim.

    `withdrawn`: those of decisions that were taken back, by claim; they are asked for once more.
    """
    repository = PayoutRepository(session, tenant_id)
    for claim, payee in approved:
        payout = withdrawn.get(claim.id)
        if payout is not None:
            amount = claim.amount or Decimal(0)
            payout.ask_again(amount, name=payee.name, card=payee.card, bank_name=payee.bank_name)
            payout.payee = _payee_of(claim)
        else:
            payout = _new_payout(claim, payee)
            repository.add(payout)
        fact = payout_fact(payout, claim, keys=keys)
        emit(session, PayoutRequested(payout=fact))
        if payout.card is None:
            # Whoever is not told that a card is missing would wait for ever.
            emit(session, PayoutFailed(payout=fact, reason=keys.sealed_words(NO_CARD)))


def _payee_of(claim: Claim) -> str:
    return str((claim.payee or {}).get("kind", INSURED))


def _new_payout(claim: Claim, payee: Payee) -> Payout:
    return Payout(
        id=new_id(),
        claim_id=claim.id,
        number=f"P{claim.number}",
        claim_number=claim.number or "",
        person_id=claim.person_id,
        unit_id=claim.unit_id,
        product_code=claim.product_code,
        kind=claim.kind,
        fund=claim.fund,
        amount=claim.amount,
        status="waiting" if payee.card else "awaiting_card",
        payee=_payee_of(claim),
        name=payee.name,
        card=payee.card,
        bank_name=payee.bank_name,
        version=1,
    )


async def change_payee(
    session: AsyncSession, *, actor: Actor, claim_id: UUID, request: PayeeChange, keys: TenantKeys
) -> PayeeRead:
    """Name another card of the insured person after a failed transfer; the payout waits for the next batch.

    ConfirmationNeeded: a member proves first that it is them.
    """
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
    require_confirmed(actor)
    payout.change_card(card=keys.seal(number, context=CARD), bank_name=request.bank_name)
    claim.await_payment()
    fact = payout_fact(payout, claim, keys=keys)
    emit(session, PayoutRequested(payout=fact))
    emit(session, PayeeChanged(payout=fact, by="member"))
    await record(
        session, actor_id=actor.id, action="payout.card_changed", subject=f"payout:{payout.id}", detail={}
    )
    return PayeeRead(
        claim_id=claim.id, status=payout.status, card=mask_bank_card(number), bank_name=request.bank_name
    )


async def retry_payout(
    session: AsyncSession, *, actor: Actor, payout_id: UUID, keys: TenantKeys
) -> PayoutRead:
    """Let a failed payout wait for the next batch with the same card: the reason lay with the bank."""
    claim, payout = None, await find_payout(session, actor=actor, payout_id=payout_id)
    if payout.claim_id is not None:
        claim = await ClaimRepository(session, actor.tenant_id).find(Claim, payout.claim_id, lock=True)
    payout = await find_payout(session, actor=actor, payout_id=payout_id, lock=True)
    payout.retry()
    if claim is not None:
        claim.await_payment()
        emit(session, PayoutRequested(payout=payout_fact(payout, claim, keys=keys)))
    await record(
        session, actor_id=actor.id, action="payout.retried", subject=f"payout:{payout.id}", detail={}
    )
    return read_payout(payout, keys=keys)


async def get_payout(session: AsyncSession, *, actor: Actor, payout_id: UUID, keys: TenantKeys) -> PayoutRead:
    """Return a payout that the caller's scope reaches."""
    return read_payout(await find_payout(session, actor=actor, payout_id=payout_id), keys=keys)


async def find_payout(session: AsyncSession, *, actor: Actor, payout_id: UUID, lock: bool = False) -> Payout:
    """Return a payout that the caller's scope reaches, or raise NotFound."""
    payout = await PayoutRepository(session, actor.tenant_id).find_visible(actor, payout_id, lock=lock)
    if payout is None:
        raise NotFound
    return payout


async def list_payouts(
    session: AsyncSession, *, actor: Actor, cursor: Cursor, chosen: PayoutFilter, keys: TenantKeys
) -> Page[PayoutRead]:
    """Return payouts that the caller's scope reaches, the newest first."""
    rows = await PayoutRepository(session, actor.tenant_id).page(actor, cursor, chosen)
    return cursor.page(rows, lambda payout: read_payout(payout, keys=keys))


def read_payout(payout: Payout, *, keys: TenantKeys) -> PayoutRead:
    """Return a payout as staff see it: a person's name and the card masked."""
    card = keys.open(payout.card, context=CARD) if payout.card else None
    name = keys.open(payout.name, context=NAME)
    shown = name if payout.payee == "unit" else mask_name(name)
    return PayoutRead.of(payout, name=shown, card=mask_bank_card(card) if card else None)


async def list_own_payouts(
    session: AsyncSession, *, actor: Actor, year: int | None, keys: TenantKeys
) -> OwnPayouts:
    """Return the caller's payouts of the last four years, the newest first (E.05)."""
    since = first_day_of_years(today(), OWN_YEARS)
    found: Sequence[Payout] = []
    if actor.person_id is not None:
        found = await PayoutRepository(session, actor.tenant_id).of_person(actor.person_id, since=since)
    pack = await current_pack(session)
    kinds = {kind.code: kind.title.text().in_language() for kind in pack.claims}
    products = {product.code: product.title.text().in_language() for product in pack.products}
    rows = [
        OwnPayoutRead(
            claim_id=payout.claim_id,
            claim_number=payout.claim_number,
            kind=kinds.get(payout.kind or "", payout.kind or ""),
            product=products.get(payout.product_code or "", payout.product_code or ""),
            amount=payout.amount,
            status=payout.status,
            requested_on=payout.requested_on or payout.created_at.date(),
            paid_on=payout.paid_on,
            card=mask_bank_card(keys.open(payout.card, context=CARD)) if payout.card else None,
            bank_name=payout.bank_name,
            failure=payout.failure,
        )
        for payout in found
    ]
    chosen = [row for row in rows if year is None or _year(row) == year]
    return OwnPayouts.of(since, chosen)


def _year(row: OwnPayoutRead) -> int:
    day: date = row.paid_on or row.requested_on
    return day.year
