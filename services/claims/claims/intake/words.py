"""What people write in their own words about a claim (opinion, reason, complaint): kept sealed."""

from common.crypto import MalformedToken, TenantKeys
from common.crypto.tenant import Token

WORDS = "claims.words"


def seal_words(keys: TenantKeys, words: str) -> str:
    """Return words as they are stored; none stay none."""
    return keys.seal(words, context=WORDS) if words else ""


def open_words(keys: TenantKeys, stored: str | None) -> str | None:
    """Return stored words; a bank's or the rules' own sentence stands there as it is."""
    if not stored:
        return stored
    try:
        Token.parse(stored)
    except MalformedToken:
        return stored
    return keys.open(stored, context=WORDS)
