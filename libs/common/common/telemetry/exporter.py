"""Cleans spans on their way out, whichever library made them: FastAPI's carry paths and query strings."""

from collections.abc import Mapping, Sequence

from opentelemetry.sdk.trace import Event, ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult
from opentelemetry.trace import Status
from opentelemetry.util.types import Attributes, AttributeValue

from .personal import clean, redact

# The route says which endpoint it was; a path or query says whose data it was.
DROPPED = frozenset(
    {"url.path", "url.query", "url.full", "http.url", "http.target", "client.address", "user_agent.original"}
)


class CleaningExporter(SpanExporter):
    """Hands copies of the spans without personal data to the exporter behind it."""

    def __init__(self, behind: SpanExporter) -> None:
        self._behind = behind

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Export a batch."""
        return self._behind.export([cleaned_span(span) for span in spans])

    def shutdown(self) -> None:
        """End."""
        self._behind.shutdown()

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        """Send what is waiting."""
        return self._behind.force_flush(timeout_millis)


def cleaned_span(span: ReadableSpan) -> ReadableSpan:
    """Return a copy of a span with its name, attributes and events cleaned."""
    description = span.status.description
    events = [Event(event.name, _attributes(event.attributes), event.timestamp) for event in span.events]
    return ReadableSpan(
        name=redact(span.name),
        context=span.context,
        parent=span.parent,
        resource=span.resource,
        attributes=_attributes(span.attributes),
        events=events,
        links=span.links,
        kind=span.kind,
        status=Status(span.status.status_code, None if description is None else redact(description)),
        start_time=span.start_time,
        end_time=span.end_time,
        instrumentation_scope=span.instrumentation_scope,
    )


def _attributes(attributes: Attributes) -> Mapping[str, AttributeValue]:
    return {name: clean(value) for name, value in (attributes or {}).items() if name not in DROPPED}
