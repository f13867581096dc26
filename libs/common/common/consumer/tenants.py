"""Every service keeps a copy of the tenants: directory, packs, keys. It acknowledges each pack it has."""

import base64
from typing import Any

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from ..contracts.identity import TenantConfigured
from ..contracts.tenancy import PACK_INSTALLED
from ..events.emit import emit
from ..events.models import TenantDirectory, TenantPackCopy
from .subscription import ConsumerContext, Subscription, subscribe


async def on_tenant_configured(
    session: AsyncSession, event: TenantConfigured, context: ConsumerContext
) -> None:
    """Store the pack version and the keys; a version is stored once and never changed."""
    tenant_id = context.envelope.tenantid
    directory = insert(TenantDirectory).values(tenant_id=tenant_id, code=event.code)
    await session.execute(directory.on_conflict_do_nothing())
    for key in event.keys:
        await context.service.keyring.accept_version(
            session, tenant_id, version=key.version, wrapped=base64.b64decode(key.wrapped)
        )
    pack = insert(TenantPackCopy).values(
        tenant_id=tenant_id, version=event.pack_version, effective_from=event.effective_from, pack=event.pack
    )
    await session.execute(pack.on_conflict_do_nothing())
    acknowledgement = PACK_INSTALLED.get(context.service.service)
    if acknowledgement is not None and not context.envelope.replay:
        emit(session, acknowledgement(code=event.code, pack_version=event.pack_version))


def tenant_subscriptions() -> tuple[Subscription[Any], ...]:
    """What every service but identity subscribes to first."""
    return (subscribe(TenantConfigured, on_tenant_configured),)
