"""Single sign-on, hand-overs, WeChat, links of an account, work numbers."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Request
from fastapi.responses import RedirectResponse

from common.auth import Actor
from common.http import ContextDep, KeysDep, PublicSessionDep, SessionDep, requires, tenant_of
from common.http.deps import TENANT_CODE

from ..accounts.mobile import limit_address
from ..address import address_of, device_of
from ..auth import MEMBER_OWN, PORTAL_MANAGE
from . import addresses, service
from .schemas import (
    Arrived,
    EntrancesRead,
    HandOverIn,
    LinksRead,
    PortalFinish,
    PortalStart,
    PortalStarted,
    WeChatCode,
    WorkNumbersPut,
    WorkNumbersRead,
)
from .work_numbers import put_work_numbers

router = APIRouter(tags=["single sign-on"])
Own = Annotated[Actor, requires(MEMBER_OWN)]
TenantDep = Annotated[UUID, Depends(tenant_of)]
TenantCode = Annotated[str, Path(pattern=f"^{TENANT_CODE.pattern}$")]
PortalCode = Annotated[str, Path(pattern=r"^[a-z][a-z0-9_-]{0,39}$")]


@router.get("/entrances")
async def read_entrances(context: ContextDep, tenant_id: TenantDep) -> EntrancesRead:
    """Return the portals, host apps and the WeChat app through which people come in."""
    return await service.read_entrances(context, tenant_id)


@router.post("/portals/{code}/start")
async def start_portal(
    code: str, body: PortalStart, context: ContextDep, tenant_id: TenantDep, request: Request
) -> PortalStarted:
    """Begin to sign in through a portal; the browser goes to `url` and comes back to the web app."""
    await limit_address(context, address_of(request))
    return await service.start_portal(context, tenant_id=tenant_id, code=code, asked=body)


@router.post("/portals/{code}/finish")
async def finish_portal(
    code: str, body: PortalFinish, context: ContextDep, tenant_id: TenantDep, request: Request
) -> Arrived:
    """Finish with the portal's code (OpenID Connect) or ticket (CAS)."""
    await limit_address(context, address_of(request))
    return await service.finish_portal(
        context, tenant_id=tenant_id, code=code, asked=body, device=device_of(request)
    )


@router.get("/returns/{app}/{tenant}/portal/{code}", status_code=303, response_class=RedirectResponse)
async def return_from_portal(
    app: Literal["m", "console"], tenant: TenantCode, code: PortalCode, request: Request
) -> RedirectResponse:
    """Go on to the page of the web app that finishes the sign-in, with the portal's answer."""
    return RedirectResponse(addresses.portal_page(app, tenant, code, request.query_params), status_code=303)


@router.get("/returns/m/{tenant}/bind", status_code=303, response_class=RedirectResponse)
async def return_to_binding(tenant: TenantCode) -> RedirectResponse:
    """Go on to the binding under way after a face verification."""
    return RedirectResponse(addresses.binding_page(tenant), status_code=303)


@router.post("/sessions/hosts/{code}")
async def take_hand_over(
    code: str, session: PublicSessionDep, body: HandOverIn, context: ContextDep, request: Request
) -> Arrived:
    """Sign in the user whom a host app hands over (docs/hand-over.md)."""
    await limit_address(context, address_of(request))
    return await service.take_hand_over(
        session, context=context, code=code, asked=body, device=device_of(request)
    )


@router.post("/sessions/wechat")
async def sign_in_wechat(
    body: WeChatCode, context: ContextDep, tenant_id: TenantDep, request: Request
) -> Arrived:
    """Sign in by WeChat; who is not bound yet gets a ticket to bind with."""
    await limit_address(context, address_of(request))
    return await service.sign_in_wechat(context, tenant_id=tenant_id, asked=body, device=device_of(request))


@router.get("/accounts/me/links")
async def list_links(session: SessionDep, actor: Own) -> LinksRead:
    """Return which users of other systems open the caller's account."""
    return await service.list_links(session, actor=actor)


@router.post("/accounts/me/links/wechat")
async def link_wechat(body: WeChatCode, actor: Own, context: ContextDep) -> LinksRead:
    """Let a WeChat user open the caller's account."""
    return await service.link_wechat(context, actor=actor, asked=body)


@router.delete("/accounts/me/links/{link_id}")
async def remove_link(link_id: UUID, session: SessionDep, actor: Own) -> LinksRead:
    """Let a user of another system open the caller's account no more."""
    return await service.remove_link(session, actor=actor, link_id=link_id)


@router.put("/work-numbers")
async def put_numbers(
    session: SessionDep, body: WorkNumbersPut, keys: KeysDep, actor: Annotated[Actor, requires(PORTAL_MANAGE)]
) -> WorkNumbersRead:
    """Set the work numbers under which the campus portal knows members."""
    changed = await put_work_numbers(session, actor=actor, keys=keys, items=body.items)
    return WorkNumbersRead(changed=changed)
