"""Every route names a permission or stands on the one list of what is open to everybody, with the reason."""

from collections.abc import Iterable, Iterator
from typing import Any

from fastapi import Depends, FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from common.auth import all_permissions, permission
from common.http.deps import Requires, requires
from huzhu.stack import open_routes

PROBES = {"/healthz", "/readyz", "/metrics"}
OPEN = {
    "GET /identity/.well-known/jwks.json": "the public keys with which everybody verifies tokens",
    "GET /identity/tenants": "the unions to choose from",
    "GET /identity/tenant": "a union's name and look, before anybody has signed in",
    "GET /identity/organisation": "the districts that a unit chooses from when it registers",
    "GET /identity/privacy-statement": "what a person consents to when registering",
    "POST /identity/verification-codes": "a code is what proves a mobile; counted and limited",
    "POST /identity/units": "registration of a unit, proved by a code",
    "POST /identity/members/register": "registration of a member, proved by a code",
    "POST /identity/platform/sessions": "sign-in",
    "POST /identity/sessions/handler": "sign-in",
    "POST /identity/sessions/member": "sign-in",
    "POST /identity/sessions/staff": "sign-in",
    "POST /identity/sessions/staff/code": "sign-in, second step",
    "POST /identity/staff-invitations/open": "the invitation's secret is the proof; sends a code, counted and limited",
    "POST /identity/staff-invitations/accept": "the invitation's secret and the code are the proof",
    "POST /identity/staff-password-resets": "sends a code to who is known; the same answer to all; limited",
    "POST /identity/staff-password-resets/finish": "the code, and the second factor, are the proof",
    "POST /identity/sessions/refresh": "the refresh token is the proof",
    "POST /identity/captchas": "a picture for whoever is about to bind; single use",
    "POST /identity/bindings": "binding, proved by captcha and code; limited by address",
    "POST /identity/bindings/recover": "the same for an account whose mobile is gone",
    "GET /identity/bindings/{binding_id}": "only for the device that began it",
    "POST /identity/bindings/{binding_id}/face": "only for the device that began it",
    "POST /identity/bindings/{binding_id}/face/outcome": "only for the device that began it",
    "POST /identity/bindings/{binding_id}/bank-card": "only for the device that began it",
    "POST /identity/bindings/{binding_id}/sign-in": "only for the device that began it",
    "GET /identity/entrances": "the portals and apps through which people come in",
    "POST /identity/portals/{code}/start": "sign-in through a portal",
    "POST /identity/portals/{code}/finish": "the portal and this browser's key are the proof",
    "GET /identity/returns/{app}/{tenant}/portal/{code}": "a browser on its way back from a portal, to the web app",
    "GET /identity/returns/m/{tenant}/bind": "a browser on its way back from a face verification, to the web app",
    "POST /identity/sessions/hosts/{code}": "the host app's signature is the proof; good once",
    "POST /identity/sessions/wechat": "WeChat is the proof",
    "POST /identity/sandbox/handovers": "local runs only, elsewhere 404",
    "GET /identity/sandbox/verifications": "local runs only, elsewhere 404",
    "PUT /identity/sandbox/verifications": "local runs only, elsewhere 404",
    "GET /identity/sandbox/portals/{tenant}/{code}/people": "local runs only, elsewhere 404",
    "POST /identity/sandbox/portals/{tenant}/{code}/logins": "local runs only, elsewhere 404",
    "GET /identity/sandbox/portals/{tenant}/{code}/login": "local runs only, elsewhere 404",
    "GET /identity/sandbox/portals/{tenant}/{code}/p3/serviceValidate": "local runs only, elsewhere 404",
    "GET /identity/sandbox/portals/{tenant}/{code}/.well-known/openid-configuration": "local runs only, elsewhere 404",
    "GET /identity/sandbox/portals/{tenant}/{code}/jwks": "local runs only, elsewhere 404",
    "GET /identity/sandbox/portals/{tenant}/{code}/authorize": "local runs only, elsewhere 404",
    "POST /identity/sandbox/portals/{tenant}/{code}/token": "local runs only, elsewhere 404",
    "GET /enrollment/products": "what may be joined, before anybody has signed in",
    "POST /enrollment/payments/notices/{channel}/{tenant_id}": "the payment provider's signature is the proof",
    "GET /enrollment/sandbox/payments/{tenant_id}/{number}": "local runs only, elsewhere 404",
    "POST /enrollment/sandbox/payments/{tenant_id}/{number}/{decision}": "local runs only, elsewhere 404",
    "GET /claims/fhir/metadata": "what the interchange can do; clients read it before they sign in",
    "POST /claims/sandbox/bank-results": "local runs only, elsewhere 404",
    "GET /notify/sandbox/messages": "local runs only, elsewhere 404",
    "GET /notify/articles": "announcements, help and introductions, before anybody has signed in",
    "GET /notify/articles/categories": "the rubrics of the same",
    "GET /notify/articles/{article}": "one of the same; what is for members asks for a token",
    "GET /notify/home": "the modules of a union, before anybody has signed in",
    "GET /notify/pictures/{tenant_id}/{picture_id}": "pictures of content; a picture in a page brings no token",
    "GET /ocr/documents/{document_id}/content": "a token or a signed link, checked by the use case",
    "GET /ocr/documents/{document_id}/thumbnail": "a token or a signed link, checked by the use case",
    "GET /ocr/documents/{document_id}/pages/{page}": "a token or a signed link, checked by the use case",
}
"""A new open route belongs here with its reason, and only here."""


def permissions_of(dependant: Dependant) -> Iterator[str]:
    if isinstance(dependant.call, Requires):
        yield from dependant.call.permissions
    for below in dependant.dependencies:
        yield from permissions_of(below)


def walk(items: Iterable[Any]) -> Iterator[APIRoute]:
    """Follow included routers, which this FastAPI keeps as they are instead of copying their routes."""
    for item in items:
        if isinstance(item, APIRoute):
            yield item
        else:
            yield from walk(getattr(getattr(item, "original_router", item), "routes", ()))


def routes_of(apps: dict[str, FastAPI]) -> Iterator[tuple[str, APIRoute]]:
    for service, app in apps.items():
        for route in walk(app.routes):
            for method in sorted(route.methods):
                yield f"{method} /{service}{route.path}", route


def unguarded(apps: dict[str, FastAPI]) -> set[str]:
    return {
        name
        for name, route in routes_of(apps)
        if route.path not in PROBES and not list(permissions_of(route.dependant))
    }


def test_every_route_names_a_permission_or_is_open_for_a_reason(apps: dict[str, FastAPI]) -> None:
    assert unguarded(apps) == set(OPEN)


def test_the_gateway_counts_open_routes_by_address_whatever_token_they_carry() -> None:
    looked_at = {name for name in OPEN if "/sandbox/" in name or " /ocr/" in name}
    assert set(open_routes.OPEN) == set(OPEN) - looked_at


def test_no_route_hides_another(apps: dict[str, FastAPI]) -> None:
    names = [name for name, route in routes_of(apps) if route.path not in PROBES]
    assert sorted(name for name in set(names) if names.count(name) > 1) == []


def test_every_permission_of_a_route_is_declared(apps: dict[str, FastAPI]) -> None:
    named = {one for _, route in routes_of(apps) for one in permissions_of(route.dependant)}
    assert named <= set(all_permissions())


def test_a_planted_route_without_permission_is_seen() -> None:
    app = FastAPI()

    @app.get("/guarded", dependencies=[requires(permission("claims.planted.read", "试验"))])
    async def guarded() -> None: ...

    @app.get("/forgotten", dependencies=[Depends(lambda: None)])
    async def forgotten() -> None: ...

    assert unguarded({"claims": app}) == {"GET /claims/forgotten"}
