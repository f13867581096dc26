"""What `huzhu keys` does inside each service's database; imported when it is done, since services take seconds."""

import os
from collections import Counter

from common.consumer.worker import tenant_ids
from common.crypto import MasterKeys
from common.http import ServiceContext
from common.rotation.master_keys import master_keys_in_use, rewrap_tenants
from huzhu.service_contexts import worker_of
from identity.extras import signing_keys

MASTER_KEYS = "HUZHU_MASTER_KEYS"


def newest_number() -> int:
    """Return the number of the newest master key that this process is given."""
    return MasterKeys.parse(os.environ[MASTER_KEYS]).newest


async def in_use(service: str) -> Counter[int]:
    """Return how many keys of a service each master key wraps."""
    context = worker_of(service).context
    try:
        found = await master_keys_in_use(context, await tenant_ids(context))
        if service == "identity":
            found += await signing_keys(context).master_keys_in_use()
        return found
    finally:
        await context.close()


async def rewrap(service: str) -> int:
    """Wrap a service's keys anew under the newest master key; return how many were not there yet."""
    context = worker_of(service).context
    try:
        changed = await rewrap_tenants(context, await tenant_ids(context))
        return changed + await _signing(service, context)
    finally:
        await context.close()


async def _signing(service: str, context: ServiceContext) -> int:
    return await signing_keys(context).rewrap() if service == "identity" else 0
