"""What a running identity holds besides the common context, by type."""

from datetime import timedelta
from typing import cast

from common.crypto import MasterKeys
from common.http import ServiceContext

from .keys.service import SigningKeys
from .keys.verifier import OwnTokenVerifier
from .limits import Limits
from .ports.make import Ports, make_ports
from .settings import IdentitySettings
from .sso.oidc import OidcPortals

SIGNING_KEYS, LIMITS, PORTS, OIDC = "signing_keys", "limits", "ports", "oidc"


def settings_of(context: ServiceContext) -> IdentitySettings:
    """Return identity's own settings."""
    return cast(IdentitySettings, context.settings)


def signing_keys(context: ServiceContext) -> SigningKeys:
    """Return the platform's signing keys."""
    return cast(SigningKeys, context.extras[SIGNING_KEYS])


def limits(context: ServiceContext) -> Limits:
    """Return the counters of attempts."""
    return cast(Limits, context.extras[LIMITS])


def ports(context: ServiceContext) -> Ports:
    """Return the adapters to whom identity asks things."""
    return cast(Ports, context.extras[PORTS])


def oidc_portals(context: ServiceContext) -> OidcPortals:
    """Return what is known of the campus portals."""
    return cast(OidcPortals, context.extras[OIDC])


def install(context: ServiceContext) -> ServiceContext:
    """Put identity's own things into a new context and return it."""
    settings = settings_of(context)
    master = MasterKeys.parse(settings.master_keys.get_secret_value())
    rotate_after = timedelta(days=settings.signing_key_days)
    keys = SigningKeys(context.db, master, rotate_after=rotate_after)
    context.extras[SIGNING_KEYS] = keys
    context.verifier = OwnTokenVerifier(keys, issuer=settings.issuer)
    context.extras[LIMITS] = Limits(context.redis)
    context.extras[OIDC] = OidcPortals()
    context.extras[PORTS] = make_ports(settings, context.redis)
    return context
