"""Pure rules of webhooks: signatures (Standard Webhooks), addresses that may be called, when to try again."""

import base64
import hashlib
import hmac
import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from urllib.parse import urlsplit
from uuid import UUID

import idna

PREFIX = "whsec_"
PAUSES = (5, 30, 120, 600, 1800, 3600, 7200, 14400, 28800, 43200, 86400)
"""Seconds between attempts: eleven pauses, three days in all."""
DISABLE_AFTER = timedelta(days=3)
OLD_SECRET_FOR = timedelta(hours=24)
KEPT = timedelta(days=30)
PORTS_FROM = 1024
_LABEL = re.compile(r"(?!-)[0-9a-z_-]{1,63}(?<!-)")
_NAT64 = IPv6Network("64:ff9b::/96")


def sign(secret: str, *, message_id: UUID, timestamp: int, body: bytes) -> str:
    """Return one signature "v1,<base64>" over id, timestamp and body."""
    key = base64.b64decode(secret.removeprefix(PREFIX))
    signed = f"{message_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def headers_of(
    secrets: Sequence[str], *, message_id: UUID, timestamp: int, body: bytes, user_agent: str
) -> dict[str, str]:
    """Return the headers of a delivery; while a secret is being replaced both sign."""
    signatures = [sign(s, message_id=message_id, timestamp=timestamp, body=body) for s in secrets]
    return {
        "content-type": "application/json",
        "user-agent": user_agent,
        "webhook-id": str(message_id),
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(signatures),
    }


def next_pause(attempts: int) -> timedelta | None:
    """Return how long to wait after so many attempts; None: given up."""
    return timedelta(seconds=PAUSES[attempts - 1]) if attempts <= len(PAUSES) else None


def lasting(failing_since: datetime | None, moment: datetime) -> bool:
    """Whether an endpoint has failed for so long that it is switched off."""
    return failing_since is not None and moment - failing_since >= DISABLE_AFTER


def address_fault(url: str, *, private: bool) -> str | None:
    """Return what is wrong with an address as it is written; None if it may be called.

    `private`: a local run, which may call this machine and needs no TLS.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return "malformed"
    if parts.scheme != "https" and not (private and parts.scheme == "http"):
        return "not_https"
    if not parts.hostname or parts.username or parts.password or parts.fragment:
        return "malformed"
    if port is not None and port != 443 and port < PORTS_FROM:
        return "port"
    host = written_host(parts.hostname)
    if host is None:
        return "host"
    return None if private else _host_fault(host)


def written_host(host: str) -> str | None:
    """Return a host as it is looked up and named to the server, in ASCII (IDNA); None if no host can be called so."""
    if ":" in host:  # an address of IPv6, never one of a network card of this machine
        return None if "%" in host else host
    name = host.lower()
    if not name.isascii():
        try:
            name = idna.encode(name, uts46=True).decode()
        except (idna.IDNAError, UnicodeError):
            return None
    labels = name.removesuffix(".").split(".")
    fits = len(name) <= 253 and all(_LABEL.fullmatch(label) for label in labels)
    return name if fits else None


def _host_fault(host: str) -> str | None:
    host = host.removesuffix(".")
    try:
        address = ip_address(host)
    except ValueError:
        # Names without a dot and those of local networks are nobody's on the internet.
        local = "." not in host or host.endswith((".local", ".internal", ".localhost", ".home.arpa"))
        return "private" if local else None
    return None if callable_address(address) else "private"


def callable_address(address: IPv4Address | IPv6Address) -> bool:
    """Whether a resolved address is one of the public internet."""
    if isinstance(address, IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)
        if address in _NAT64:
            inner = IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return callable_address(inner)
        if address.is_site_local:
            return False
    return address.is_global and not address.is_multicast and not address.is_reserved
