"""OpenID Connect Core 1.0, authorization code flow with PKCE (RFC 7636): discovery, token, ID token, user info."""

import time
import warnings
from dataclasses import dataclass, field
from typing import Any

import httpx
import structlog
from authlib.deprecate import AuthlibDeprecationWarning
from authlib.integrations.base_client import OAuthError
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from common.contracts.pack.entrances import Portal

from .errors import PortalAway, PortalRefused
from .outside import TIMEOUT, client_for, transport_for
from .rules import SKEW_SECONDS

# The library says at every start that it has moved to the successor of this client.
with warnings.catch_warnings():
    warnings.simplefilter("ignore", AuthlibDeprecationWarning)
    from authlib.integrations.httpx_client import AsyncOAuth2Client

log = structlog.get_logger()
ALGORITHMS = ["RS256", "PS256", "ES256", "Ed25519", "EdDSA"]
"""Asymmetric only: a signature by the shared secret, or none, is no signature of the portal's."""
FRESH_SECONDS = 3600.0


@dataclass
class Provider:
    """What a portal publishes of itself."""

    metadata: dict[str, Any]
    keys: KeySet
    read_at: float = field(default_factory=time.monotonic)

    def address(self, name: str) -> str:
        """Return one of its addresses; PortalAway if it publishes none."""
        value = self.metadata.get(name)
        if not isinstance(value, str):
            raise PortalAway
        return value


class OidcPortals:
    """Reads what portals publish, an hour at most from memory, and signs their users in."""

    def __init__(self) -> None:
        self._known: dict[str, Provider] = {}

    async def authorization_url(
        self, portal: Portal, *, redirect_uri: str, state: str, nonce: str, verifier: str
    ) -> str:
        """Return where the browser goes."""
        provider = await self._provider(portal)
        async with AsyncOAuth2Client(
            client_id=portal.client_id,
            scope=" ".join(portal.scopes),
            redirect_uri=redirect_uri,
            code_challenge_method="S256",
        ) as client:
            url, _ = client.create_authorization_url(
                provider.address("authorization_endpoint"), state=state, nonce=nonce, code_verifier=verifier
            )
        return str(url)

    async def facts(
        self, portal: Portal, *, secret: str, redirect_uri: str, code: str, nonce: str, verifier: str
    ) -> dict[str, Any]:
        """Exchange a code and return the verified claims of the user; PortalRefused or PortalAway."""
        provider = await self._provider(portal)
        try:
            async with AsyncOAuth2Client(
                client_id=portal.client_id,
                client_secret=secret or None,
                redirect_uri=redirect_uri,
                token_endpoint_auth_method="client_secret_basic" if secret else "none",
                transport=transport_for(portal),
                timeout=TIMEOUT,
                trust_env=False,
            ) as client:
                token = await client.fetch_token(
                    provider.address("token_endpoint"), code=code, code_verifier=verifier
                )
                claims = await self._verified(portal, provider, token.get("id_token"), nonce=nonce)
                return {**await _user_info(client, provider, claims["sub"]), **claims}
        except OAuthError:
            raise PortalRefused from None
        except (httpx.HTTPError, ValueError, KeyError, TypeError) as error:
            log.warning("portal.away", portal=portal.code, kind=type(error).__name__)
            raise PortalAway from None

    async def _verified(
        self, portal: Portal, provider: Provider, id_token: object, *, nonce: str
    ) -> dict[str, Any]:
        """Check an ID token (OpenID Connect Core 3.1.3.7); keys that are not known are read anew, once."""
        if not isinstance(id_token, str):
            raise PortalRefused
        registry = jwt.JWTClaimsRegistry(
            leeway=SKEW_SECONDS,
            iss={"essential": True, "value": provider.metadata["issuer"]},
            aud={"essential": True, "value": portal.client_id or ""},
            exp={"essential": True},
            iat={"essential": True},
            sub={"essential": True},
            nonce={"essential": True, "value": nonce},
        )
        try:
            try:
                decoded = jwt.decode(id_token, provider.keys, algorithms=ALGORITHMS)
            except (JoseError, ValueError):
                provider = await self._provider(portal, anew=True)
                decoded = jwt.decode(id_token, provider.keys, algorithms=ALGORITHMS)
            registry.validate(decoded.claims)
        except (JoseError, ValueError):
            raise PortalRefused from None
        claims: dict[str, Any] = dict(decoded.claims)
        several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
        if (several or "azp" in claims) and claims.get("azp") != portal.client_id:
            raise PortalRefused
        return claims

    async def _provider(self, portal: Portal, *, anew: bool = False) -> Provider:
        known = self._known.get(portal.server)
        if known is not None and not anew and time.monotonic() - known.read_at < FRESH_SECONDS:
            return known
        try:
            async with client_for(portal) as client:
                metadata = await _json(client, f"{portal.server}/.well-known/openid-configuration")
                if metadata.get("issuer", "").rstrip("/") != portal.server:
                    raise PortalAway
                keys = KeySet.import_key_set(await _json(client, metadata["jwks_uri"]))  # type: ignore[arg-type]
        except (httpx.HTTPError, JoseError, ValueError, KeyError, TypeError, AttributeError) as error:
            log.warning("portal.away", portal=portal.code, kind=type(error).__name__)
            raise PortalAway from None
        self._known[portal.server] = Provider(metadata, keys)
        return self._known[portal.server]


async def _json(client: httpx.AsyncClient, address: str) -> dict[str, Any]:
    response = await client.get(address)
    response.raise_for_status()
    found = response.json()
    if not isinstance(found, dict):
        raise ValueError("not an object")
    return found


async def _user_info(client: AsyncOAuth2Client, provider: Provider, subject: str) -> dict[str, Any]:
    """Ask for more claims where the portal offers it; those of another subject are not taken."""
    address = provider.metadata.get("userinfo_endpoint")
    if not isinstance(address, str):
        return {}
    response = await client.get(address)
    response.raise_for_status()
    found = response.json()
    return found if isinstance(found, dict) and found.get("sub") == subject else {}
