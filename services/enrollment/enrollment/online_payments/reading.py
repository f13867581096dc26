"""Online payments as responses show them."""

from collections.abc import Sequence

from common.crypto import TenantKeys, open_words

from .models import GOING_BACK, GONE_BACK, STATE_TEXTS, OnlinePayment, OnlineRefund, PaymentState
from .schemas import OnlineRefundRead, PaymentRead


def read_whole(payment: OnlinePayment, refunds: Sequence[OnlineRefund], keys: TenantKeys) -> PaymentRead:
    """Return a payment with what went back of it."""
    shown = [
        OnlineRefundRead(
            id=refund.id,
            amount=refund.amount,
            reason=open_words(keys, refund.reason) or "",
            state=refund.state,
            by_bank=refund.by_bank,
            created_at=refund.created_at,
            done_at=refund.done_at,
        )
        for refund in refunds
    ]
    update: dict[str, object] = {"refunds": shown, "late": any(refund.late for refund in refunds)}
    if payment.refunded and payment.refunded == payment.amount_paid:
        done = all(refund.state == "done" for refund in refunds)
        update["state_text"] = (GONE_BACK if done else GOING_BACK).in_language()
    return read_payment(payment).model_copy(update=update)


def read_payment(payment: OnlinePayment) -> PaymentRead:
    """Return a payment; how to pay it is told only while it is open."""
    return PaymentRead(
        id=payment.id,
        number=payment.number,
        purpose=payment.purpose,
        subject_id=payment.subject_id,
        title=payment.title,
        amount=payment.amount,
        channel=payment.channel,
        mode=payment.mode,
        state=payment.state,
        state_text=STATE_TEXTS[PaymentState(payment.state)].in_language(),
        handle=payment.handle if payment.state == PaymentState.OPEN else {},
        expires_at=payment.expires_at,
        amount_paid=payment.amount_paid,
        paid_at=payment.paid_at,
        refunded=payment.refunded,
        created_at=payment.created_at,
    )
