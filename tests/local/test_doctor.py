"""`huzhu doctor`: says what is wrong and where it is told what to do, and ends with 1."""

import asyncio
import itertools
import json
import os
import shutil
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace

import asyncpg
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from typer.testing import CliRunner

from common.clock import now
from common.consumer.repository import Aside
from huzhu.cli import make_app
from huzhu.doctor import ARCHIVED_WITHIN, archiving, held, judged_archiver
from huzhu.findings import Finding
from huzhu.home import SERVICES, Home
from huzhu.parts import EmbeddedPostgres
from huzhu.parts.archive import Archive
from huzhu.reachable import edge_fault, probes_of
from huzhu.recovery.bases import NAME

from ..conftest import Parts, copy_databases
from ..stack_broker import short_lived_home

NUMBERS = itertools.count()


@pytest.fixture
def own(parts: Parts, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[dict[str, str]]:
    """A platform of this test alone on which nothing is wrong: its processes answer, a backup was taken."""
    suffix = f"_doctor_{os.getpid()}_{next(NUMBERS)}"
    asyncio.run(copy_databases(parts.postgres.dsn(), suffix))

    class Ready(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(503 if "away" in self.path else 200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Ready)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}"
    values = parts.environment(suffix) | {
        "HUZHU_HOME": str(parts.home.path),
        "HUZHU_URL": url,
        "HUZHU_PROBES": f"claims-worker={url}/readyz",
    }
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    (tmp_path / "archive" / "bases" / now().strftime(NAME)).mkdir(parents=True)
    yield values
    server.shutdown()
    server.server_close()


def doctor(folder: Path, *words: str) -> tuple[int, list[str]]:
    result = CliRunner().invoke(make_app("doctor"), ["doctor", "--archive", str(folder / "archive"), *words])
    return result.exit_code, result.output.splitlines()


def faults(lines: list[str]) -> list[str]:
    return [line for line in lines if line.startswith("✗")]


@pytest.fixture
def roomy(monkeypatch: pytest.MonkeyPatch) -> None:
    """How full this machine's disk is is no matter of these tests."""
    monkeypatch.setattr("huzhu.doctor.LEAST_FREE", 0.0)


def test_nothing_wrong(own: dict[str, str], tmp_path: Path, roomy: None) -> None:
    code, lines = doctor(tmp_path)
    assert code == 0 and faults(lines) == []
    looked_at = ("claims-worker", "缓存", "对象存储", "等待识别", "待发短信", "备份", "磁盘", "日志存档")
    for name in (*(f"{service}-api" for service in SERVICES), *looked_at):
        assert any(name in line for line in lines), name
    assert doctor(tmp_path, "--quiet") == (0, [])


def test_what_waits_for_another_version_is_told_after_an_hour_and_as_that() -> None:
    lately, long = now() - timedelta(minutes=50), now() - timedelta(minutes=70)
    assert held(Aside(0, 3, lately, 0)) == "" == held(Aside(0, 0, None, 0))
    assert held(Aside(0, 3, long, 0)) == "等待新版本 waiting for a newer version 3"
    assert held(Aside(2, 3, lately, 1)) == "挂起 parked 2, 死信 dead letters 1"


def test_each_thing_that_is_wrong_is_named_with_its_runbook(
    own: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def plant() -> None:
        owner = await asyncpg.connect(own["CLAIMS_OWNER_DATABASE_URL"].replace("+asyncpg", ""))
        await owner.execute("ALTER TABLE outbox NO FORCE ROW LEVEL SECURITY")
        await owner.execute(
            "INSERT INTO outbox (topic, partition, key, envelope, tenant_id, event_id, created_at) "
            "VALUES ('claims', 0, 'k', '', gen_random_uuid(), gen_random_uuid(), now() - interval '1 hour')"
        )
        await owner.close()

    asyncio.run(plant())
    monkeypatch.setattr("huzhu.doctor.LEAST_FREE", 1.1)
    monkeypatch.setenv(
        "HUZHU_PROBES", f"ocr-worker={own['HUZHU_URL']}/away, claims-worker=http://127.0.0.1:1/"
    )
    monkeypatch.setenv("HUZHU_REDIS_URL", "redis://127.0.0.1:1/0")
    monkeypatch.setenv("HUZHU_S3_ENDPOINT", "127.0.0.1:1")
    monkeypatch.setattr("huzhu.doctor.MOST_WAITING", -1)
    monkeypatch.setenv("HUZHU_PUBLIC_URL", "https://huzhu.example.org")
    monkeypatch.setenv("HUZHU_EDGE", "127.0.0.1:1")
    monkeypatch.setenv("NOTIFY_RELAY_DATABASE_URL", "postgresql+asyncpg://a:b@127.0.0.1:1/c")
    for base in (tmp_path / "archive" / "bases").iterdir():
        base.rename(base.with_name("20200101T000000000000"))
    code, lines = doctor(tmp_path, "--quiet")
    assert code == 1 and lines == faults(lines)
    for what, runbook in (
        ("ocr-worker", "README.md"),
        ("claims-worker", "README.md"),
        ("notify 数据库", "README.md"),
        ("claims 待发事件", "lost-broker.md"),
        ("缓存", "README.md"),
        ("对象存储", "README.md"),
        ("等待识别的材料", "lag.md"),
        ("huzhu.example.org", "unreachable.md"),
        ("磁盘", "disk-full.md"),
        ("2020-01-01", "restore.md"),
    ):
        (line, *_) = [line for line in lines if what in line]
        assert line.endswith(runbook) and (Path(__file__).parents[2] / line.rsplit(" ", 1)[1]).is_file()
    assert not [line for line in lines if "identity" in line]


def test_messages_that_no_provider_takes_are_seen(own: dict[str, str], tmp_path: Path, roomy: None) -> None:
    """The first administrator waits for a code that never comes: the provider's keys are wrong."""

    async def plant(tried: int) -> None:
        owner = await asyncpg.connect(own["NOTIFY_OWNER_DATABASE_URL"].replace("+asyncpg", ""))
        await owner.execute("ALTER TABLE message NO FORCE ROW LEVEL SECURITY")
        await owner.execute(
            "INSERT INTO message (tenant_id, id, created_at, cause_id, template, channel, audience, recipient_id,"
            " text, urgent, must_arrive, state, attempts, next_attempt_at) SELECT gen_random_uuid(),"
            " gen_random_uuid(), now(), gen_random_uuid(), 'code', 'sms', 'member', gen_random_uuid(), '', true,"
            " false, 'queued', $1, now()",
            tried,
        )
        await owner.close()

    asyncio.run(plant(1))
    assert doctor(tmp_path, "--quiet") == (0, []), "on its way"
    asyncio.run(plant(6))
    code, (line,) = doctor(tmp_path, "--quiet")
    assert code == 1 and "1 条" in line and line.endswith("provider-down.md")


def test_a_process_that_hangs_is_seen_and_keeps_nobody_waiting_for_the_others(
    own: dict[str, str], tmp_path: Path, roomy: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stopped, not ended: its port takes the connection and nobody answers; so too the cache's."""
    with socket.create_server(("127.0.0.1", 0)) as hanging:
        port = hanging.getsockname()[1]
        names = [f"{name}-worker" for name in SERVICES] + ["ocr-recognition"]
        probes = ", ".join(f"{name}=http://127.0.0.1:{port}/readyz" for name in names)
        monkeypatch.setenv("HUZHU_PROBES", probes)
        monkeypatch.setenv("HUZHU_REDIS_URL", f"redis://127.0.0.1:{port}/0")
        monkeypatch.setattr("huzhu.reachable.ANSWERS_WITHIN", 2.0)
        code, lines = doctor(tmp_path, "--quiet")
    assert code == 1
    for name in (*names, "缓存"):
        assert [line for line in lines if name in line], name


def test_each_process_and_the_gateway_before_it_are_asked_where_both_have_addresses(
    own: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a cluster: one pod that is away is named, and so is a gateway; volumes and backups are the alerts' there."""
    here = own["HUZHU_URL"]
    probes = [f"{name}-api={here}/api/{name}/readyz" for name in SERVICES]
    monkeypatch.setenv("HUZHU_PROBES", ", ".join([*probes, f"claims-worker={here}/away"]))
    monkeypatch.setenv("HUZHU_URL", "http://127.0.0.1:1")
    monkeypatch.setenv("HUZHU_HOME", str(tmp_path / "none"))
    result = CliRunner().invoke(make_app("doctor"), ["doctor"])
    lines = result.output.splitlines()
    gateway = [f"✗ {name} 经网关" for name in SERVICES]
    told = faults(lines)
    assert result.exit_code == 1 and len(told) == len(SERVICES) + 1
    for what in (*gateway, "✗ claims-worker"):
        assert any(line.startswith(what) for line in told), what
    assert not [line for line in lines if "备份" in line or "磁盘" in line]


def test_the_processes_of_this_machine_are_known_by_their_ports(tmp_path: Path) -> None:
    home = Home(tmp_path).create()
    assert list(probes_of(home)) == []
    ports = {"claims.worker": 1, "ocr.recognition": 2, "worker": 3, "claims.api": 4, "postgres": 5}
    (home.run / "ports.json").write_text(json.dumps(ports))
    assert [name for name, _ in probes_of(home)] == ["claims-worker", "ocr-recognition", "worker"]


@pytest.mark.parametrize(
    ("lasting", "name", "status", "told"),
    [
        (30, "huzhu.example.org", 200, ""),
        (7, "huzhu.example.org", 200, "未续期"),
        (30, "another.example.org", 200, "证书无效"),
        (30, "huzhu.example.org", 503, "503"),
    ],
)
def test_the_edge_is_looked_at_through_its_certificate(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lasting: int, name: str, status: int, told: str
) -> None:
    class Edge(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status if self.headers["Host"] == "huzhu.example.org" else 404)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Edge)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certified(tmp_path, name, days=lasting))
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "edge.crt"))
    monkeypatch.setenv("HUZHU_EDGE", f"127.0.0.1:{server.server_port}")
    fault = edge_fault("huzhu.example.org")
    server.shutdown()
    server.server_close()
    assert told in fault and bool(told) == bool(fault), fault


def certified(folder: Path, name: str, *, days: int) -> tuple[Path, Path]:
    """A certificate that vouches for itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    made = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(datetime.now(UTC) - timedelta(days=1))
        .not_valid_after(datetime.now(UTC) + timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    places = folder / "edge.crt", folder / "edge.key"
    places[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    places[1].write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return places


@pytest.mark.timeout(600)
async def test_a_log_that_is_not_archived_is_seen() -> None:
    home = short_lived_home("huzhu-doctor-")
    archive = Archive(home)
    archive.open()
    archive.log.rename(archive.path / "away")
    async with EmbeddedPostgres(home, services=()) as postgres, AsyncExitStack() as stack:
        engine = create_async_engine(postgres.dsn().replace("postgresql://", "postgresql+asyncpg://"))
        stack.push_async_callback(engine.dispose)

        async def told(*words: str) -> Finding:
            """Look again, writing each time, until it says these words."""
            async with asyncio.timeout(150):
                while True:
                    async with AsyncSession(engine) as session:
                        await session.execute(
                            text("SELECT pg_logical_emit_message(false, 'a', 'b'), pg_switch_wal()")
                        )
                        found = await archiving(session)
                    if all(word in found.fault for word in words) and bool(found.fault) == bool(words):
                        return found
                    await asyncio.sleep(0.2)

        failing = await told("0000000100000000000000", "未能存档")
        assert (Path(__file__).parents[2] / failing.runbook).is_file()
    shutil.rmtree(home.path.parent, ignore_errors=True)


def test_an_archiver_is_judged_by_its_last_failure_and_by_how_long_it_stands_still() -> None:
    """Refused or stuck is said with its runbook; a log that waits a moment, or none at all, is no fault."""
    since = datetime(2026, 11, 28, 12, 0, tzinfo=UTC)

    def fault(after: timedelta, *, failing: bool = False, waiting: bool = False) -> str:
        told = SimpleNamespace(failing=failing, waiting=waiting, since=since, last_failed_wal="0000000100")
        return judged_archiver(told, at=since + after).fault

    assert "0000000100 未能存档" in fault(timedelta(), failing=True)
    assert "2026-11-28 12:00" in fault(ARCHIVED_WITHIN + timedelta(seconds=1), waiting=True)
    assert fault(ARCHIVED_WITHIN, waiting=True) == ""
    assert fault(timedelta(days=1)) == ""
    assert judged_archiver(None, at=since).fault == ""
