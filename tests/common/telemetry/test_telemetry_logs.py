"""Log lines, access log and traces of a small application with personal data planted everywhere."""

import io
import json
import logging
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import pytest
import structlog
from fastapi import FastAPI, Request
from opentelemetry import trace
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind
from prometheus_client import Gauge

from common.auth import Actor
from common.events import Envelope
from common.ids import new_id
from common.telemetry import (
    AccessLog,
    batch_span,
    consumer_span,
    context_from,
    current_traceparent,
    exposition,
    log_context,
    misnamed,
    registry,
    span,
)
from common.telemetry.logs import configure_logs
from common.telemetry.tracing import make_provider

PLANTED = ["320200198801011234", "13812345678", "6222021001000123456", "secret-token", "王小明", "q-value"]
ACTOR = Actor.system(new_id())
TRACEPARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
log = structlog.get_logger("test")


@pytest.fixture
def lines() -> Iterator[Any]:
    """Call it for the log lines so far."""
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    stream = io.StringIO()
    configure_logs("test", level="INFO", stream=stream)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    root.handlers, root.level = handlers, level
    structlog.reset_defaults()


@pytest.fixture
def spans(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Call it for the spans that have ended."""
    exporter = InMemorySpanExporter()
    provider = make_provider("test", exporter)
    monkeypatch.setattr(trace, "_TRACER_PROVIDER", provider)

    def ended() -> tuple[ReadableSpan, ...]:
        provider.force_flush()
        return exporter.get_finished_spans()

    return ended


def application() -> FastAPI:
    app = FastAPI()

    @app.get("/claims/{claim_id}")
    async def read_claim(claim_id: str, request: Request) -> dict[str, str]:
        request.scope["state"]["actor"] = ACTOR
        log.info("found %s", "13812345678", id_number="320200198801011234", claim=claim_id)
        return {}

    @app.post("/fail")
    async def fail() -> None:
        try:
            raise KeyError("6222021001000123456")
        except KeyError as error:
            raise ValueError("number 320200198801011234") from error

    app.add_middleware(AccessLog, service="claims")
    return app


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(application(), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as made:
        yield made


async def test_no_planted_value_reaches_the_log_or_a_span(
    client: httpx.AsyncClient, lines: Any, spans: Any
) -> None:
    await client.get(
        "/claims/320200198801011234",
        params={"mobile": "13812345678", "q": "q-value"},
        headers={"Authorization": "Bearer secret-token", "Cookie": "c=secret-token"},
    )
    await client.post("/fail", json={"name": "王小明", "card": "6222021001000123456"})
    logging.getLogger("library").warning("call to http://x/?q=q-value&n=%s failed", "王小明")
    try:
        raise RuntimeError("[parameters: ('王小明',)]")
    except RuntimeError:
        logging.getLogger("library").exception("mobile 13812345678")
        log.exception("again", mobile="13812345678", nested={"payee": "王小明"})
    written = json.dumps(lines(), ensure_ascii=False)
    told = "".join(each.to_json() for each in spans())
    assert len(lines()) >= 6
    assert {each.name for each in spans()} >= {"GET /claims/{claim_id}", "POST /fail"}
    for value in PLANTED:
        assert value not in written
        assert value not in told


async def test_the_access_log_names_request_route_tenant_and_trace(
    client: httpx.AsyncClient, lines: Any, spans: Any
) -> None:
    await client.get("/claims/7?x=1", headers={"traceparent": TRACEPARENT})
    inside, access = lines()
    assert access["logger"] == "access"
    assert (access["method"], access["path"], access["route"]) == ("GET", "/claims/7", "/claims/{claim_id}")
    assert (access["status"], access["bytes"], access["service"]) == (200, 2, "claims")
    assert access["tenant"] == str(ACTOR.tenant_id)
    assert access["ms"] >= 0
    assert inside["request_id"] == access["request_id"]
    assert inside["trace_id"] == access["trace_id"] == TRACEPARENT.split("-")[1]
    (server,) = [each for each in spans() if each.kind is SpanKind.SERVER]
    assert server.name == "GET /claims/{claim_id}"
    assert server.attributes["http.response.status_code"] == 200
    assert f"{server.parent.span_id:016x}" == TRACEPARENT.split("-")[2]


async def test_a_failure_is_logged_with_its_cause_and_places(client: httpx.AsyncClient, lines: Any) -> None:
    response = await client.post("/fail")
    assert response.status_code == 500
    assert [line["status"] for line in lines() if line["event"] == "request"] == [500]
    try:
        raise ValueError("outer") from KeyError("inner")
    except ValueError:
        log.exception("failed")
    outer, inner = lines()[-1]["exception"]
    assert outer["error"] == "ValueError: outer"
    assert "test_telemetry_logs.py" in outer["at"][-1]
    assert inner["error"].startswith("KeyError")


async def test_unmatched_addresses_and_other_kinds_of_traffic(client: httpx.AsyncClient, lines: Any) -> None:
    await client.get("/nothing/" + "9" * 400)
    (line,) = lines()
    assert line["route"] is None
    assert line["status"] == 404
    assert len(line["path"]) < 201


def test_context_of_jobs_is_in_the_lines(lines: Any) -> None:
    with log_context(job="expire", tenant="t"):
        logging.getLogger("library").warning("inside")
    log.info("outside")
    inside, outside = lines()
    assert (inside["job"], inside["tenant"], inside["level"]) == ("expire", "t", "warning")
    assert "job" not in outside
    assert outside["service"] == "test"
    assert outside["timestamp"].endswith("Z")


def envelope(traceparent: str | None) -> Envelope:
    return Envelope(
        id=new_id(),
        source="huzhu/claims",
        type="claims.claim_submitted.v1",
        subject="k",
        time="2026-01-31T00:00:00Z",  # type: ignore[arg-type]
        tenantid=new_id(),
        schemaversion=1,
        slot=1,
        partitions=12,
        traceparent=traceparent,
        data={"name": "王小明"},
    )


def test_an_event_continues_the_trace_of_its_producer(lines: Any, spans: Any) -> None:
    with span("produce"):
        sent = envelope(current_traceparent())
    with consumer_span(sent, group="notify"):
        log.info("handled")
    producer, consumer = spans()
    assert consumer.context.trace_id == producer.context.trace_id
    assert consumer.kind is SpanKind.CONSUMER
    assert [link.context.span_id for link in consumer.links] == [producer.context.span_id]
    (line,) = lines()
    assert line["trace_id"] == f"{producer.context.trace_id:032x}"
    assert line["event_id"] == str(sent.id)
    assert line["tenant"] == str(sent.tenantid)


def test_what_a_library_writes_into_its_spans_is_cleaned(spans: Any) -> None:
    tracer = trace.get_tracer("library")
    with (
        pytest.raises(ValueError, match="mobile"),
        tracer.start_as_current_span("find 13812345678") as current,
    ):
        current.set_attributes({"url.query": "q-value", "note": "320200198801011234", "count": 3})
        raise ValueError("mobile 13812345678")
    (told,) = [each.to_json() for each in spans()]
    assert all(value not in told for value in PLANTED)
    assert '"count": 3' in told
    assert "ValueError" in told


def test_a_batch_links_to_every_producer(spans: Any) -> None:
    sent = []
    for _ in range(3):
        with span("produce"):
            sent.append(envelope(current_traceparent()))
    with batch_span("handle batch", [*sent, envelope(None), envelope("nonsense")]):
        pass
    *producers, batch = spans()
    assert [link.context.trace_id for link in batch.links] == [each.context.trace_id for each in producers]
    assert batch.parent is None


@pytest.mark.parametrize("broken", [None, "", "nonsense", "00-" + "0" * 32 + "-" + "0" * 16 + "-01"])
def test_a_bad_traceparent_starts_a_new_trace(broken: str | None) -> None:
    assert not trace.get_current_span(context_from(broken)).get_span_context().is_valid


def test_every_metric_has_our_prefix_and_the_check_can_fail() -> None:
    assert misnamed() == []
    planted = Gauge("claims_planted", "not ours")
    try:
        assert misnamed() == ["claims_planted"]
    finally:
        registry.unregister(planted)
    body, kind = exposition()
    assert b"huzhu_" in body
    assert kind.startswith("text/plain")


PROGRAM = """
import json, logging, os, sys, threading
import common.telemetry
from opentelemetry import trace
assert logging.getLogger().handlers == [] and type(trace.get_tracer_provider()).__name__ == "ProxyTracerProvider"
assert threading.active_count() == 1, "work at import time"
from common.settings import CommonSettings
needed = ("database_url", "relay_database_url", "redis_url", "master_keys", "link_key", "jwks_url")
settings = CommonSettings(**dict.fromkeys(needed, "x"), otlp_endpoint=sys.argv[1])
import structlog
early = structlog.get_logger("early")
for service in ("claims", "notify", "claims"):
    common.telemetry.configure(service, settings)
assert len(logging.getLogger().handlers) == 1
with common.telemetry.span("work"):
    early.info("hello", traceparent=common.telemetry.current_traceparent())
print(threading.active_count())
"""


@pytest.mark.parametrize(("endpoint", "exports"), [("", False), ("http://127.0.0.1:9", True)])
def test_configuring_is_once_and_exports_only_to_a_set_endpoint(endpoint: str, exports: bool) -> None:
    result = subprocess.run(
        [sys.executable, "-c", PROGRAM, endpoint], capture_output=True, text=True, timeout=60, check=True
    )
    line, threads = result.stdout.splitlines()[:2]
    entry = json.loads(line)
    assert entry["service"] == "claims"
    version, trace_id, span_id, flags = entry["traceparent"].split("-")
    assert (version, trace_id, span_id) == ("00", entry["trace_id"], entry["span_id"])
    assert bool(int(flags, 16) & 1) is exports  # the sampled bit
    assert (int(threads) > 1) is exports
