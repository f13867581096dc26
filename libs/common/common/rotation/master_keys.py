"""Moving a service's tenant keys from an old master key to the newest, tenant by tenant."""

from collections import Counter
from collections.abc import Sequence
from uuid import UUID

from ..crypto.keyring import wrapped_keys
from ..crypto.master import wrapping_key_id
from ..http.context import ServiceContext


async def master_keys_in_use(context: ServiceContext, tenants: Sequence[UUID]) -> Counter[int]:
    """Return how many tenant keys each master key wraps; one that wraps none may be retired."""
    found: Counter[int] = Counter()
    for tenant_id in tenants:
        async with context.db.transaction(tenant_id) as session:
            found.update(wrapping_key_id(key.wrapped) for key in await wrapped_keys(session, tenant_id))
    return found


async def rewrap_tenants(context: ServiceContext, tenants: Sequence[UUID]) -> int:
    """Wrap all tenant keys anew under the newest master key; return how many were not there yet.

    A transaction for each tenant: stopped in between, the next run goes on where this one ended.
    """
    changed = 0
    for tenant_id in tenants:
        async with context.db.transaction(tenant_id) as session:
            changed += await context.keyring.rewrap(session)
    return changed
