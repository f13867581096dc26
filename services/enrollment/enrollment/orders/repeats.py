"""The second of two identical clicks: it is told that the first one did it, not that something is wrong."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy.ext.asyncio import AsyncSession

from common.auth import Actor, Eyes
from common.tenancy import pack_of_version
from common.text import Text

from .errors import AlreadyDone, FourEyes, NotYourNode, OrderStateWrong
from .models import STATUS_TEXTS, Order, OrderStatus
from .repository import OrderRepository
from .stations import station_of

ACTIONS = {
    "submitted": Text("提交", "submitted"),
    "passed": Text("审核通过", "approved"),
    "confirmed": Text("确认到账", "confirmed"),
    "returned": Text("退回", "returned"),
    "refused": Text("退回付款", "refused"),
    "payment_reported": Text("上报付款", "reported the payment of"),
}


@asynccontextmanager
async def repeated(
    session: AsyncSession, actor: Actor, order: Order, *decisions: str, chain: str
) -> AsyncIterator[None]:
    """Within it a refusal becomes AlreadyDone where the order's last step is this very one by the same person."""
    try:
        yield
    except (OrderStateWrong, NotYourNode, FourEyes):
        step = await OrderRepository(session, actor.tenant_id).last_step(order.id)
        mine = step is not None and Eyes.of(actor).are(Eyes(step.actor_id, step.human))
        if step is None or not mine or step.chain != chain or step.decision not in decisions:
            raise
        action, state = ACTIONS[step.decision], STATUS_TEXTS[OrderStatus(order.status)]
        if station := station_of(order, await pack_of_version(session, order.pack_version)):
            state = Text(f"{state.zh}（{station.title.zh}）", f"{state.en}: {station.title.en}")
        raise AlreadyDone(
            action_zh=action.zh, action_en=action.en, state_zh=state.zh, state_en=state.en, state=order.status
        ) from None
