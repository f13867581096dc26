"""`huzhu events snapshot`: who asks a service to say its facts again, and how they prove who they are."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from typer.testing import CliRunner

from huzhu.cli import bus, make_app
from huzhu.home import SERVICES

ANSWERS: dict[str, tuple[int, dict[str, Any]]] = {
    "/api/identity/platform/sessions": (200, {"access_token": "operators"}),
    "/api/identity/tenants/wuxi/snapshots": (202, {"fact": "units"}),
    "/api/identity/sessions/staff": (200, {"challenge_id": "c1", "tokens": None}),
    "/api/identity/sessions/staff/code": (200, {"access_token": "staffs"}),
    "/api/enrollment/snapshots": (202, {"fact": "policies"}),
    "/api/claims/snapshots": (202, {"kind": "claims.snapshot"}),
}
Asked = list[tuple[str, str | None, dict[str, Any]]]


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Iterator[Asked]:
    """A platform that answers, and what it was asked: path, whose token, body."""
    found: Asked = []

    class Platform(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            token = self.headers["Authorization"]
            found.append((self.path, token, body))
            status, answer = ANSWERS[self.path]
            if token == "Bearer strangers":
                status, answer = 403, {"detail": "您没有“重发事件、重建副本”的权限"}
            content = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name of the overridden one
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Platform)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    monkeypatch.setenv("HUZHU_URL", f"http://127.0.0.1:{server.server_address[1]}")
    monkeypatch.setenv("HUZHU_OPERATOR_SECRET", "an operator's word")
    monkeypatch.delenv("HUZHU_TOKEN", raising=False)
    try:
        yield found
    finally:
        server.shutdown()
        server.server_close()
        thread.join(20)


def snapshot(*words: str, typed: str = "") -> tuple[int, str]:
    done = CliRunner().invoke(make_app("events"), ["events", "snapshot", *words], input=typed)
    return done.exit_code, done.output


def test_an_operator_has_identity_say_its_facts_again(asked: Asked) -> None:
    code, said = snapshot("units", "--tenant", "wuxi")
    assert (code, json.loads(said)) == (0, {"fact": "units"})
    assert asked[0][2] == {"operator": "ops1", "secret": "an operator's word"}
    assert asked[1] == ("/api/identity/tenants/wuxi/snapshots", "Bearer operators", {"fact": "units"})


@pytest.mark.parametrize(
    ("fact", "service"), [("policies", "enrollment"), ("matters", "enrollment"), ("claims", "claims")]
)
def test_a_unions_own_facts_are_asked_of_the_service_that_owns_them(
    asked: Asked, fact: str, service: str
) -> None:
    code, said = snapshot(fact, "--tenant", "wuxi", "--token", "staffs")
    assert code == 0, said
    assert asked == [(f"/api/{service}/snapshots", "Bearer staffs", {"fact": fact})]


def test_policies_are_the_unions_own_and_staff_sign_in_for_them(asked: Asked) -> None:
    code, said = snapshot("policies", "--tenant", "wuxi")
    assert code == 2 and "--user" in said and "events.replay" in said and asked == []
    code, said = snapshot("policies", "--tenant", "wuxi", "--user", "admin1", typed="secret word\n123456\n")
    assert code == 0, said
    assert asked[0][2] == {"user_name": "admin1", "password": "secret word"} and "secret word" not in said
    assert asked[1][2] == {"challenge_id": "c1", "code": "123456"}
    assert asked[2] == ("/api/enrollment/snapshots", "Bearer staffs", {"fact": "policies"})


def test_a_token_that_lacks_the_permission_is_told_so(asked: Asked) -> None:
    code, said = snapshot("policies", "--tenant", "wuxi", "--token", "strangers")
    assert code == 1 and "重发事件" in said and asked[0][1] == "Bearer strangers"


def test_the_bus_is_looked_at_as_the_operators_own_user_where_there_is_one(
    environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A service's user reads what it listens to; that of operators reads every topic, in groups of its own name."""
    seen: list[tuple[str, str, str, list[str]]] = []

    class Quiet:
        def __init__(self, settings: Any) -> None:
            self.settings = settings

        def consumer(self, group: str, topics: list[str]) -> "Quiet":
            word = self.settings.kafka_password.get_secret_value()
            seen.append((self.settings.kafka_user, word, group.rpartition("-tail-")[0], topics))
            return self

        async def start(self) -> None: ...

        async def stop(self) -> None: ...

        async def close(self) -> None: ...

        async def poll(self, *, within: float, most: int) -> dict[str, Any]:
            return {}

    monkeypatch.setattr(bus, "make_bus", Quiet)
    for name, value in (
        environment | {"IDENTITY_KAFKA_USER": "identity", "IDENTITY_KAFKA_PASSWORD": "i"}
    ).items():
        monkeypatch.setenv(name, value)
    assert CliRunner().invoke(make_app("events"), ["events", "tail"]).exit_code == 0
    monkeypatch.setenv("HUZHU_OPERATOR_KAFKA_USER", "operator")
    monkeypatch.setenv("HUZHU_OPERATOR_KAFKA_PASSWORD", "o")
    assert CliRunner().invoke(make_app("events"), ["events", "tail", "--topic", "claims"]).exit_code == 0
    assert seen == [("identity", "i", "identity", list(SERVICES)), ("operator", "o", "operator", ["claims"])]
