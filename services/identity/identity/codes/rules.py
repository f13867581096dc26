"""What a verification code is."""

import hmac
import secrets
from collections.abc import Iterable
from datetime import timedelta

LIFETIME = timedelta(minutes=5)
MOST_TRIES = 5
DIGITS = 6


def new_code() -> str:
    """Return six random digits."""
    return f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"


def digest_source(challenge_id: object, code: str) -> str:
    """Return what the keyed digest of a code is taken of; bound to its challenge."""
    return f"{challenge_id}:{code}"


def same_digest(stored: str, candidates: Iterable[str]) -> bool:
    """Whether a stored digest equals one of the candidates (one for each live key), in constant time."""
    return sum(hmac.compare_digest(stored, candidate) for candidate in candidates) > 0
