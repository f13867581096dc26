"""What becomes true of a refund by the bank's answer, and how it is told."""

from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from common.contracts.claims import RefundFact, RefundFailed, RefundPaid
from common.crypto import TenantKeys
from common.events import emit

from ..models import Payout

CARD = "person.card"


def refund_fact(payout: Payout, *, keys: TenantKeys) -> RefundFact:
    """Return a refund as the events tell it: of the account its last four digits, sealed."""
    if payout.refund_id is None:
        raise LookupError(payout.number)
    tail = keys.open(payout.card, context=CARD)[-4:] if payout.card else None
    return RefundFact(
        version=payout.version,
        refund_id=payout.refund_id,
        payout_id=payout.id,
        number=payout.number,
        fund=payout.fund,
        amount=payout.amount,
        order_number=payout.claim_number if payout.claim_number != payout.number else None,
        unit_id=payout.unit_id,
        person_id=payout.person_id,
        card_tail=keys.sealed(tail, context="card.tail") if tail else None,
        paid_on=payout.paid_on,
        payee=payout.payee,
        product_code=payout.product_code,
    )


def answer_refund(
    session: AsyncSession, payout: Payout, outcome: str, *, day: date, reason: str, keys: TenantKeys
) -> None:
    """Take the bank's word for a refund: paid, failed, or reversed after it was paid."""
    if outcome == "paid":
        payout.pay(day)
        emit(session, RefundPaid(refund=refund_fact(payout, keys=keys)))
        return
    if outcome == "reversed":
        payout.reverse(day, reason)
    else:
        payout.fail(reason)
    tell_failed(session, payout, reason, keys=keys)


def tell_failed(session: AsyncSession, payout: Payout, reason: str, *, keys: TenantKeys) -> None:
    """Say that an account must be named before a refund can be paid."""
    fact = refund_fact(payout, keys=keys)
    emit(session, RefundFailed(refund=fact, reason=keys.sealed_words(reason)))
