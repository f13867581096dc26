"""An order as other services are told it."""

from decimal import Decimal

from sqlalchemy.ext.asyncio import AsyncSession

from common.contracts.enrollment import OrderFact

from ..copies.repository import CopyRepository
from .models import Order


async def order_fact(session: AsyncSession, order: Order) -> OrderFact:
    """Return the fact of an order as it is now."""
    unit = await CopyRepository(session, order.tenant_id).unit(order.unit_id)
    return OrderFact(
        version=order.version,
        order_id=order.id,
        number=order.number,
        unit_id=order.unit_id,
        product_code=order.product_code,
        pack_version=order.pack_version,
        people=order.people,
        amount_due=order.amount_due if order.amount_due is not None else Decimal("0.00"),
        handler_account_id=order.submitted_by
        or (unit.handler_account_id if unit else None)
        or order.created_by,
    )
