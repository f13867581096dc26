"""Use cases of the sandbox's portal: who can be chosen, signing in, tickets and codes redeemed once."""

import hmac
import secrets
import time
from typing import Any, NamedTuple
from urllib.parse import urlencode
from uuid import UUID

import orjson
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from joserfc import jwt
from joserfc.jwk import OKPKey

from common.contracts.pack import TenantPack
from common.contracts.pack.entrances import Portal
from common.errors import NotFound, SandboxClosed
from common.http import ServiceContext
from common.text import Text

from ...extras import settings_of
from ...ports.sandbox import require_local
from ...tenants.access import tenant_id_of_code
from ..addresses import sandbox_portal
from ..service import pack_of
from . import rules
from .errors import GrantRefused, LoginNotOurs
from .schemas import PortalLoggedIn, PortalLogin, PortalTokens, PortalUser, PortalUserRead, PortalUsersRead

MINUTES = 600
ALGORITHM = "Ed25519"
MEMBER, HANDLER, STAFF = Text("会员", "Member"), Text("单位经办人", "Unit handler"), Text("工作人员", "Staff")


class Place(NamedTuple):
    """A portal as the sandbox stands in for it."""

    tenant_id: UUID
    pack: TenantPack
    portal: Portal
    address: str


async def place_of(context: ServiceContext, *, tenant: str, code: str) -> Place:
    """Return a portal of a union's pack; SandboxClosed outside local runs and where the pack's own are called."""
    require_local(context)
    settings = settings_of(context)
    if settings.portals != "sandbox":
        raise SandboxClosed
    tenant_id = await tenant_id_of_code(context, tenant)
    pack = await pack_of(context, tenant_id) if tenant_id else None
    portal = pack.registration.sign_in.portal(code) if pack else None
    if tenant_id is None or pack is None or portal is None:
        raise NotFound
    return Place(tenant_id, pack, portal, sandbox_portal(settings.public_url, tenant=tenant, code=code))


def list_users(place: Place) -> PortalUsersRead:
    """Return the people of the union's demo whom this portal can name."""
    demo, people = place.pack.demo, place.portal.people
    members = [
        PortalUserRead(
            subject=person.work_number or person.mobile, name=person.name, work_number=person.work_number,
            document_number=person.id_number, mobile=person.mobile, what=MEMBER.in_language(),
        )
        for unit in demo.units for person in unit.people if "member" in people
    ]  # fmt: skip
    handlers = [
        PortalUserRead(
            subject=unit.handler_mobile, name=unit.handler_name, mobile=unit.handler_mobile,
            what=f"{HANDLER.in_language()} · {unit.name}",
        )
        for unit in demo.units if "handler" in people
    ]  # fmt: skip
    titles = {role.code: role.title.text().in_language() for role in place.pack.roles}
    staff = [
        PortalUserRead(
            subject=person.username, name=person.name, user_name=person.username, mobile=person.mobile,
            what=f"{STAFF.in_language()} · {'、'.join(titles[role] for role in person.roles)}",
        )
        for person in demo.staff if "staff" in people
    ]  # fmt: skip
    return PortalUsersRead(
        title=place.portal.title.text().in_language(),
        union=place.pack.tenant.name.text().in_language(),
        items=[*members, *handlers, *staff],
    )


async def log_in(context: ServiceContext, place: Place, login: PortalLogin) -> PortalLoggedIn:
    """Let a user have signed in; the browser goes back with a ticket (CAS) or a code (OpenID Connect)."""
    asked, cas = login.asked, place.portal.kind == "cas"
    back = asked.get("service" if cas else "redirect_uri", "")
    if not back.startswith(f"{settings_of(context).public_url.rstrip('/')}/api/identity/returns/"):
        raise LoginNotOurs
    if not cas and (
        asked.get("client_id") != place.portal.client_id
        or asked.get("response_type") != "code"
        or asked.get("code_challenge_method") != "S256"
        or not asked.get("code_challenge")
    ):
        raise LoginNotOurs
    ticket = f"{'ST-' if cas else ''}{secrets.token_urlsafe(24)}"
    kept = {"user": login.user.model_dump(), "asked": asked, "back": back}
    await context.redis.set(_name(place, ticket), orjson.dumps(kept), ex=MINUTES)
    answer = {"ticket": ticket} if cas else {"code": ticket, "state": asked.get("state", "")}
    return PortalLoggedIn(url=f"{back}{'&' if '?' in back else '?'}{urlencode(answer)}")


async def validate(context: ServiceContext, place: Place, *, service: str, ticket: str) -> str:
    """Return CAS's answer about a ticket; each is good once, for the service that it was given for."""
    kept = await _used_up(context, place, ticket)
    if kept is None or kept["back"] != service or place.portal.kind != "cas":
        return rules.cas_failure()
    user = PortalUser.model_validate(kept["user"])
    return rules.cas_success(user.subject, rules.told(user, place.portal.attributes))


async def redeem(context: ServiceContext, place: Place, form: dict[str, str]) -> PortalTokens:
    """Return the ID token for a code; GrantRefused for one that is none or of somebody else."""
    kept = await _used_up(context, place, form.get("code", ""))
    if kept is None or place.portal.kind != "oidc" or kept["back"] != form.get("redirect_uri"):
        raise GrantRefused
    asked: dict[str, str] = kept["asked"]
    if not rules.fits_challenge(form.get("code_verifier", ""), asked["code_challenge"]):
        raise GrantRefused
    user, issued = PortalUser.model_validate(kept["user"]), int(time.time())
    claims = {
        **rules.told(user, place.portal.attributes), "iss": place.address, "aud": place.portal.client_id,
        "sub": user.subject, "iat": issued, "exp": issued + MINUTES, "nonce": asked.get("nonce", ""),
    }  # fmt: skip
    key = signing_key(context)
    id_token = jwt.encode({"alg": ALGORITHM, "kid": key.kid}, claims, key, algorithms=[ALGORITHM])
    return PortalTokens(access_token=secrets.token_urlsafe(24), expires_in=MINUTES, id_token=id_token)


def metadata(place: Place) -> dict[str, Any]:
    """Return what the portal publishes of itself (OpenID Connect Discovery 1.0)."""
    return {
        "issuer": place.address,
        "authorization_endpoint": f"{place.address}/authorize",
        "token_endpoint": f"{place.address}/token",
        "jwks_uri": f"{place.address}/jwks",
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": [ALGORITHM],
        "code_challenge_methods_supported": ["S256"],
    }


def signing_key(context: ServiceContext) -> OKPKey:
    """Return the portal's key: the same in every process of this run, and of no use elsewhere."""
    seed = hmac.digest(context.link_key, b"sandbox portal", "sha256")
    private = Ed25519PrivateKey.from_private_bytes(seed)
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return OKPKey.import_key(pem, parameters={"kid": "sandbox", "use": "sig", "alg": ALGORITHM})


def _name(place: Place, ticket: str) -> str:
    return f"sandbox:portal:{place.tenant_id}:{place.portal.code}:{ticket}"


async def _used_up(context: ServiceContext, place: Place, ticket: str) -> dict[str, Any] | None:
    kept = await context.redis.getdel(_name(place, ticket))
    return orjson.loads(kept) if kept else None
