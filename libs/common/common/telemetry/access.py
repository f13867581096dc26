"""The access log. No query string, no header, no body is ever looked at. The server span is FastAPI's own."""

import time

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ..ids import new_id
from .context import of_request

UNLOGGED = ("/healthz", "/readyz", "/metrics")
LONGEST_PATH = 200
log = structlog.get_logger("access")


class AccessLog:
    """ASGI middleware: belongs inside the layer that gives the request its id, else it gives one itself."""

    def __init__(self, app: ASGIApp, *, service: str) -> None:
        self.app = app
        self.service = service

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one ASGI event stream."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        state = scope.setdefault("state", {})
        state.setdefault("request_id", str(new_id()))
        started = time.perf_counter()
        status, size = 500, 0

        async def watch(message: Message) -> None:
            nonlocal status, size
            if message["type"] == "http.response.start":
                status = message["status"]
            elif message["type"] == "http.response.body":
                size += len(message.get("body", b""))
            await send(message)

        with of_request(state):
            try:
                await self.app(scope, receive, watch)
            finally:
                if not scope["path"].endswith(UNLOGGED):
                    elapsed = round((time.perf_counter() - started) * 1000, 1)
                    self._log(scope, status=status, bytes=size, ms=elapsed)

    def _log(self, scope: Scope, **measured: float) -> None:
        log.info(
            "request",
            service=self.service,
            method=scope["method"],
            path=scope["path"][:LONGEST_PATH],
            route=getattr(scope.get("route"), "path", None),
            **measured,
        )
