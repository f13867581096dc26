"""Tokens that no honest library would make: signed with a public key as a secret, or not at all."""

import base64
import hashlib
import hmac
import json
from typing import Any


def _part(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def with_secret(claims: dict[str, Any], secret: bytes, **header: str) -> str:
    """Sign claims by HMAC-SHA256, whatever the secret is."""
    head = _part(json.dumps({"alg": "HS256", "typ": "JWT", **header}).encode())
    body = f"{head}.{_part(json.dumps(claims).encode())}"
    return f"{body}.{_part(hmac.digest(secret, body.encode(), hashlib.sha256))}"


def unsigned(claims: dict[str, Any], algorithm: str = "none", **header: str) -> str:
    """Sign claims not at all."""
    head = _part(json.dumps({"alg": algorithm, **header}).encode())
    return f"{head}.{_part(json.dumps(claims).encode())}."
