"""What `huzhu` says on wrong input: a sentence that names it and an exit code, never a traceback and never silence."""

import json
import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import cast

import pytest
from minio.error import S3Error
from urllib3 import BaseHTTPResponse
from urllib3.connectionpool import ConnectionPool
from urllib3.exceptions import LocationParseError, MaxRetryError

from common.ids import new_id
from huzhu import running
from huzhu.cli import app
from huzhu.cli.faults import sentence_of
from huzhu.home import SERVICES, Home
from huzhu.running import running_home

from ..conftest import Parts

Huzhu = Callable[..., tuple[int, str]]


@pytest.fixture
def huzhu(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Huzhu:
    """Run a command as the shell would; a traceback would come out as its exception."""

    def call(*words: str) -> tuple[int, str]:
        monkeypatch.setattr(sys, "argv", ["huzhu", *words])
        with pytest.raises(SystemExit) as ended:
            app()
        code = ended.value.code
        said = "".join(capsys.readouterr())
        return (code, said) if isinstance(code, int) else (1 if code else 0, f"{said}{code or ''}")

    return call


@pytest.fixture
def elsewhere(parts: Parts, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> dict[str, str]:
    """An operator's environment as a container has it: complete, and without any home."""
    values = {name: value for name, value in parts.environment().items() if "_OWNER_" not in name}
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("HUZHU_HOME", str(tmp_path / "none"))
    monkeypatch.setenv("HUZHU_URL", "http://127.0.0.1:1")
    monkeypatch.delenv("HUZHU_OPERATOR_SECRET", raising=False)
    return values


def test_a_complete_environment_needs_no_home(
    huzhu: Huzhu, elsewhere: dict[str, str], tmp_path: Path
) -> None:
    code, said = huzhu("keys", "status")
    assert code == 0 and all(f"{service}: " in said for service in SERVICES)
    assert huzhu("events", "dead-letters", "--service", "claims")[0] == 0
    assert not (tmp_path / "none").exists()


def test_what_the_environment_lacks_is_named(
    huzhu: Huzhu, elsewhere: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CLAIMS_RELAY_DATABASE_URL")
    code, said = huzhu("keys", "status")
    assert code == 1 and "CLAIMS_RELAY_DATABASE_URL" in said and "IDENTITY" not in said
    for name in running.NEEDED:
        monkeypatch.delenv(name, raising=False)
    code, said = huzhu("keys", "status")
    assert code == 1 and "make run" in said


def test_a_database_that_is_away_is_said(
    huzhu: Huzhu, elsewhere: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLAIMS_RELAY_DATABASE_URL", "postgresql+asyncpg://a:b@127.0.0.1:1/c")
    code, said = huzhu("events", "dead-letters", "--service", "claims")
    assert code == 1 and "没有应答" in said


def test_dead_letters_that_are_not_there(huzhu: Huzhu, elsewhere: dict[str, str]) -> None:
    code, said = huzhu("events", "replay", "--service", "claims", "--dead-letter", "abc")
    assert code == 2 and "abc" in said and "dead-letters" in said
    unknown = str(new_id())
    code, said = huzhu("events", "replay", "--service", "claims", "--dead-letter", unknown)
    assert code == 1 and unknown in said and "replayed: 0" not in said


def test_an_event_that_waits_for_no_other_version(huzhu: Huzhu, elsewhere: dict[str, str]) -> None:
    code, said = huzhu("events", "give-up", "--service", "claims", "abc")
    assert code == 2 and "abc" in said and "parked" in said
    unknown = str(new_id())
    code, said = huzhu("events", "give-up", "--service", "claims", unknown)
    assert code == 1 and unknown in said and "huzhu events parked" in said


@pytest.mark.parametrize("words", [("tail",), ("replay", "--service", "claims")])
def test_a_topic_that_is_none(huzhu: Huzhu, elsewhere: dict[str, str], words: tuple[str, ...]) -> None:
    code, said = huzhu("events", *words, "--topic", "nosuch")
    assert code == 2 and "nosuch" in said and "enrollment" in said


def test_a_fact_that_is_none(huzhu: Huzhu) -> None:
    code, said = huzhu("events", "snapshot", "cards", "--tenant", "wuxi", "--token", "x")
    assert code == 2 and "cards" in said and "policies" in said


def test_anchors_that_cannot_be_read_or_written(
    huzhu: Huzhu, elsewhere: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def never(*_: object) -> None:
        raise AssertionError("what cannot be written is said before the whole check, not after it")

    monkeypatch.setattr("huzhu.recovery.check.check_everything", never)
    missing, other = tmp_path / "nothing.json", tmp_path / "other.json"
    code, said = huzhu("verify", "--anchors", str(missing))
    assert code == 2 and str(missing) in said
    other.write_text(json.dumps(["no", "anchors"]))
    code, said = huzhu("verify", "--anchors", str(other))
    assert code == 2 and str(other) in said
    code, said = huzhu("verify", "--write", str(tmp_path / "nofolder" / "x"))
    assert code == 2 and "nofolder" in said


def test_homes_without_a_platform(huzhu: Huzhu, elsewhere: dict[str, str], tmp_path: Path) -> None:
    code, said = huzhu("keys", "new-master")
    assert code == 1 and "--print" in said
    code, said = huzhu("backup")
    assert code == 1 and str(tmp_path / "none") in said


def test_a_stack_that_is_stopped_is_not_said_never_to_have_been(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HUZHU_HOME", str(tmp_path))
    stack = Home(tmp_path).stack.create()
    assert running_home().path == tmp_path
    stack.secrets_path.touch()
    assert running_home().path == stack.path
    Home(tmp_path).secrets_path.touch()
    assert running_home().path == tmp_path, "that of make run where both have been started"


@pytest.mark.parametrize("given", ["abc", "99999", "0", "８０８０", "-1"])
@pytest.mark.parametrize("words", [("run",), ("run-stack",)])
def test_a_port_that_is_none_is_said(
    huzhu: Huzhu, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, given: str, words: tuple[str, ...]
) -> None:
    monkeypatch.setenv("HUZHU_HOME", str(tmp_path))
    monkeypatch.setenv("PORT", given)
    monkeypatch.delenv("HUZHU_URL", raising=False)
    code, said = huzhu(*words)
    assert code == 1 and f"PORT={given}" in said and "65535" in said


def test_an_operator_that_is_none(huzhu: Huzhu, elsewhere: dict[str, str]) -> None:
    code, said = huzhu("tenant", "consent", "wuxi", "2", "--operator", "ops9")
    assert code == 2 and "ops9" in said and "ops1" in said and "HUZHU_OPERATOR_SECRET" in said


def test_an_address_where_nobody_answers(huzhu: Huzhu, elsewhere: dict[str, str]) -> None:
    for words in (
        ("tenant", "consent", "wuxi", "2"),
        ("events", "snapshot", "units", "--tenant", "wuxi", "--token", "x"),
    ):
        code, said = huzhu(*words)
        assert code == 1 and "http://127.0.0.1:1" in said and "PORT=" in said, said


class Silent(BaseHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name of the overridden one
        """Say nothing."""


@contextmanager
def at_the_address(answers: type[Silent], monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let somebody answer where the command line looks for the platform."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), answers)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    monkeypatch.setenv("HUZHU_URL", f"http://127.0.0.1:{server.server_port}")
    yield
    server.shutdown()
    server.server_close()


@pytest.fixture
def knows_nothing(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A platform that signs operators in and has nothing of what they ask for."""

    class Platform(Silent):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            known = self.path.endswith("/platform/sessions")
            told = (
                {"access_token": "x"}
                if known
                else {"code": "resource.not_found", "detail": "没有找到您要的内容"}
            )
            content = json.dumps(told).encode()
            self.send_response(200 if known else 404)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

    with at_the_address(Platform, monkeypatch):
        yield


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (("consent", "wuxi", "99"), ("wuxi", "99")),
        (("new-key", "nosuch"), ("nosuch",)),
        (("admin", "nosuch", "zongguan", "总管", "13800000001"), ("nosuch",)),
    ],
)
def test_what_the_platform_has_not_is_named(
    huzhu: Huzhu,
    elsewhere: dict[str, str],
    knows_nothing: None,
    words: tuple[str, ...],
    named: tuple[str, ...],
) -> None:
    code, said = huzhu("tenant", *words)
    assert code == 1 and "平台上没有" in said and all(one in said for one in named), said


def test_every_command_says_in_chinese_what_it_does(huzhu: Huzhu) -> None:
    for group, commands in (
        ("tenant", ("check", "apply", "consent", "admin", "new-key", "reseal")),
        ("keys", ("status", "new-master", "rotate", "new-signing")),
        ("events", ("tail", "replay", "dead-letters", "snapshot")),
    ):
        said = huzhu(group, "--help")[1]
        for command in commands:
            (line,) = [one for one in said.splitlines() if f" {command} " in one]
            assert any("一" <= letter <= "鿿" for letter in line), line
    assert os.environ.get("HUZHU_OPERATOR") is None


@pytest.mark.parametrize(
    "words",
    [
        ("tenant", "consent", "wuxi", "2"),
        ("tenant", "admin", "wuxi", "zongguan", "n", "13900000000"),
        ("tenant", "new-key", "wuxi"),
        ("keys", "new-signing"),
        ("events", "snapshot", "units", "--tenant", "wuxi"),
    ],
)
def test_every_command_of_operators_acts_as_the_one_that_the_environment_names(
    huzhu: Huzhu, elsewhere: dict[str, str], monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    monkeypatch.setenv("HUZHU_OPERATOR", "ops9")
    code, said = huzhu(*words)
    assert code == 2 and "ops9" in said


@pytest.fixture
def another_server(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Somebody else's page at the platform's address."""

    class Page(Silent):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            self.send_response(502)
            self.send_header("Content-Length", "6")
            self.end_headers()
            self.wfile.write(b"<html>")

    with at_the_address(Page, monkeypatch):
        yield


@pytest.mark.parametrize(
    "words",
    [
        ("tenant", "consent", "wuxi", "2"),
        ("events", "snapshot", "policies", "--tenant", "wuxi", "--token", "x"),
    ],
)
def test_a_page_of_somebody_else_at_the_address_is_no_traceback(
    huzhu: Huzhu,
    elsewhere: dict[str, str],
    another_server: None,
    monkeypatch: pytest.MonkeyPatch,
    words: tuple[str, ...],
) -> None:
    monkeypatch.setenv("HUZHU_OPERATOR_SECRET", "an operator's word")
    code, said = huzhu(*words)
    assert code == 1 and "HUZHU_URL" in said


def test_only_what_is_away_or_refuses_us_is_told_without_its_place() -> None:
    def refused(code: str) -> S3Error:
        return S3Error(cast(BaseHTTPResponse, None), code, "", "", "", "")

    away = MaxRetryError(cast(ConnectionPool, None), "/")
    for error in (refused("AccessDenied"), refused("SignatureDoesNotMatch"), away, ConnectionRefusedError()):
        assert "store" in str(sentence_of(error))
    assert sentence_of(FileNotFoundError(2, "not there", "pack.yaml")) == "pack.yaml: not there"
    for fault in (refused("NoSuchBucket"), OSError("a bug"), LocationParseError("x")):
        assert sentence_of(fault) is None, fault
