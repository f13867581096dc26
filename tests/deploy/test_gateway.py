"""nginx in front of the services: who asks too often is told, and a process that is away is not asked all the time."""

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest

from huzhu.home import SERVICES
from huzhu.stack.gateway import nginx
from huzhu.stack.gateway_config import ADDRESSES, STRANGERS, Gateway, gateway_config

from ..e2e.conftest import free_port

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="nginx comes from its wheel")
PATH = "/api/claims/kinds"


class Service(BaseHTTPRequestHandler):
    """Answers its own refusal to whoever asks for it."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        status, body = (429, b'{"code":"code.limited"}') if "often" in self.path else (200, b"{}")
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name of the overridden one
        """Say nothing."""


@contextmanager
def service(port: int) -> Iterator[None]:
    server = ThreadingHTTPServer(("127.0.0.1", port), Service)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join(20)


@contextmanager
def gateway(folder: Path, *, places: tuple[int, ...], changes: dict[str, str] | None = None) -> Iterator[str]:
    """nginx as the stack has it; `changes` puts smaller numbers into its configuration."""
    port = free_port()
    upstreams = {name: tuple(f"127.0.0.1:{place}" for place in places) for name in SERVICES}
    text = gateway_config(Gateway(f"127.0.0.1:{port}", *[str(folder)] * 4, upstreams=upstreams, user="root"))
    for old, new in (changes or {}).items():
        assert old in text, old
        text = text.replace(old, new)
    config = folder / "nginx.conf"
    config.write_text(text)
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen([nginx(), "-p", folder, "-c", config, "-e", "stderr"], stderr=log)
        try:
            url, end = f"http://127.0.0.1:{port}", time.monotonic() + 60
            while True:
                try:
                    httpx.get(f"{url}/healthz", trust_env=False)
                    break
                except httpx.HTTPError:
                    assert process.poll() is None and time.monotonic() < end, (folder / "log").read_text()
                    time.sleep(0.05)
            yield url
        finally:
            process.terminate()
            process.wait(20)


def test_an_address_without_a_token_is_told_to_come_again(tmp_path: Path) -> None:
    place = free_port()
    changes = {
        f"rate={STRANGERS[0]}": "rate=1r/m", f"burst={STRANGERS[1]}": "burst=3",
        f"rate={ADDRESSES[0]}": "rate=1r/m", f"burst={ADDRESSES[1]}": "burst=12",
    }  # fmt: skip
    with ExitStack() as stack:
        stack.enter_context(service(place))
        url = stack.enter_context(gateway(tmp_path, places=(place,), changes=changes))
        http = stack.enter_context(httpx.Client(base_url=url, trust_env=False))
        assert [http.get(PATH).status_code for _ in range(5)] == [200] * 4 + [429]
        refused = http.get(PATH)
        assert refused.headers["content-type"].startswith("application/problem+json")
        assert refused.headers["retry-after"] == "5" and refused.json()["code"] == "rate.address"
        assert "请稍后再试" in refused.json()["detail"] and "try again" in refused.json()["detail"]

        signed_in = {"Authorization": "Bearer x"}
        own = http.get("/api/claims/often", headers=signed_in)
        assert own.json() == {"code": "code.limited"}, "a service's own refusal passes as it is"
        answers = [http.get(PATH, headers=signed_in).status_code for _ in range(14)]
        assert answers[0] == 200 and answers[-1] == 429, (
            "tokens that nobody has looked at yet are bounded too"
        )


def test_after_a_replacement_the_successor_is_asked_and_the_log_is_quiet(tmp_path: Path) -> None:
    first, second = free_port(), free_port()
    with ExitStack() as stack:
        url = stack.enter_context(gateway(tmp_path, places=(first, second)))
        http = stack.enter_context(httpx.Client(base_url=url, trust_env=False))
        away = http.get(PATH)
        assert (away.status_code, away.json()["code"]) == (503, "service.busy")
        with service(second):
            began = time.monotonic()
            assert {http.get(PATH).status_code for _ in range(60)} == {200}
            took = time.monotonic() - began
            told = (tmp_path / "log").read_text().count("connect() failed (111: Connection refused)")
            assert told <= 4 + took, "once a second at most, not at each request"
            with service(first):
                end = time.monotonic() + 30
                while http.get("/api/claims/kinds").status_code != 200:
                    assert time.monotonic() < end
        with service(first):
            end = time.monotonic() + 30
            while http.get(PATH).status_code != 200:
                assert time.monotonic() < end, "the first one is asked again by itself"
                time.sleep(0.1)
