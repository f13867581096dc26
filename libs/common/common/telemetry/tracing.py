"""Traces by OpenTelemetry with W3C trace context: a request, its events and their effects share one id."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from opentelemetry import propagate, trace
from opentelemetry.context import Context
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF, ALWAYS_ON, ParentBased
from opentelemetry.trace import Link, Span, SpanKind
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from ..events.envelope import Envelope
from .context import log_context
from .exporter import CleaningExporter

TRACER = "huzhu"


def make_provider(service: str, exporter: SpanExporter | None) -> TracerProvider:
    """Return a provider that exports in the background, or only makes ids when there is no exporter."""
    provider = TracerProvider(
        resource=Resource.create({"service.name": service, "service.namespace": "huzhu"}),
        sampler=ParentBased(ALWAYS_ON) if exporter else ALWAYS_OFF,
    )
    if exporter:
        provider.add_span_processor(BatchSpanProcessor(CleaningExporter(exporter)))
    return provider


def configure_tracing(service: str, *, endpoint: str = "") -> None:
    """Set the tracer provider of the process; spans are sent by OTLP over HTTP only if `endpoint` is set."""
    exporter: SpanExporter | None = None
    if endpoint:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

        exporter = OTLPSpanExporter(endpoint=f"{endpoint.rstrip('/')}/v1/traces", timeout=5)
    trace.set_tracer_provider(make_provider(service, exporter))
    # Trace context only: baggage from outside could carry anything into our logs.
    propagate.set_global_textmap(TraceContextTextMapPropagator())


def context_from(traceparent: str | None) -> Context:
    """Return the trace context of a traceparent (W3C Trace Context); empty if it is None or not valid."""
    carrier = {"traceparent": traceparent} if traceparent else {}
    return TraceContextTextMapPropagator().extract(carrier, context=Context())


def current_traceparent() -> str | None:
    """Return the traceparent of the current span, to be sent along."""
    carrier: dict[str, str] = {}
    TraceContextTextMapPropagator().inject(carrier)
    return carrier.get("traceparent")


def _links(contexts: Sequence[Context]) -> list[Link]:
    found = [trace.get_current_span(context).get_span_context() for context in contexts]
    return [Link(span) for span in found if span.is_valid]


@contextmanager
def span(name: str, attributes: Mapping[str, str | int] | None = None) -> Iterator[Span]:
    """A span around a piece of work; no personal data in its name or attributes."""
    tracer = trace.get_tracer(TRACER)
    with tracer.start_as_current_span(name, attributes=attributes, record_exception=False) as current:
        yield current


@contextmanager
def consumer_span(envelope: Envelope, *, group: str) -> Iterator[Span]:
    """The handling of one event: continues the producer's trace and links to it; log lines name the event."""
    producer = context_from(envelope.traceparent)
    tracer = trace.get_tracer(TRACER)
    attributes = {
        "messaging.system": "huzhu",
        "messaging.operation.type": "process",
        "messaging.consumer.group.name": group,
        "messaging.message.id": str(envelope.id),
        "huzhu.tenant": str(envelope.tenantid),
    }
    with (
        tracer.start_as_current_span(
            f"process {envelope.type}",
            context=producer,
            kind=SpanKind.CONSUMER,
            links=_links([producer]),
            attributes=attributes,
            record_exception=False,
        ) as current,
        log_context(
            tenant=str(envelope.tenantid), event_id=str(envelope.id), event_type=envelope.type, group=group
        ),
    ):
        yield current


@contextmanager
def batch_span(name: str, envelopes: Sequence[Envelope]) -> Iterator[Span]:
    """The handling of many events in one transaction: a trace of its own with a link to each producer."""
    links = _links([context_from(envelope.traceparent) for envelope in envelopes])
    tracer = trace.get_tracer(TRACER)
    with tracer.start_as_current_span(
        name,
        context=Context(),
        kind=SpanKind.CONSUMER,
        links=links,
        attributes={"messaging.batch.message_count": len(envelopes)},
        record_exception=False,
    ) as current:
        yield current
