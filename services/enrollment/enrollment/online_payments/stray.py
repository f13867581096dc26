"""Money that belongs to nothing is told when it arrives and when it goes back, so that the books show both."""

from collections.abc import Awaitable, Callable
from decimal import Decimal

from sqlalchemy.ext.asyncio import AsyncSession

from common.clock import business_day, now, today
from common.contracts.stray import LatePaymentReceived, StrayMoney, StrayMoneyReceived, StrayMoneyReturned
from common.events import emit

from ..dues.paying import fund_of_dues
from ..individual.paying import fund_of_cover
from .models import OnlinePayment, OnlineRefund

FundOf = Callable[..., Awaitable[str | None]]
FUNDS: dict[str, FundOf] = {"cover": fund_of_cover, "dues": fund_of_dues}
"""To whose account the money of a purpose came."""


async def tell_received(session: AsyncSession, payment: OnlinePayment) -> None:
    """Say that money arrived for which nothing waits."""
    if (money := await _money(session, payment)) is not None:
        emit(session, StrayMoneyReceived(money=money))


async def tell_late(session: AsyncSession, payment: OnlinePayment) -> None:
    """Say that a member paid for what no longer waits, and that all of it goes back."""
    await tell_received(session, payment)
    emit(
        session,
        LatePaymentReceived(
            payment_id=payment.id,
            number=payment.number,
            purpose=payment.purpose,
            title=payment.title,
            person_id=payment.person_id,
            unit_id=payment.unit_id,
            amount=payment.amount_paid or Decimal("0.00"),
            received_on=business_day(payment.paid_at or now()),
        ),
    )


async def tell_returned(session: AsyncSession, payment: OnlinePayment, refund: OnlineRefund) -> None:
    """Say that it went back; of money that arrived before its arrival was told, that is told by this, too."""
    if (money := await _money(session, payment)) is not None:
        returned = StrayMoneyReturned(
            money=money,
            refund_id=refund.id,
            refund_number=refund.number,
            refunded=refund.amount,
            returned_on=today(),
        )
        emit(session, returned)


async def _money(session: AsyncSession, payment: OnlinePayment) -> StrayMoney | None:
    fund = await FUNDS[payment.purpose](session, tenant_id=payment.tenant_id, subject_id=payment.subject_id)
    if fund is None:
        return None
    return StrayMoney(
        version=payment.version,
        payment_id=payment.id,
        number=payment.number,
        fund=fund,
        amount=payment.amount_paid or Decimal("0.00"),
        received_on=business_day(payment.paid_at or now()),
    )
