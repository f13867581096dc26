"""Signing keys: made at the first start, replaced by age or on demand, published as JWKS."""

import asyncio
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson
from joserfc.jwk import OKPKey
from sqlalchemy.ext.asyncio import AsyncSession

from common.auth.tokens import ALGORITHM
from common.clock import now
from common.crypto import MasterKeys
from common.crypto.master import wrapping_key_id
from common.db import Database
from common.ids import new_id

from . import repository
from .models import SigningKey

WRAPPED_FOR = b"huzhu.signing-key:"
PUBLISHED_AFTER_RETIREMENT = timedelta(hours=2)
"""Longer than any access token lives."""
PUBLISHED_BEFORE = timedelta(minutes=15)
"""A key signs once all have it who ask from time to time: a gateway that looks at tokens asks each ten minutes."""
RELOAD = timedelta(seconds=30)


@dataclass(frozen=True)
class KeySnapshot:
    """The keys as they were read: the one that signs, the public document, and the newest key."""

    signing: OKPKey
    jwks: dict[str, Any]
    newest: str
    signs_from: datetime
    """When the newest key signs."""
    read_at: datetime


class SigningKeys:
    """The platform's signing keys; one per process, read again every half minute."""

    def __init__(self, db: Database, master: MasterKeys, *, rotate_after: timedelta) -> None:
        self._db = db
        self._master = master
        self._rotate_after = rotate_after
        self._snapshot: KeySnapshot | None = None
        self._lock = asyncio.Lock()

    async def signing_key(self) -> OKPKey:
        """Return the private key that signs now."""
        return (await self._current()).signing

    async def jwks(self, *, no_older_than: timedelta = RELOAD) -> dict[str, Any]:
        """Return the public keys of all tokens that may still be valid."""
        return (await self._current(no_older_than)).jwks

    async def rotate(self) -> tuple[str, datetime]:
        """Make a new key, which signs once it has been published for a while; return its id and when that is.

        The old one stays published until its tokens are over.
        """
        async with self._lock:
            self._snapshot = await self._load(force=True)
        return self._snapshot.newest, self._snapshot.signs_from

    async def rewrap(self) -> int:
        """Wrap the private keys anew under the newest master key; return how many were not there yet."""
        changed = 0
        async with self._db.transaction(None) as session:
            await repository.lock_keys(session)
            for key in await repository.all_keys(session):
                if wrapping_key_id(key.wrapped) != self._master.newest:
                    purpose = WRAPPED_FOR + key.kid.encode()
                    key.wrapped = self._master.wrap(self._master.unwrap(key.wrapped, purpose), purpose)
                    changed += 1
        return changed

    async def master_keys_in_use(self) -> Counter[int]:
        """Return how many private keys each master key wraps."""
        async with self._db.transaction(None) as session:
            return Counter(wrapping_key_id(key.wrapped) for key in await repository.all_keys(session))

    async def _current(self, no_older_than: timedelta = RELOAD) -> KeySnapshot:
        snapshot = self._snapshot
        if snapshot is not None and timedelta(0) <= now() - snapshot.read_at < no_older_than:
            return snapshot
        async with self._lock:
            if self._snapshot is None or self._snapshot is snapshot:
                self._snapshot = await self._load()
            return self._snapshot

    async def _load(self, *, force: bool = False) -> KeySnapshot:
        async with self._db.transaction(None) as session:
            keys = await self._published(session)
            if force or self._is_due(keys) or _over(keys):
                await repository.lock_keys(session)
                keys = await self._published(session)
                if force or self._is_due(keys):
                    keys = [self._make(session), *keys]
                for key in _over(keys):
                    key.retire()
        signing, newest = _signing(keys), keys[0]
        private = orjson.loads(self._master.unwrap(signing.wrapped, WRAPPED_FOR + signing.kid.encode()))
        document = {"keys": [_published_jwk(key) for key in keys]}
        signs_from = signing.created_at if newest is signing else newest.created_at + PUBLISHED_BEFORE
        return KeySnapshot(OKPKey.import_key(private), document, newest.kid, signs_from, now())

    async def _published(self, session: AsyncSession) -> list[SigningKey]:
        return list(
            await repository.published_keys(session, retired_after=now() - PUBLISHED_AFTER_RETIREMENT)
        )

    def _is_due(self, keys: list[SigningKey]) -> bool:
        active = [key for key in keys if key.retired_at is None]
        return not active or now() - active[0].created_at > self._rotate_after

    def _make(self, session: AsyncSession) -> SigningKey:
        kid = str(new_id())
        key = OKPKey.generate_key("Ed25519", parameters={"kid": kid, "use": "sig", "alg": ALGORITHM})
        private = orjson.dumps(key.as_dict(private=True))
        row = SigningKey(
            kid=kid,
            public_jwk=dict(key.as_dict(private=False)),
            wrapped=self._master.wrap(private, WRAPPED_FOR + kid.encode()),
            created_at=now(),
        )
        repository.add_key(session, row)
        return row


def _signing(keys: list[SigningKey]) -> SigningKey:
    """Return the newest key that has been published for long enough; of the first ones, the oldest."""
    active = [key for key in keys if key.retired_at is None]
    return next((key for key in active if key.created_at <= now() - PUBLISHED_BEFORE), active[-1])


def _over(keys: list[SigningKey]) -> list[SigningKey]:
    """Return the keys that have signed until now and do no longer."""
    active = [key for key in keys if key.retired_at is None]
    return active[active.index(_signing(keys)) + 1 :] if active else []


def _published_jwk(key: SigningKey) -> dict[str, Any]:
    """Return a public key without the name of its algorithm, which gateways know by one of two names only."""
    return {name: value for name, value in key.public_jwk.items() if name != "alg"}
