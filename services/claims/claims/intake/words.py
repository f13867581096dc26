"""What people write in their own words about a claim (opinion, reason, complaint): kept sealed."""

from common.crypto import MalformedToken, TenantKeys
from common.crypto.tenant import Token
from common.events import Sealed


def seal_words(keys: TenantKeys, words: str) -> str:
    """Return words as they are stored; none stay none."""
    return keys.sealed_words(words).ciphertext if words else ""


def open_words(keys: TenantKeys, stored: str | None) -> str | None:
    """Return stored words; a bank's or the rules' own sentence stands there as it is."""
    if not stored:
        return stored
    try:
        Token.parse(stored)
    except MalformedToken:
        return stored
    return keys.open_words(Sealed(ciphertext=stored))
