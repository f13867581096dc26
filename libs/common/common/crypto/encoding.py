"""Base64url without padding, in one canonical spelling only: another spelling does not decode."""

import base64
import binascii

from .errors import MalformedToken

_URL_SAFE = bytes.maketrans(b"+/", b"-_")


def to_text(data: bytes) -> str:
    """Return base64url without padding (RFC 4648, section 5)."""
    return binascii.b2a_base64(data, newline=False).translate(_URL_SAFE, b"=").decode("ascii")


def to_bytes(text: str) -> bytes:
    """Decode `to_text`; MalformedToken if the text is anything but its exact output.

    The last character of base64 may carry bits that mean nothing; two spellings of one ciphertext would let
    a changed token pass.
    """
    try:
        data = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise MalformedToken("not base64url") from None
    if to_text(data) != text:
        raise MalformedToken("not canonical base64url")
    return data


def frame(*parts: bytes) -> bytes:
    """Join parts so that no two different lists give the same bytes: each part behind its length."""
    return b"".join(len(part).to_bytes(4, "big") + part for part in parts)
