"""Scheduled work: policies of large orders. One order that cannot be issued never holds up the others of its tenant."""

import asyncio
from datetime import timedelta
from uuid import UUID

import structlog

from common.clock import now
from common.failures import is_infrastructure
from common.http import ServiceContext
from common.tenancy import pack_of_version

from .errors import Overtaken
from .lanes import IssuingLane
from .refunding import refund_rest
from .repository import PaidOrderRepository
from .service import issue_span

log = structlog.get_logger()
ORDERS_PER_TURN = 50
CHUNKS_PER_TURN = 10
"""So that one order of 100,000 people does not keep the others waiting."""
PEOPLE = 5_000
LANES = 3
"""Spans of one order that are issued at the same time: a session keeps one processor busy, or waits for the disk."""
LONGEST_PAUSE = timedelta(minutes=30)
LOOKED_BACK = timedelta(days=60)
"""How long ago a finished order may be that is looked at again: a roll-out is over by then."""


async def issue_policies(context: ServiceContext, tenant_id: UUID) -> None:
    """Go on issuing the policies of paid orders; an order that fails waits ever longer until it is tried again."""
    async with context.db.transaction(tenant_id) as session:
        orders = await PaidOrderRepository(session, tenant_id).waiting_orders(ORDERS_PER_TURN)
    for order_id in orders:
        try:
            await _issue(context, tenant_id, order_id)
        except Exception as error:
            if is_infrastructure(error):
                raise
            log.error("issuing.failed", order_id=str(order_id), exc_info=error)
            await _postpone(context, tenant_id, order_id, error)


async def owe_what_is_missing(context: ServiceContext, tenant_id: UUID) -> None:
    """Owe what amendments that were paid late should have given back, where a version before 0024 finished them.

    While a version is rolled out, an older worker may finish an order whose payment the newer api has confirmed.
    """
    async with context.db.transaction(tenant_id) as session:
        late = await PaidOrderRepository(session, tenant_id).overpaid_amendments(now() - LOOKED_BACK)
    for order_id in late:
        async with context.db.transaction(tenant_id) as session:
            order = await PaidOrderRepository(session, tenant_id).order(order_id)
            if order is not None:
                await refund_rest(session, order, await pack_of_version(session, order.pack_version))


async def _issue(context: ServiceContext, tenant_id: UUID, order_id: UUID) -> None:
    """Go on with one order, which is this worker's alone until the turn is over.

    Where somebody was skipped, what was issued ahead is rolled back, and the rest of the turn is issued span by span.
    """
    async with context.db.transaction(tenant_id) as session:
        if not await PaidOrderRepository(session, tenant_id).take(order_id):
            return
        try:
            await _in_lanes(context, tenant_id, order_id, LANES)
        except Overtaken:
            await _in_lanes(context, tenant_id, order_id, 1)


async def _in_lanes(context: ServiceContext, tenant_id: UUID, order_id: UUID, lanes: int) -> None:
    """Issue the next spans, as many at a time as there are lanes, each from where the one before it will end."""
    free, place, before = asyncio.Semaphore(lanes), None, None
    try:
        async with asyncio.TaskGroup() as group:
            for _ in range(CHUNKS_PER_TURN):
                await free.acquire()
                told = asyncio.get_running_loop().create_future()
                lane = IssuingLane(place if lanes > 1 else None, told, before)
                before = group.create_task(_issue_in(context, tenant_id, order_id, lane, free))
                place = await told
                if place is None:
                    return
    except ExceptionGroup as failed:
        raise failed.exceptions[0] from failed


async def _issue_in(
    context: ServiceContext, tenant_id: UUID, order_id: UUID, lane: IssuingLane, free: asyncio.Semaphore
) -> None:
    """Issue one span; say where the next one begins, or that there is none."""
    try:
        async with context.db.transaction(tenant_id) as session:
            keys = await context.keyring.for_tenant(session)
            await issue_span(
                session, tenant_id=tenant_id, order_id=order_id, keys=keys, most=PEOPLE, lane=lane
            )
    finally:
        lane.tell(None)
        free.release()


async def _postpone(context: ServiceContext, tenant_id: UUID, order_id: UUID, error: Exception) -> None:
    async with context.db.transaction(tenant_id) as session:
        order = await PaidOrderRepository(session, tenant_id).order(order_id)
        if order is not None:
            pause = min(timedelta(seconds=5 * 2 ** min(order.issue_attempts, 12)), LONGEST_PAUSE)
            order.issue_failed(problem=type(error).__name__, retry_at=now() + pause)
