"""The tenant's pack arrives: kept as in every service, and its campaigns are put up."""

from sqlalchemy.ext.asyncio import AsyncSession

from common.consumer import ConsumerContext, subscribe
from common.consumer.tenants import on_tenant_configured as keep_tenant
from common.contracts.identity import TenantConfigured
from common.contracts.pack import TenantPack

from .service import install_campaigns


async def on_tenant_configured(
    session: AsyncSession, event: TenantConfigured, context: ConsumerContext
) -> None:
    """Keep the pack and the keys; put up the campaigns that are not there yet."""
    await keep_tenant(session, event, context)
    keys = await context.service.keyring.for_tenant(session)
    await install_campaigns(
        session,
        tenant_id=context.envelope.tenantid,
        pack=TenantPack.from_json(event.pack),
        keys=keys,
    )


SUBSCRIPTION = subscribe(TenantConfigured, on_tenant_configured)
