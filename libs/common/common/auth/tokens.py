"""Access tokens: signed by identity (Ed25519), verified offline against its JWKS."""

import asyncio
import time
import warnings
from typing import Any
from uuid import UUID

import httpx
import structlog
from joserfc import jwt
from joserfc.errors import ExpiredTokenError, JoseError, SecurityWarning
from joserfc.jwk import KeySet, OKPKey

from ..errors import NotSignedIn, ServiceBusy, SessionEnded
from .actor import Actor

log = structlog.get_logger()
ALGORITHM = "EdDSA"
"""Ed25519 by its older name (RFC 8037): gateways that look at tokens (Envoy) do not know that of RFC 9864."""
ACCEPTED = [ALGORITHM, "Ed25519"]
"""Keys made before that name was chosen sign by the newer one until they are replaced."""
warnings.filterwarnings("ignore", message="EdDSA is deprecated", category=SecurityWarning)
AUDIENCE = "huzhu-api"
REFETCH_SECONDS = 5.0


def sign_actor(actor: Actor, key: OKPKey, *, issuer: str, issued_at: int, lifetime: int) -> str:
    """Return a signed access token of `lifetime` seconds for an actor."""
    claims: dict[str, Any] = {
        "iss": issuer,
        "aud": AUDIENCE,
        "sub": str(actor.id),
        "iat": issued_at,
        "exp": issued_at + lifetime,
        "actor": actor.model_dump(mode="json", exclude={"permissions", "roles"}),
        "perms": sorted(actor.permissions),
        "roles": sorted(actor.roles),
    }
    return jwt.encode({"alg": key.alg or ALGORITHM, "kid": key.kid}, claims, key, algorithms=ACCEPTED)


class TokenVerifier:
    """Verifies tokens with identity's public keys, which are fetched when an unknown key id appears."""

    def __init__(self, *, issuer: str, jwks_url: str, client: httpx.AsyncClient | None = None) -> None:
        self._registry = jwt.JWTClaimsRegistry(
            iss={"essential": True, "value": issuer},
            aud={"essential": True, "value": AUDIENCE},
            exp={"essential": True},
        )
        self._url = jwks_url
        self._client = client
        self._keys = KeySet([])
        self._fetched_at = 0.0
        self._fetches = 0
        self._lock = asyncio.Lock()

    def use_keys(self, jwks: dict[str, Any]) -> None:
        """Set the public keys from a JWKS document."""
        self._keys = KeySet.import_key_set(jwks)  # type: ignore[arg-type]

    async def learn(self) -> None:
        """Fetch the keys unless some are known; what is away is asked again for the first token. ServiceBusy."""
        if not self._keys.keys:
            await self._refresh(self._fetches)

    async def verify(self, token: str) -> Actor:
        """Return the actor of a token; NotSignedIn if it does not verify, SessionEnded if it has expired."""
        try:
            decoded = await self._decode(token)
            self._registry.validate(decoded.claims)
            claims = decoded.claims
            actor = {**claims["actor"], "permissions": claims["perms"], "roles": claims["roles"]}
            return Actor.model_validate(actor)
        except ExpiredTokenError:
            raise SessionEnded from None
        except (JoseError, ValueError, KeyError, TypeError):
            raise NotSignedIn from None

    async def _decode(self, token: str) -> jwt.Token:
        before = self._fetches
        try:
            return jwt.decode(token, self._keys, algorithms=ACCEPTED)
        except (JoseError, ValueError):
            if not await self._refresh(before):
                raise
            return jwt.decode(token, self._keys, algorithms=ACCEPTED)

    async def _refresh(self, before: int) -> bool:
        """Fetch the keys unless that was done a moment ago; False when there are no newer ones than `before`."""
        async with self._lock:
            if self._fetches != before:  # another request fetched them while this one waited
                return True
            if time.monotonic() - self._fetched_at < REFETCH_SECONDS and self._keys.keys:
                return False
            self._fetched_at = time.monotonic()
            try:
                client = self._client or httpx.AsyncClient(timeout=5, trust_env=False)
                try:
                    response = await client.get(self._url)
                    response.raise_for_status()
                finally:
                    if client is not self._client:
                        await client.aclose()
            except httpx.HTTPError as error:
                log.warning("keys.away", url=self._url, failure=type(error).__name__)
                raise ServiceBusy from None
            self.use_keys(response.json())
            self._fetches += 1
            return True


def subject_key(tenant_id: UUID, account_id: UUID) -> str:
    """The cache key of an account's session epoch."""
    return f"epoch:{tenant_id}:{account_id}"
