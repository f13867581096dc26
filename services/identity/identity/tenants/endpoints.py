"""Packs for those who run the platform; what a union publishes for everybody."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from common.auth import Actor
from common.contracts.pack import parse_pack
from common.http import OnceDep, PublicSessionDep, ServiceContext, context_of, requires

from ..auth import TENANT_MANAGE
from ..platform.rules import require_platform
from . import public, service
from .access import NamedTenantDep, require_reach
from .errors import PackOfAnotherTenant
from .schemas import (
    OrganisationRead,
    PackChangesRead,
    PackPut,
    PackStatusRead,
    PackVersionRead,
    PrivacyStatementRead,
    TenantKeyRead,
    TenantList,
    TenantRead,
)

router = APIRouter(tags=["tenants"])
Context = Annotated[ServiceContext, Depends(context_of)]
Manager = Annotated[Actor, requires(TENANT_MANAGE)]


@router.put("/tenants/{code}/pack")
async def apply_pack(
    code: str, body: PackPut, actor: Manager, context: Context, request: Request
) -> PackVersionRead:
    """Apply a pack: a new tenant is usable as soon as all services have it; a change waits for a second person."""
    pack = parse_pack(body.yaml)
    if pack.code != code:
        raise PackOfAnotherTenant(written=pack.code, asked=code)
    require_reach(actor, pack.tenant.id)
    async with context.db.transaction(pack.tenant.id) as session:
        applied = await service.apply_pack(session, actor=actor, context=context, pack=pack, source=body.yaml)
    request.scope["state"]["positions"].extend(session.info.get("positions", ()))
    return applied


@router.post("/tenants/{code}/pack/{version}/consent")
async def consent_to_pack(
    code: str, version: int, session: NamedTenantDep, actor: Manager, context: Context
) -> PackVersionRead:
    """Let a proposed version go live; the one who proposed it is refused."""
    return await service.consent_to_pack(session, actor=actor, context=context, code=code, number=version)


@router.post("/tenants/{code}/pack/{version}/refusal")
async def refuse_pack(code: str, version: int, session: NamedTenantDep, actor: Manager) -> PackVersionRead:
    """Give up a proposed version: taken back by who proposed it, or refused by another; said again it stays so."""
    return await service.refuse_pack(session, actor=actor, code=code, number=version)


@router.get("/tenants/{code}/pack/{version}/changes")
async def read_pack_changes(
    code: str, version: int, session: NamedTenantDep, actor: Manager
) -> PackChangesRead:
    """Return what a version changes, place by place, for whoever is to consent."""
    return await service.read_changes(session, code=code, number=version)


@router.post("/tenants/{code}/keys", status_code=201)
async def add_tenant_key(
    code: str, session: NamedTenantDep, actor: Manager, context: Context, once: OnceDep
) -> TenantKeyRead:
    """Give a union a new key for personal values (platform operators only); older values follow by themselves."""
    require_platform(actor)
    return await once.run(
        session,
        caller=str(actor.id),
        answer=TenantKeyRead,
        work=lambda: service.add_key(session, actor=actor, context=context, code=code),
    )


@router.get("/tenants/{code}/pack/status")
async def read_pack_status(code: str, session: NamedTenantDep, actor: Manager) -> PackStatusRead:
    """Return the newest version, which services have it, and whether it is live."""
    return await service.read_pack_status(session, actor=actor, code=code)


@router.get("/tenants")
async def list_tenants(context: Context) -> TenantList:
    """Return the unions of this platform by name, for whoever has not chosen one yet."""
    return TenantList(items=await public.list_tenants(context))


@router.get("/tenant")
async def read_tenant(session: PublicSessionDep, response: Response) -> TenantRead:
    """Return name, look, contact and ways in of the union named by X-Tenant."""
    response.headers["Vary"] = "X-Tenant"
    return await public.read_tenant(session)


@router.get("/organisation")
async def read_organisation(session: PublicSessionDep) -> OrganisationRead:
    """Return the districts and agencies that a unit may belong to."""
    return await public.read_organisation(session)


@router.get("/privacy-statement")
async def read_privacy_statement(session: PublicSessionDep) -> PrivacyStatementRead:
    """Return the privacy statement in force, in the language of the request."""
    return await public.read_privacy_statement(session)
