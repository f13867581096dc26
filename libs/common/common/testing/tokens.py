"""Tokens as identity signs them, with a key of the test's own."""

import time
from typing import Any
from uuid import UUID

from joserfc.jwk import OKPKey

from ..auth.actor import Actor, ActorKind
from ..auth.tokens import TokenVerifier, sign_actor
from ..clock import now
from ..ids import new_id
from .tenants import TestTenant

ISSUER = "huzhu"


class Mint:
    """Signs tokens that the apps under test accept."""

    def __init__(self) -> None:
        self.key = OKPKey.generate_key("Ed25519", auto_kid=True)

    def trust(self, verifier: TokenVerifier) -> None:
        """Let a verifier accept this mint's tokens."""
        verifier.use_keys({"keys": [self.key.as_dict(private=False)]})

    def actor(
        self,
        tenant: TestTenant,
        *permissions: str,
        kind: ActorKind = ActorKind.STAFF,
        actor_id: UUID | None = None,
        **scope: Any,
    ) -> Actor:
        """Return an actor of a tenant with permissions; `scope` sets roles, person_id, unit_id, org_path, confirmed_at.

        Without `confirmed_at` they have signed in by SMS this moment.
        """
        scope.setdefault("confirmed_at", now())
        return Actor(
            kind=kind,
            id=actor_id or new_id(),
            tenant_id=tenant.id,
            tenant=tenant.code,
            permissions=frozenset(permissions),
            session_id=new_id(),
            **scope,
        )

    def token(self, actor: Actor, *, lifetime: int = 600, issued_at: int | None = None) -> str:
        """Return a signed token of an actor."""
        return sign_actor(
            actor, self.key, issuer=ISSUER, issued_at=issued_at or int(time.time()), lifetime=lifetime
        )

    def headers(self, actor: Actor, **more: str) -> dict[str, str]:
        """Return request headers for an actor."""
        return {"Authorization": f"Bearer {self.token(actor)}", **more}
