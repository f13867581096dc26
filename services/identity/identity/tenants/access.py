"""The transaction of a tenant that is named in the address, for operators of the platform and its own admins."""

from collections.abc import AsyncIterator
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request
from sqlalchemy.ext.asyncio import AsyncSession

from common.auth import Actor, ActorKind
from common.errors import NotFound
from common.http import ServiceContext, context_of, requires

from ..auth import TENANT_MANAGE
from .repository import directory_entries


def require_reach(actor: Actor, tenant_id: UUID | None) -> None:
    """NotFound unless the caller is an operator of the platform, or works for this very tenant."""
    if actor.kind is not ActorKind.PLATFORM and actor.tenant_id != tenant_id:
        raise NotFound


async def tenant_id_of_code(context: ServiceContext, code: str) -> UUID | None:
    """Return the id of a tenant code, None if there is none."""
    async with context.db.transaction(None) as session:
        found = await directory_entries(session, code=code)
    return next(iter(found), None)


async def session_of_code(
    code: str, request: Request, actor: Annotated[Actor, requires(TENANT_MANAGE)]
) -> AsyncIterator[AsyncSession]:
    """Open the transaction of the tenant named in the address; commits when the endpoint has returned."""
    context = context_of(request)
    tenant_id = await tenant_id_of_code(context, code)
    require_reach(actor, tenant_id)
    if tenant_id is None:
        raise NotFound
    async with context.db.transaction(tenant_id) as session:
        yield session
    request.scope["state"]["positions"].extend(session.info.get("positions", ()))


NamedTenantDep = Annotated[AsyncSession, Depends(session_of_code, scope="function")]
