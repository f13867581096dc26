"""What a paid order gives back for people who could not be covered after all."""

from decimal import Decimal

from sqlalchemy.ext.asyncio import AsyncSession

from common.clock import today
from common.contracts.enrollment import RefundDue
from common.contracts.pack import TenantPack
from common.ids import new_id

from ..orders.models import Order
from ..orders.rules import contribution_of
from ..refunds.service import owe_refunds
from .repository import IssuingRepository


async def refund_skipped(
    session: AsyncSession, repository: IssuingRepository, order: Order, pack: TenantPack
) -> None:
    """Owe the contributions of the people an order paid for in vain, one refund for each outcome."""
    if not order.skipped or not order.amount_paid:
        return
    product = pack.product(order.product_code)
    amounts: dict[str, Decimal] = {}
    people: dict[str, int] = {}
    for (outcome, shares, rest), number in (await repository.skipped(order)).items():
        full = contribution_of(shares=shares, price=product.contribution, rounding=pack.rounding)
        amounts[outcome] = amounts.get(outcome, Decimal(0)) + (full if rest is None else rest) * number
        people[outcome] = people.get(outcome, 0) + number
    payee = "member" if product.contribution.payer == "member" else "unit"
    refunds = [
        (
            f"order:{order.id}:{outcome}",
            RefundDue(
                refund_id=new_id(),
                reason=outcome,
                fund=product.fund,
                product_code=product.code,
                amount=amount,
                due_on=today(),
                payee=payee,
                unit_id=order.unit_id,
                people=people[outcome],
                order_id=order.id,
                order_number=order.number,
            ),
        )
        for outcome, amount in amounts.items()
    ]
    await owe_refunds(session, tenant_id=order.tenant_id, refunds=refunds)
