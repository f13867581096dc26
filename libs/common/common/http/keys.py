"""Keys as endpoints are given them: the tenant's keys, and the key of links and receipts between services."""

from typing import Annotated

from fastapi import Depends, Request

from ..crypto import TenantKeys
from .deps import PublicSessionDep, SessionDep, context_of


async def tenant_keys(request: Request, session: SessionDep) -> TenantKeys:
    """Return the keys of the caller's tenant."""
    return await context_of(request).keyring.for_tenant(session)


async def public_tenant_keys(request: Request, session: PublicSessionDep) -> TenantKeys:
    """Return the keys of the tenant that an anonymous request is for."""
    return await context_of(request).keyring.for_tenant(session)


def link_key(request: Request) -> bytes:
    """Return the key of document receipts and signed links between services."""
    return context_of(request).link_key


KeysDep = Annotated[TenantKeys, Depends(tenant_keys)]
PublicKeysDep = Annotated[TenantKeys, Depends(public_tenant_keys)]
LinkKeyDep = Annotated[bytes, Depends(link_key)]
