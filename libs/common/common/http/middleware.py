"""The outermost layer of a service: request id, language, size limit, positions, measurements."""

import time
from collections.abc import Sequence

from prometheus_client import Histogram
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ..ids import new_id
from ..text import language, preferred_language
from .headers import SECURITY_HEADERS

REQUESTS = Histogram(
    "huzhu_http_seconds",
    "Time to answer, by route",
    ["service", "method", "route", "status"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)


BUFFERED_LIMIT = 4 * 1024 * 1024
BODY_LIMIT = 200 * 1024 * 1024
"""No service's own limit of a file may be above it (settlement files: 200 MB), nor may a gateway's be below."""


def limited(receive: Receive, *, streamed: bool) -> Receive:
    """Let a body through up to a limit: what is not streamed is held in memory, before anybody is asked who calls.

    Uploads are streamed by their endpoints, which name limits of their own; this one only bounds the rest.
    """
    most = BODY_LIMIT if streamed else BUFFERED_LIMIT
    seen = 0

    async def receive_limited() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > most:
            raise HTTPException(413)
        return message

    return receive_limited


class RequestEdge:
    """ASGI middleware of every service."""

    def __init__(self, app: ASGIApp, *, service: str, streamed: Sequence[str] = ()) -> None:
        self.app = app
        self.service = service
        self._streamed = tuple(streamed)

    def _is_streamed(self, scope: Scope) -> bool:
        kind = Headers(scope=scope).get("content-type", "")
        return "json" not in kind and any(part in scope["path"] for part in self._streamed)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one ASGI event stream."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        state = scope.setdefault("state", {})
        state["request_id"] = str(new_id())
        state["positions"] = []
        token = language.set(preferred_language(headers.get("accept-language")))
        started = time.perf_counter()
        status = 500

        async def send_with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                out = MutableHeaders(scope=message)
                out["X-Request-Id"] = state["request_id"]
                out.setdefault("Cache-Control", "no-store")
                for name, value in SECURITY_HEADERS.items():
                    out.setdefault(name, value)
                if state["positions"]:
                    out["Huzhu-Position"] = ",".join(
                        f"{kind};{event}" for kind, event in state["positions"][-20:]
                    )
            await send(message)

        try:
            await self.app(scope, limited(receive, streamed=self._is_streamed(scope)), send_with_headers)
        finally:
            route = getattr(scope.get("route"), "path", "unmatched")
            REQUESTS.labels(self.service, scope["method"], route, str(status)).observe(
                time.perf_counter() - started
            )
            language.reset(token)
