"""Hand-overs: a host app's signed word about its user, short-lived, for one union, good once (docs/hand-over.md)."""

import hmac
import os
from typing import Any
from uuid import UUID

import structlog
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey
from redis.exceptions import RedisError

from common.clock import now
from common.contracts.pack.entrances import HandOver
from common.errors import ServiceBusy
from common.http import ServiceContext

from . import rules
from .errors import HandOverInvalid, HandOverUsed, PortalAway

log = structlog.get_logger()
SHORTEST_SECRET = 32
KEYS: dict[str, Any] = {"ES256": ECKey, "RS256": RSAKey, "Ed25519": OKPKey}


def audience_of(tenant_code: str) -> str:
    """Return what a hand-over for a union says in `aud`."""
    return f"huzhu:{tenant_code}"


def shared_secret(context: ServiceContext, name: str) -> str:
    """Return the value of the environment variable that a pack names; a local run makes one up where it is not set."""
    value = os.environ.get(name, "")
    if not value and context.settings.environment == "local":
        return hmac.digest(context.link_key, name.encode(), "sha256").hex()
    return value


def verified(context: ServiceContext, *, host: HandOver, tenant_code: str, token: str) -> dict[str, Any]:
    """Return the claims of a hand-over; HandOverInvalid unless this host signed it for this union and it lives."""
    registry = jwt.JWTClaimsRegistry(
        iss={"essential": True, "value": host.issuer},
        aud={"essential": True, "value": audience_of(tenant_code)},
        sub={"essential": True},
        jti={"essential": True},
    )
    try:
        decoded = jwt.decode(token, _key(context, host), algorithms=[host.algorithm])
        claims: dict[str, Any] = dict(decoded.claims)
        registry.validate({k: v for k, v in claims.items() if k not in {"exp", "iat", "nbf"}})
    except (JoseError, ValueError, TypeError):
        raise HandOverInvalid from None
    nonce = claims.get("jti")
    if not isinstance(nonce, str) or not 8 <= len(nonce) <= 128:
        raise HandOverInvalid
    if claims.get("aud") != audience_of(tenant_code) or not rules.hand_over_lives(
        claims, at=now().timestamp()
    ):
        raise HandOverInvalid
    return claims


async def use_up(context: ServiceContext, *, host: HandOver, tenant_id: UUID, nonce: str) -> None:
    """Let a hand-over be good once; HandOverUsed for the second time."""
    kept = rules.HAND_OVER_SECONDS + 2 * rules.SKEW_SECONDS
    try:
        first = await context.redis.set(f"handover:{tenant_id}:{host.issuer}:{nonce}", 1, ex=kept, nx=True)
    except (RedisError, OSError):
        raise ServiceBusy from None
    if not first:
        raise HandOverUsed


def _key(context: ServiceContext, host: HandOver) -> Any:
    if host.key_env is None:
        return KEYS[host.algorithm].import_key(host.public_key or "")
    secret = shared_secret(context, host.key_env)
    if len(secret) < SHORTEST_SECRET:
        log.error("handover.secret_missing", variable=host.key_env)
        raise PortalAway
    return OctKey.import_key(secret)
