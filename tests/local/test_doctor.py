"""`huzhu doctor`: says what is wrong and where it is told what to do, and ends with 1."""

import asyncio
import itertools
import os
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import asyncpg
import pytest
from typer.testing import CliRunner

from common.clock import now
from huzhu.cli import make_app
from huzhu.home import SERVICES
from huzhu.recovery.bases import NAME

from ..conftest import Parts, copy_databases

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
    for name in (*(f"{service}-api" for service in SERVICES), "claims-worker", "备份", "磁盘"):
        assert any(name in line for line in lines), name
    assert doctor(tmp_path, "--quiet") == (0, [])


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
        ("磁盘", "disk-full.md"),
        ("2020-01-01", "restore.md"),
    ):
        (line, *_) = [line for line in lines if what in line]
        assert line.endswith(runbook) and (Path(__file__).parents[2] / line.rsplit(" ", 1)[1]).is_file()
    assert not [line for line in lines if "identity" in line]
