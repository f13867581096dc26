"""What every log line says about its surroundings: request, tenant, trace."""

from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import structlog
from opentelemetry import trace
from structlog.typing import WrappedLogger

RequestState = MutableMapping[str, Any]
_request: ContextVar[RequestState | None] = ContextVar("telemetry_request", default=None)


@contextmanager
def of_request(state: RequestState) -> Iterator[None]:
    """Let log lines name the request and, as soon as the caller is known, the tenant of an ASGI state."""
    token = _request.set(state)
    try:
        yield
    finally:
        _request.reset(token)


@contextmanager
def log_context(**values: object) -> Iterator[None]:
    """Add fields (tenant, job, event …) to every log line written inside."""
    with structlog.contextvars.bound_contextvars(**values):
        yield


def add_surroundings(_: WrappedLogger, __: str, entry: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Processor of structlog: request id, tenant, trace and span id."""
    state = _request.get()
    if state is not None:
        entry.setdefault("request_id", state.get("request_id"))
        actor = state.get("actor")
        if actor is not None:
            entry.setdefault("tenant", str(actor.tenant_id))
            entry.setdefault("actor_id", str(actor.id))
    span = trace.get_current_span().get_span_context()
    if span.is_valid:
        entry["trace_id"] = trace.format_trace_id(span.trace_id)
        entry["span_id"] = trace.format_span_id(span.span_id)
    return entry
