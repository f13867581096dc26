"""Calls an endpoint: only addresses of the public internet, the one that was checked, without redirects."""

import asyncio
import socket
import time
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit
from uuid import UUID

import httpx

from .rules import address_fault, callable_address, headers_of, written_host

CONNECT_SECONDS, ALL_SECONDS = 5.0, 10.0
AGENT = "Huzhu-Webhooks/1"


@dataclass(frozen=True)
class Answer:
    """What came of a call: the status, or why there is none. `failure` is None where the endpoint took it."""

    status: int | None
    failure: str | None
    milliseconds: int

    @property
    def gone(self) -> bool:
        """Whether the endpoint says that it is no more (410)."""
        return self.status == 410


class AddressRefused(Exception):
    """The name leads to no public address; the argument is the failure's code."""


class Caller:
    """Calls endpoints. `private`: a local run, where this machine may be called and HTTP is enough."""

    def __init__(self, *, private: bool, seconds: float = ALL_SECONDS) -> None:
        self._private, self._seconds = private, seconds

    async def call(
        self, url: str, *, secrets: Sequence[str], message_id: UUID, body: bytes, timestamp: int
    ) -> Answer:
        """Send one signed body; every way to fail is an answer."""
        began = time.monotonic()
        headers = headers_of(secrets, message_id=message_id, timestamp=timestamp, body=body, user_agent=AGENT)
        status, failure = None, None
        try:
            async with asyncio.timeout(self._seconds):
                status = await self._post(url, headers, body)
            failure = None if 200 <= status < 300 else "status"
        except AddressRefused as error:
            failure = str(error)
        except (TimeoutError, httpx.TimeoutException):
            failure = "timeout"
        except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
            failure = type(error).__name__
        return Answer(status, failure, round((time.monotonic() - began) * 1000))

    async def _post(self, url: str, headers: dict[str, str], body: bytes) -> int:
        fault = address_fault(url, private=self._private)
        if fault is not None:
            raise AddressRefused(f"address.{fault}")
        parts = urlsplit(url)
        host, port = written_host(parts.hostname or "") or "", parts.port or _port(parts.scheme)
        address = await self._address(host, port)
        # The very address that was checked is called, so that a name cannot point elsewhere a moment later.
        literal = f"[{address}]" if ":" in address else address
        target = parts._replace(netloc=f"{literal}:{port}").geturl()
        named = f"[{host}]" if ":" in host else host
        sent = {**headers, "host": named if port == _port(parts.scheme) else f"{named}:{port}"}
        async with httpx.AsyncClient(
            follow_redirects=False,
            trust_env=False,
            timeout=httpx.Timeout(self._seconds, connect=CONNECT_SECONDS),
        ) as client:
            request = client.build_request(
                "POST", target, headers=sent, content=body, extensions={"sni_hostname": host}
            )
            answer = await client.send(request, stream=True)  # what it says beside the status is not read
            await answer.aclose()
            return answer.status_code

    async def _address(self, host: str, port: int) -> str:
        try:
            found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            raise AddressRefused("address.unknown") from None
        addresses = [str(entry[4][0]) for entry in found]
        if not addresses:
            raise AddressRefused("address.unknown")
        if not self._private and not all(callable_address(ip_address(a)) for a in addresses):
            raise AddressRefused("address.private")
        return addresses[0]


def _port(scheme: str) -> int:
    return 443 if scheme == "https" else 80
