"""What operators see: logs without personal data, metrics, traces. Nothing happens before `configure`."""

from .access import AccessLog
from .context import log_context, of_request
from .metrics import exposition, misnamed, registry
from .personal import clean, is_personal, redact
from .setup import configure
from .tracing import batch_span, consumer_span, context_from, current_traceparent, span

__all__ = [
    "AccessLog",
    "batch_span",
    "clean",
    "configure",
    "consumer_span",
    "context_from",
    "current_traceparent",
    "exposition",
    "is_personal",
    "log_context",
    "misnamed",
    "of_request",
    "redact",
    "registry",
    "span",
]
