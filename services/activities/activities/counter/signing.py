"""Passes: JWS (RFC 7515) with Ed25519 (RFC 8037), so that a counter without network verifies them by public key."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, OKPKey
from sqlalchemy.ext.asyncio import AsyncSession

from common.clock import now
from common.crypto import TenantKeys
from common.ids import new_id

from .errors import PassForged
from .models import CounterKey
from .repository import CounterRepository

ALGORITHM = "Ed25519"
CONTEXT = "counter.key"
ROTATE_AFTER, KEEP_FOR = timedelta(days=30), timedelta(days=60)
Purpose = Literal["pass", "here"]


@dataclass(frozen=True)
class Pass:
    """What a signed text says: a member's reward, or that somebody stands at a campaign's counter."""

    subject: UUID
    campaign_id: UUID
    issued_at: datetime
    expires_at: datetime
    number: str = ""
    account_id: UUID | None = None


async def signing_key(session: AsyncSession, keys: TenantKeys) -> OKPKey:
    """Return the newest key of the tenant; the first one, and one every thirty days, is made here."""
    repository = CounterRepository(session, keys.tenant_id)
    known = await repository.keys()
    if known and known[0].created_at > now() - ROTATE_AFTER:
        return OKPKey.import_key(json.loads(keys.open(known[0].private, context=CONTEXT)))
    await repository.drop_keys(before=now() - KEEP_FOR)
    made = OKPKey.generate_key("Ed25519")
    kid = new_id()
    private = {**made.as_dict(private=True), "kid": str(kid), "alg": ALGORITHM, "use": "sig"}
    public = {name: value for name, value in private.items() if name != "d"}
    sealed = keys.seal(json.dumps(private), context=CONTEXT)
    repository.add(CounterKey(id=kid, public=json.dumps(public), private=sealed))
    return OKPKey.import_key(private)


async def public_keys(session: AsyncSession, keys: TenantKeys) -> list[dict[str, Any]]:
    """Return the public keys as JWK, newest first; there is always one."""
    await signing_key(session, keys)
    await session.flush()
    known = await CounterRepository(session, keys.tenant_id).keys()
    return [json.loads(key.public) for key in known]


def sign_pass(key: OKPKey, purpose: Purpose, what: Pass) -> str:
    """Return the text of a picture: ids and times only."""
    claims: dict[str, Any] = {
        "p": purpose,
        "sub": what.subject.hex,
        "c": what.campaign_id.hex,
        "iat": int(what.issued_at.timestamp()),
        "exp": int(what.expires_at.timestamp()),
    }
    claims |= {"n": what.number} if what.number else {}
    claims |= {"a": what.account_id.hex} if what.account_id else {}
    return jwt.encode({"alg": ALGORITHM, "kid": key.kid}, claims, key, algorithms=[ALGORITHM])


def verify_pass(public: Sequence[dict[str, Any]], token: str, purpose: Purpose) -> Pass:
    """Return what a signed text says; PassForged. Its time is judged by the caller."""
    try:
        verifying = KeySet.import_key_set({"keys": list(public)})
        claims = jwt.decode(token.strip(), verifying, algorithms=[ALGORITHM]).claims
        if claims["p"] != purpose:
            raise PassForged
        return Pass(
            subject=UUID(claims["sub"]),
            campaign_id=UUID(claims["c"]),
            issued_at=datetime.fromtimestamp(claims["iat"], UTC),
            expires_at=datetime.fromtimestamp(claims["exp"], UTC),
            number=claims.get("n", ""),
            account_id=UUID(claims["a"]) if "a" in claims else None,
        )
    except (JoseError, ValueError, KeyError, TypeError, OverflowError):
        raise PassForged from None
