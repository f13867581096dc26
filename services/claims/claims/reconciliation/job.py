"""The worker's job: entries booked after a statement was imported find their lines."""

from uuid import UUID

from common.http import ServiceContext

from .repository import ReconciliationRepository
from .service import match_fund


async def match_statements(context: ServiceContext, tenant_id: UUID) -> None:
    """Match what is open of a tenant's funds."""
    async with context.db.transaction(tenant_id) as session:
        funds = await ReconciliationRepository(session, tenant_id).funds_with_open_lines()
        if not funds:
            return
        keys = await context.keyring.for_tenant(session)
        for fund in funds:
            await match_fund(session, tenant_id=tenant_id, fund=fund, keys=keys)
