"""Dependencies of endpoints: the caller, the permission, the session that commits at the edge."""

import re
from collections.abc import AsyncIterator
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Header, Request
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from ..auth.actor import Actor
from ..auth.permissions import Permission, meaning_of
from ..db.repository import unscoped
from ..errors import DomainError, NotPermitted, NotSignedIn
from ..events.models import TenantDirectory
from ..text import Text
from .context import ServiceContext
from .positions import wait_for_positions


class TenantUnknown(DomainError):
    """The X-Tenant header names no tenant of this platform."""

    status = 404
    code = "tenant.unknown"
    text = Text(
        "没有这个工会的服务，请从本工会的入口进入。",
        "There is no such union here. Use your own union's entrance.",
    )


def context_of(request: Request) -> ServiceContext:
    """Return the service's context."""
    context: ServiceContext = request.app.state.context
    return context


ContextDep = Annotated[ServiceContext, Depends(context_of)]


async def authenticate(request: Request) -> Actor:
    """Return the caller of a bearer token; NotSignedIn, SessionEnded or UnionAsksTooOften otherwise."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise NotSignedIn
    context = context_of(request)
    actor = await context.verifier.verify(token)
    context.rates.take(actor.tenant_id)
    await context.epochs.check(actor)
    request.scope["state"]["actor"] = actor
    return actor


async def caller_if_any(request: Request) -> Actor | None:
    """Return the caller of a public page who has signed in; a token that does not hold is refused, not ignored."""
    return await authenticate(request) if request.headers.get("authorization") else None


MaybeActorDep = Annotated[Actor | None, Depends(caller_if_any)]


class Requires:
    """Dependency that admits callers with one of its permissions; visible to the architecture tests.

    A refusal names the first of them.
    """

    def __init__(self, *permissions: Permission) -> None:
        self.permission = permissions[0]
        self.permissions = permissions

    async def __call__(self, actor: Annotated[Actor, Depends(authenticate)]) -> Actor:
        """Return the actor or raise NotPermitted."""
        if not any(actor.may(name) for name in self.permissions):
            raise NotPermitted(permission=self.permission, action=meaning_of(self.permission))
        return actor


def requires(permission: Permission) -> Any:
    """Annotate an endpoint's actor with the permission it needs."""
    return Depends(Requires(permission))


def requires_any(first: Permission, *others: Permission) -> Any:
    """Annotate an endpoint's actor with permissions of which one admits."""
    return Depends(Requires(first, *others))


async def session_of_actor(
    request: Request,
    actor: Annotated[Actor, Depends(authenticate)],
    after: Annotated[str | None, Header(alias="Huzhu-After", description="等待这些事件生效后再读")] = None,
) -> AsyncIterator[AsyncSession]:
    """A transaction for the caller's tenant; commits when the endpoint has returned, before the answer leaves."""
    context = context_of(request)
    if after:
        await wait_for_positions(context, actor.tenant_id, after)
    async with context.shares.of(actor.tenant_id), context.db.transaction(actor.tenant_id) as session:
        yield session
    request.scope["state"]["positions"].extend(session.info.get("positions", ()))


SessionDep = Annotated[AsyncSession, Depends(session_of_actor, scope="function")]

_tenant_ids: dict[tuple[int, str], UUID] = {}
TENANT_CODE = re.compile(r"[a-z][a-z0-9-]{1,30}")


async def tenant_of(
    request: Request, tenant: Annotated[str, Header(alias="X-Tenant", description="工会代码，例如 wuxi")]
) -> UUID:
    """Return the id of the tenant that an anonymous request is for."""
    context = context_of(request)
    known = _tenant_ids.get((id(context), tenant))
    if known:
        return known
    if not TENANT_CODE.fullmatch(tenant):
        raise TenantUnknown
    async with context.db.transaction(None) as session:
        statement = unscoped(
            select(TenantDirectory.tenant_id).where(TenantDirectory.code == tenant),
            why="the directory of public codes is what says which tenant it is",
        )
        found = (await session.execute(statement)).scalar_one_or_none()
    if found is None:
        raise TenantUnknown
    _tenant_ids[id(context), tenant] = found
    return found


async def session_of_tenant(
    request: Request, tenant_id: Annotated[UUID, Depends(tenant_of)]
) -> AsyncIterator[AsyncSession]:
    """A transaction for an anonymous caller of a named tenant; commits like `session_of_actor`."""
    context = context_of(request)
    async with context.shares.of(tenant_id), context.db.transaction(tenant_id) as session:
        yield session
    request.scope["state"]["positions"].extend(session.info.get("positions", ()))


PublicSessionDep = Annotated[AsyncSession, Depends(session_of_tenant, scope="function")]
