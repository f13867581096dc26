"""Makes a month's list, and takes into it whoever gets cover later in the month that ends soon."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.clock import today
from common.tenancy import current_pack

from ..orders.models import Order
from . import rules
from .repository import RenewalRepository


async def make_list(session: AsyncSession, *, tenant_id: UUID) -> bool:
    """Make the list of the present month, once; False if it is there."""
    month = rules.month_of(today())
    repository = RenewalRepository(session, tenant_id)
    if await repository.run_of(month) is not None or not await repository.begin(month):
        return False
    pack = await current_pack(session)
    for product in pack.products:
        if product.renewal is not None:
            await repository.fill(month, product.code, rules.window_of(month, product.renewal))
    return True


async def take_in(session: AsyncSession, order: Order) -> None:
    """Put the people of an order that is done on the present month's list, if their cover ends in its window.

    Cover that is carried over, or joins a group's, may end within weeks: on the 1st it was not there, and on the next
    it may be over. A list that is made meanwhile has the same entries: each policy stands on it once.
    """
    if order.ends_on is None:
        return
    month = rules.month_of(today())
    pack = await current_pack(session)
    product = next((one for one in pack.products if one.code == order.product_code), None)
    if product is None or product.renewal is None:
        return
    window = rules.window_of(month, product.renewal)
    if order.ends_on <= window.last:
        repository = RenewalRepository(session, order.tenant_id)
        await repository.fill(month, product.code, window, order_id=order.id)
