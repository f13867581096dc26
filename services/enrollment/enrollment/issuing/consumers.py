"""Handler of enrollment's own OrderPaid: policies are issued at once, of large orders the first 500."""

from sqlalchemy.ext.asyncio import AsyncSession

from common.consumer import ConsumerContext
from common.contracts.enrollment import OrderPaid

from .service import issue_chunk


async def on_order_paid(session: AsyncSession, event: OrderPaid, context: ConsumerContext) -> None:
    """Issue the first policies of a paid order; the worker's job goes on with the rest."""
    keys = await context.service.keyring.for_tenant(session)
    await issue_chunk(session, tenant_id=context.envelope.tenantid, order_id=event.order.order_id, keys=keys)
