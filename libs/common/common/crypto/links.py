"""Short-lived signed links and document receipts: claims under an HMAC that is bound to one purpose."""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import orjson

from ..clock import now
from .encoding import frame, to_bytes, to_text
from .errors import LinkExpired, LinkForged, MalformedToken

FORMAT = "l1"
EXPIRES = "exp"


def parse_link_key(encoded: str) -> bytes:
    """Read the key of signed links from the settings (base64 of 32 bytes); ValueError if it is not that."""
    key = base64.b64decode(encoded, validate=True)
    if len(key) != 32:
        raise ValueError("the link key must have 32 bytes")
    return key


def _mac(purpose: str, body: str, key: bytes) -> str:
    return to_text(hmac.digest(key, frame(FORMAT.encode(), purpose.encode(), body.encode()), hashlib.sha256))


def sign(purpose: str, claims: Mapping[str, Any], key: bytes, ttl: timedelta) -> str:
    """Return claims as a text for a URL, good for one purpose ("ocr.document.read") until `ttl` is over.

    The claims are signed, not hidden: ids only. "exp" is set here.
    """
    if EXPIRES in claims:
        raise ValueError('"exp" is set by sign')
    expires = (now() + ttl).timestamp()
    body = to_text(orjson.dumps({**claims, EXPIRES: expires}, default=str))
    return f"{FORMAT}.{body}.{_mac(purpose, body, key)}"


def verify(purpose: str, token: str, key: bytes) -> dict[str, Any]:
    """Return the claims of a token without "exp"; LinkForged or LinkExpired."""
    parts = token.split(".")
    if len(parts) != 3 or parts[0] != FORMAT:
        raise LinkForged
    if not hmac.compare_digest(parts[2].encode(), _mac(purpose, parts[1], key).encode()):
        raise LinkForged
    try:
        claims: dict[str, Any] = orjson.loads(to_bytes(parts[1]))
        expires = float(claims.pop(EXPIRES))
    except (MalformedToken, ValueError, KeyError, TypeError):
        raise LinkForged from None
    if now().timestamp() >= expires:
        raise LinkExpired
    return claims
