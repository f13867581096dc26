"""Scheduled work of online payments: ask about those whose notice has not come, send refunds."""

from uuid import UUID

from common.http import ServiceContext

from .sending import send_next_refund
from .service import Ports
from .settling import ask_about_next

MOST = 50
"""Per turn, so that one tenant's payments do not keep the others waiting."""


async def ask_about_payments(context: ServiceContext, tenant_id: UUID) -> None:
    """Ask the provider about open payments, each in a transaction of its own."""
    ports: Ports = context.extras["payments"]
    for _ in range(MOST if ports else 0):
        async with context.db.transaction(tenant_id) as session:
            if not await ask_about_next(session, tenant_id=tenant_id, ports=ports):
                return


async def send_refunds(context: ServiceContext, tenant_id: UUID) -> None:
    """Send refunds, each in a transaction of its own."""
    ports: Ports = context.extras["payments"]
    for _ in range(MOST if ports else 0):
        async with context.db.transaction(tenant_id) as session:
            keys = await context.keyring.for_tenant(session)
            if not await send_next_refund(session, tenant_id=tenant_id, ports=ports, keys=keys):
                return
