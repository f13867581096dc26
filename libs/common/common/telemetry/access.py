"""The access log and the server span of each request. No query string, no header, no body is ever looked at.

FastAPI's own instrumentation is not used: it puts whole addresses, query strings included, into the spans.
"""

import time

import structlog
from opentelemetry import trace
from opentelemetry.trace import SpanKind, Status, StatusCode
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ..ids import new_id
from .context import of_request
from .tracing import TRACER, context_from

UNLOGGED = ("/healthz", "/readyz", "/metrics")
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

        parent = context_from(Headers(scope=scope).get("traceparent"))
        tracer = trace.get_tracer(TRACER)
        with (
            tracer.start_as_current_span(
                scope["method"], context=parent, kind=SpanKind.SERVER, record_exception=False
            ) as span,
            of_request(state),
        ):
            try:
                await self.app(scope, receive, watch)
            finally:
                route = getattr(scope.get("route"), "path", None)
                span.update_name(f"{scope['method']} {route or 'unmatched'}")
                span.set_attribute("http.request.method", scope["method"])
                span.set_attribute("http.route", route or "unmatched")
                span.set_attribute("http.response.status_code", status)
                if status >= 500:
                    span.set_status(Status(StatusCode.ERROR))
                if not scope["path"].endswith(UNLOGGED):
                    log.info(
                        "request",
                        service=self.service,
                        method=scope["method"],
                        path=scope["path"][:200],
                        route=route,
                        status=status,
                        bytes=size,
                        ms=round((time.perf_counter() - started) * 1000, 1),
                    )
