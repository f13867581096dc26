"""What is open to everybody at the gateway: no service looks at a token there, so one in the header proves nothing."""

import re

OPEN = (
    "GET /identity/.well-known/jwks.json",
    "GET /identity/tenants",
    "GET /identity/tenant",
    "GET /identity/organisation",
    "GET /identity/privacy-statement",
    "POST /identity/verification-codes",
    "POST /identity/units",
    "POST /identity/members/register",
    "POST /identity/platform/sessions",
    "POST /identity/sessions/handler",
    "POST /identity/sessions/member",
    "POST /identity/sessions/staff",
    "POST /identity/sessions/staff/code",
    "POST /identity/staff-invitations/open",
    "POST /identity/staff-invitations/accept",
    "POST /identity/staff-password-resets",
    "POST /identity/staff-password-resets/finish",
    "POST /identity/sessions/refresh",
    "POST /identity/captchas",
    "POST /identity/bindings",
    "POST /identity/bindings/recover",
    "GET /identity/bindings/{binding_id}",
    "POST /identity/bindings/{binding_id}/face",
    "POST /identity/bindings/{binding_id}/face/outcome",
    "POST /identity/bindings/{binding_id}/bank-card",
    "POST /identity/bindings/{binding_id}/sign-in",
    "GET /identity/entrances",
    "POST /identity/portals/{code}/start",
    "POST /identity/portals/{code}/finish",
    "GET /identity/returns/{app}/{tenant}/portal/{code}",
    "GET /identity/returns/m/{tenant}/bind",
    "POST /identity/sessions/hosts/{code}",
    "POST /identity/sessions/wechat",
    "GET /enrollment/products",
    "POST /enrollment/payments/notices/{channel}/{tenant_id}",
    "GET /claims/fhir/metadata",
    "GET /notify/articles",
    "GET /notify/articles/categories",
    "GET /notify/articles/{article}",
    "GET /notify/home",
    "GET /notify/pictures/{tenant_id}/{picture_id}",
)
"""Each open route with its method (tests/architecture/test_routes.py says why each is; it compares). Left out: the
sandbox, which only local runs have, and pictures of documents, where the service looks at the token or the link."""
_PARAMETER = re.compile(r"\{[a-z_]+\}")


def open_map() -> list[str]:
    """Return nginx lines that set $open to 1 on an open route; those without parameters are looked up, not tried."""
    return [
        "map_hash_bucket_size 128;",
        'map "$request_method $uri" $open {',
        '    default "";',
        *(f'    "{_place(route)}" 1;' for route in OPEN),
        "}",
    ]


def _place(route: str) -> str:
    method, path = route.split(" ")
    place = f"{method} /api{path}"
    if _PARAMETER.search(place) is None:
        return place
    parts = _PARAMETER.split(place)
    # Dots only have to be escaped in what remains.
    return "~^" + "[^/]+".join(part.replace(".", r"\.") for part in parts) + "$"
