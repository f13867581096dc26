"""Who an account is in a token, how refresh tokens are read, how long a wrong password locks."""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Literal, NamedTuple
from uuid import UUID

from common.auth import Actor, ActorKind
from common.contracts.pack import TenantPack

from ..auth import OWN

RefreshVerdict = Literal["fresh", "repeated", "reused"]
FREE_FAILURES = 3
LONGEST_LOCK = 900


class AccountFacts(NamedTuple):
    """What of an account decides about its token."""

    id: UUID
    kind: str
    roles: tuple[str, ...]
    org_path: str
    unit_id: UUID | None
    person_id: UUID | None
    epoch: int
    user_name: str | None = None
    human: UUID | None = None
    password_due: bool = False


def actor_of(
    facts: AccountFacts,
    pack: TenantPack,
    *,
    tenant_id: UUID,
    session_id: UUID,
    confirmed_at: datetime | None = None,
) -> Actor:
    """Return the caller that a token of this account names; permissions are those of its roles in the pack.

    A role that the pack no longer has gives nothing. Nor does any until a password that somebody else chose is changed:
    the account may change it, look at itself and sign out.
    """
    kind = ActorKind(facts.kind)
    roles = [] if facts.password_due else [role for role in pack.roles if role.code in facts.roles]
    granted = {name for role in roles for name in role.permissions}
    whole_tenant = any(role.scope == "tenant" for role in roles)
    return Actor(
        kind=kind,
        id=facts.id,
        tenant_id=tenant_id,
        tenant=pack.code,
        permissions=frozenset(granted | OWN[kind]),
        roles=frozenset(role.code for role in roles),
        person_id=facts.person_id,
        unit_id=facts.unit_id,
        org_path="" if whole_tenant or kind is not ActorKind.STAFF else facts.org_path,
        label=(facts.user_name or "") if kind is ActorKind.STAFF else "",
        human=facts.human,
        session_id=session_id,
        epoch=facts.epoch,
        confirmed_at=confirmed_at,
    )


def new_refresh_token() -> str:
    """Return a new secret of 256 bits."""
    return secrets.token_urlsafe(32)


def refresh_digest(token: str) -> str:
    """Return what is stored of a refresh token; it has 256 random bits, so a plain hash is enough."""
    return hashlib.sha256(token.encode()).hexdigest()


def judge_refresh(*, spent_at: datetime | None, at: datetime, grace: timedelta) -> RefreshVerdict:
    """Say what using a refresh token means: the first time, a repeat after a lost answer, or a stolen copy."""
    if spent_at is None:
        return "fresh"
    return "repeated" if at - spent_at <= grace else "reused"


def lock_seconds(failures: int) -> int:
    """Return how long sign-in is shut after so many failures in a row: 0, then 5 s, 10 s, 20 s … 15 minutes."""
    if failures < FREE_FAILURES:
        return 0
    return int(min(5 * 2 ** min(failures - FREE_FAILURES, 16), LONGEST_LOCK))
