"""Handler of refunds that are owed to members: what was paid online goes back the same way."""

from sqlalchemy.ext.asyncio import AsyncSession

from common.auth import Actor
from common.consumer import ConsumerContext
from common.contracts.enrollment import RefundDue

from ..individual.repository import ApplicationRepository
from .repository import PaymentRepository
from .service import request_refund

REASON = "保障终止退费"


async def on_refund_due(session: AsyncSession, event: RefundDue, context: ConsumerContext) -> None:
    """Send a member's refund back online if the order was paid so; others are paid by the ledger's batches."""
    tenant_id = context.envelope.tenantid
    if event.payee != "member" or event.order_id is None or event.way == "transfer":
        return
    application = await ApplicationRepository(session, tenant_id).of_order(event.order_id)
    payment = (
        await PaymentRepository(session, tenant_id).paid_of("cover", application.id) if application else None
    )
    if payment is None:
        return
    await request_refund(
        session,
        payment=payment,
        amount=event.amount,
        cause=f"refund:{event.refund_id}",
        reason=REASON,
        requested_by=Actor.system(tenant_id).id,
    )
