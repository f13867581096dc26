"""Calls to other systems: only to the hosts that the pack names, no redirects, bounded answers, a deadline."""

from collections.abc import AsyncIterator, Iterable
from urllib.parse import urlsplit

import httpx

from common.contracts.pack.entrances import Portal

MOST_BYTES = 1_000_000
TIMEOUT = httpx.Timeout(8.0, connect=4.0)


class ForeignHost(httpx.TransportError):
    """An address of a host that the pack does not name."""


class AnswerTooLarge(httpx.TransportError):
    """More was answered than any portal has to say."""


def hosts_of(portal: Portal) -> frozenset[str]:
    """Return the hosts that may be called for a portal."""
    return frozenset({urlsplit(portal.server).netloc.lower(), *portal.hosts})


class _Bounded(httpx.AsyncByteStream):
    def __init__(self, stream: httpx.AsyncByteStream) -> None:
        self._stream = stream

    async def __aiter__(self) -> AsyncIterator[bytes]:
        seen = 0
        async for chunk in self._stream:
            seen += len(chunk)
            if seen > MOST_BYTES:
                raise AnswerTooLarge("the answer is too large")
            yield chunk

    async def aclose(self) -> None:
        await self._stream.aclose()


class GuardedTransport(httpx.AsyncBaseTransport):
    """Lets requests through to some hosts only, in the scheme that the pack's address has."""

    def __init__(self, hosts: Iterable[str], *, scheme: str) -> None:
        self._hosts = frozenset(hosts)
        self._scheme = scheme
        self._inner = httpx.AsyncHTTPTransport()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request; ForeignHost for any other host."""
        url = request.url
        if url.netloc.decode("ascii").lower() not in self._hosts or url.scheme != self._scheme:
            raise ForeignHost("the pack does not name this host")
        response = await self._inner.handle_async_request(request)
        if isinstance(response.stream, httpx.AsyncByteStream):
            response.stream = _Bounded(response.stream)
        return response

    async def aclose(self) -> None:
        """Close connections."""
        await self._inner.aclose()


def transport_for(portal: Portal) -> GuardedTransport:
    """Return the transport of calls to a portal."""
    return GuardedTransport(hosts_of(portal), scheme=urlsplit(portal.server).scheme)


def client_for(portal: Portal) -> httpx.AsyncClient:
    """Return a client for calls to a portal."""
    return httpx.AsyncClient(
        transport=transport_for(portal), timeout=TIMEOUT, follow_redirects=False, trust_env=False
    )
