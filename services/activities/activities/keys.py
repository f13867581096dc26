"""The tenant's keys as endpoints are given them."""

from typing import Annotated

from fastapi import Depends, Request

from common.crypto import TenantKeys
from common.http import SessionDep, context_of


async def tenant_keys(request: Request, session: SessionDep) -> TenantKeys:
    """Return the keys of the caller's tenant."""
    return await context_of(request).keyring.for_tenant(session)


KeysDep = Annotated[TenantKeys, Depends(tenant_keys)]
