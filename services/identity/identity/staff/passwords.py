"""Password hashes: argon2id, computed in a thread because it is meant to be slow."""

import asyncio

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

_HASHER = PasswordHasher()
# Verified against when there is no such user or no password yet, so that the answer takes as long.
_NOBODY = _HASHER.hash("nobody has this password")


async def hash_password(password: str) -> str:
    """Return an argon2id hash with its parameters and salt."""
    return await asyncio.to_thread(_HASHER.hash, password)


async def password_matches(password_hash: str | None, password: str) -> bool:
    """Whether a password is the right one; takes as long where there is no hash."""
    return await asyncio.to_thread(_matches, password_hash, password)


def needs_rehash(password_hash: str) -> bool:
    """Whether the hash was made with weaker parameters than those of today."""
    return _HASHER.check_needs_rehash(password_hash)


def _matches(password_hash: str | None, password: str) -> bool:
    try:
        _HASHER.verify(password_hash or _NOBODY, password)
    except InvalidHashError:
        return _matches(None, password)
    except VerificationError:
        return False
    return password_hash is not None
