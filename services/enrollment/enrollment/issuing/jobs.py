"""Scheduled work: policies of large orders. One order that cannot be issued never holds up the others of its tenant."""

from datetime import timedelta
from uuid import UUID

import structlog

from common.clock import now
from common.failures import is_infrastructure
from common.http import ServiceContext

from .repository import IssuingRepository
from .service import issue_chunk

log = structlog.get_logger()
ORDERS_PER_TURN = 50
CHUNKS_PER_TURN = 10
"""So that one order of 100,000 people does not keep the others waiting."""
PEOPLE = 5_000
LONGEST_PAUSE = timedelta(minutes=30)


async def issue_policies(context: ServiceContext, tenant_id: UUID) -> None:
    """Go on issuing the policies of paid orders; an order that fails waits ever longer until it is tried again."""
    async with context.db.transaction(tenant_id) as session:
        orders = await IssuingRepository(session, tenant_id).waiting_orders(ORDERS_PER_TURN)
    for order_id in orders:
        try:
            await _issue(context, tenant_id, order_id)
        except Exception as error:
            if is_infrastructure(error):
                raise
            log.error("issuing.failed", order_id=str(order_id), exc_info=error)
            await _postpone(context, tenant_id, order_id, error)


async def _issue(context: ServiceContext, tenant_id: UUID, order_id: UUID) -> None:
    for _ in range(CHUNKS_PER_TURN):
        async with context.db.transaction(tenant_id) as session:
            keys = await context.keyring.for_tenant(session)
            if not await issue_chunk(session, tenant_id=tenant_id, order_id=order_id, keys=keys, most=PEOPLE):
                return


async def _postpone(context: ServiceContext, tenant_id: UUID, order_id: UUID, error: Exception) -> None:
    async with context.db.transaction(tenant_id) as session:
        order = await IssuingRepository(session, tenant_id).order(order_id)
        if order is not None:
            pause = min(timedelta(seconds=5 * 2 ** min(order.issue_attempts, 12)), LONGEST_PAUSE)
            order.issue_failed(problem=type(error).__name__, retry_at=now() + pause)
