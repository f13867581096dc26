"""HTTP of the sandbox's portal, CAS 3.0 and OpenID Connect: local runs only, elsewhere 404."""

from typing import Annotated, Any
from urllib.parse import parse_qsl

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import RedirectResponse

from common.http import ContextDep

from . import service
from .schemas import PortalLoggedIn, PortalLogin, PortalTokens, PortalUsersRead

router = APIRouter(prefix="/sandbox/portals/{tenant}/{code}", tags=["sandbox"])
PAGE = "/sandbox/portal/"


async def place_of(tenant: str, code: str, context: ContextDep) -> service.Place:
    """Return the portal of the address."""
    return await service.place_of(context, tenant=tenant, code=code)


PlaceDep = Annotated[service.Place, Depends(place_of)]


@router.get("/people")
async def list_portal_users(place: PlaceDep) -> PortalUsersRead:
    """本机试运行时可在沙箱门户选择的演示人员。"""
    return service.list_users(place)


@router.post("/logins")
async def log_in_at_portal(place: PlaceDep, context: ContextDep, body: PortalLogin) -> PortalLoggedIn:
    """以所选人员登录沙箱门户，返回浏览器应前往的地址。"""
    return await service.log_in(context, place, body)


@router.get("/login", status_code=303, response_class=RedirectResponse)
async def open_cas_login(place: PlaceDep, request: Request) -> RedirectResponse:
    """CAS 3.0 /login：转到选择人员的页面。"""
    return _page(place, request)


@router.get("/p3/serviceValidate", response_class=Response)
async def validate_cas_ticket(
    place: PlaceDep,
    context: ContextDep,
    service_url: Annotated[str, Query(alias="service", max_length=2000)] = "",
    ticket: Annotated[str, Query(max_length=200)] = "",
) -> Response:
    """CAS 3.0 /p3/serviceValidate。"""
    xml = await service.validate(context, place, service=service_url, ticket=ticket)
    return Response(xml, media_type="application/xml")


@router.get("/.well-known/openid-configuration")
async def read_portal_metadata(place: PlaceDep) -> dict[str, Any]:
    """OpenID Connect Discovery 1.0。"""
    return service.metadata(place)


@router.get("/jwks")
async def read_portal_keys(place: PlaceDep, context: ContextDep) -> dict[str, Any]:
    """沙箱门户的公钥。"""
    return {"keys": [service.signing_key(context).as_dict(private=False)]}


@router.get("/authorize", status_code=303, response_class=RedirectResponse)
async def open_oidc_login(place: PlaceDep, request: Request) -> RedirectResponse:
    """OpenID Connect 授权端点：转到选择人员的页面。"""
    return _page(place, request)


@router.post("/token")
async def redeem_portal_code(place: PlaceDep, context: ContextDep, request: Request) -> PortalTokens:
    """OpenID Connect 令牌端点；沙箱不核对客户端密钥，只核对 PKCE。"""
    form = dict(parse_qsl((await request.body()).decode(errors="replace")))
    return await service.redeem(context, place, form)


def _page(place: service.Place, request: Request) -> RedirectResponse:
    asked = request.url.query
    where = f"tenant={place.pack.code}&portal={place.portal.code}"
    return RedirectResponse(f"{PAGE}?{where}&{asked}", status_code=303)
