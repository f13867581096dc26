"""Use case of operators: signing in."""

from common.auth.tokens import sign_actor
from common.clock import now
from common.http import ServiceContext

from ..extras import limits, settings_of, signing_keys
from . import rules
from .errors import OperatorUnknown
from .schemas import PlatformSessionCreate, PlatformSessionRead

TEN_MINUTES, MOST_FAILURES = 600, 10


async def sign_in_operator(
    context: ServiceContext, *, asked: PlatformSessionCreate, address: str
) -> PlatformSessionRead:
    """Return a token for an operator; OperatorUnknown, and TooManyRequests after ten failures from an address."""
    counters, settings = limits(context), settings_of(context)
    await counters.check_lock(f"platform:{address}")
    name = rules.operator_of(rules.operators_of(settings), name=asked.operator, secret=asked.secret)
    if name is None:
        failures, _ = await counters.count(f"platform:{address}", seconds=TEN_MINUTES)
        if failures >= MOST_FAILURES:
            await counters.lock(f"platform:{address}", seconds=TEN_MINUTES)
        raise OperatorUnknown
    actor = rules.operator_actor(name)
    lifetime = settings.access_minutes * 60
    key = await signing_keys(context).signing_key()
    token = sign_actor(
        actor, key, issuer=settings.issuer, issued_at=int(now().timestamp()), lifetime=lifetime
    )
    return PlatformSessionRead(access_token=token, expires_in=lifetime, operator=name, operator_id=actor.id)
