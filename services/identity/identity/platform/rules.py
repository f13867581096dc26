"""Who operates the platform: named operators with secrets from the settings."""

import hmac
from uuid import NAMESPACE_URL, UUID, uuid5

from common.auth import Actor, ActorKind
from common.errors import NotFound

from ..auth import EVENTS_REPLAY, TENANT_MANAGE
from ..settings import IdentitySettings

NO_TENANT = UUID(int=0)
DEFAULT_OPERATOR = "platform"
SHORTEST_SECRET = 12


def operators_of(settings: IdentitySettings) -> dict[str, str]:
    """Return the operators' secrets by name; ValueError, without a secret in it, if they are written wrongly."""
    operators: dict[str, str] = {}
    for number, entry in enumerate(
        filter(None, settings.platform_operators.get_secret_value().split(",")), 1
    ):
        name, separator, secret = entry.strip().partition(":")
        if not separator or not name or len(secret) < SHORTEST_SECRET or name in operators:
            raise ValueError(
                f"platform operator {number} must be <name>:<secret of {SHORTEST_SECRET} characters>"
            )
        operators[name] = secret
    if secret := settings.platform_secret.get_secret_value():
        operators.setdefault(DEFAULT_OPERATOR, secret)
    return operators


def operator_of(operators: dict[str, str], *, name: str | None, secret: str) -> str | None:
    """Return whose secret it is, None if it is nobody's; every secret is compared, in constant time."""
    same = [known for known, own in operators.items() if hmac.compare_digest(own.encode(), secret.encode())]
    return next((known for known in same if name is None or known == name), None)


def operator_actor(name: str) -> Actor:
    """Return the caller that an operator's token names; the id follows from the name."""
    return Actor(
        kind=ActorKind.PLATFORM,
        id=uuid5(NAMESPACE_URL, f"urn:huzhu:operator:{name}"),
        tenant_id=NO_TENANT,
        tenant="",
        permissions=frozenset({TENANT_MANAGE, EVENTS_REPLAY}),
        roles=frozenset({"platform"}),
    )


def require_platform(actor: Actor) -> None:
    """NotFound unless the caller operates the platform."""
    if actor.kind is not ActorKind.PLATFORM:
        raise NotFound
