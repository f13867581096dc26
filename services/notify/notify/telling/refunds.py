"""Refunds that cannot be paid: those who prepare batches name an account, the member a card."""

from sqlalchemy.ext.asyncio import AsyncSession

from common.consumer import ConsumerContext, subscribe
from common.contracts.claims import RefundFailed

from ..messages.composing import Told
from .consumers import scene_of
from .scene import Scene

NAMES_ACCOUNTS = "claims.payout.prepare"
WHOLE_UNION = "/"
"""Accounts of refunds are named by staff of the whole union only."""
EVENT = "claims.refund_failed"


async def tell_refund_failed(scene: Scene, event: RefundFailed) -> None:
    """Tell the staff who can name an account, and the member whose money waits for a card."""
    refund = event.refund
    unit = await scene.unit(refund.unit_id) if refund.unit_id and refund.payee != "member" else None
    variables: dict[str, object] = {
        "order_number": refund.order_number or refund.number,
        "product": scene.product_title(refund.product_code or ""),
        "amount": refund.amount,
        "payee": unit.name if unit else "会员本人" if refund.payee == "member" else "—",
        "reason": scene.keys.open_words(event.reason),
    }
    staff = await scene.copies.staff_with(scene.roles_with(NAMES_ACCOUNTS), path=WHOLE_UNION)
    await scene.tell(EVENT, "staff", *(Told(one.id, one.mobile, one.id, variables) for one in staff))
    person = await scene.person(refund.person_id) if refund.person_id else None
    if person is not None:
        await scene.tell(EVENT, "member", Told(person.id, person.mobile, person.account_id, variables))


async def on_refund_failed(session: AsyncSession, event: RefundFailed, context: ConsumerContext) -> None:
    """Tell whoever can go on with it."""
    await tell_refund_failed(await scene_of(session, context), event)


SUBSCRIPTIONS = (subscribe(RefundFailed, on_refund_failed, acts=True),)
