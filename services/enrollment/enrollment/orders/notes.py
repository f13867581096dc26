"""What a handler is told beside the amount of an amendment: it follows the day on which cover begins."""

from sqlalchemy.ext.asyncio import AsyncSession

from common.contracts.pack import TenantPack
from common.text import Text

from ..amounts import yuan
from ..people.context import expected_start
from .models import Order, OrderStatus
from .quotes import surplus_of

AS_EXPECTED = Text(
    "增员费用按 {day} 生效计算；如到账确认晚于该日，保障自确认之日起算，多交的部分在保单生成后退回。",
    "Joiners pay for cover from {day} on. Confirmed later, cover begins on that day and what was paid too much comes "
    "back when the policies are issued.",
)
LATER = Text(
    "增员费用 {due} 元是按 {day} 生效计算的；今天确认到账的，保障自 {start} 起，将退回 {back} 元。",
    "The {due} yuan were for cover from {day} on. Confirmed today, cover begins on {start} and {back} yuan come back.",
)
UNPAID = (
    OrderStatus.SUBMITTED,
    OrderStatus.TO_PAY,
    OrderStatus.PAYMENT_REVIEW,
    OrderStatus.PAYMENT_HELD,
)


async def amount_note(session: AsyncSession, order: Order, pack: TenantPack) -> str | None:
    """Return how the amount of an amendment follows its first day; None where it does not, or where nothing is due."""
    product = pack.product(order.product_code)
    charged = product.amendment is not None and product.amendment.charge != "full"
    if order.kind != "amendment" or order.status not in UNPAID or not order.amount_due or not charged:
        return None
    start = expected_start(order, product)
    day = (order.judged_for or start).isoformat()
    back = await surplus_of(session, order, pack, start=start)
    if not back:
        return AS_EXPECTED.format(day=day).in_language()
    return LATER.format(
        due=yuan(order.amount_due), day=day, start=start.isoformat(), back=yuan(back)
    ).in_language()
