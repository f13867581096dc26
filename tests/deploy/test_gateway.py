"""nginx in front of the services: who asks too often is told, and a process that is away is not asked all the time."""

import ipaddress
import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest
import yaml

from common.http.headers import POLICY, SECURITY_HEADERS
from huzhu.home import SERVICES
from huzhu.stack.gateway import nginx
from huzhu.stack.gateway_config import ADDRESSES, EDGE, STRANGERS, Gateway, compose_gateway, gateway_config

from ..conftest import ROOT
from ..e2e.conftest import free_port

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="nginx comes from its wheel")
PATH = "/api/claims/kinds"
STRICT = "default-src 'none'; sandbox"


class Service(BaseHTTPRequestHandler):
    """Answers its own refusal to whoever asks for it."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        status, body = (429, b'{"code":"code.limited"}') if "often" in self.path else (200, b"{}")
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        for name, value in (SECURITY_HEADERS | self.stricter()).items() if "bare" not in self.path else ():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def stricter(self) -> dict[str, str]:
        return {"Content-Security-Policy": STRICT} if "picture" in self.path else {}

    do_POST = do_GET  # noqa: N815 - the name that the server looks for

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
def gateway(
    folder: Path,
    *,
    places: tuple[int, ...],
    changes: dict[str, str] | None = None,
    trusted: tuple[str, ...] = (),
) -> Iterator[str]:
    """nginx as the stack has it; `changes` puts smaller numbers into its configuration."""
    port = free_port()
    upstreams = {name: tuple(f"127.0.0.1:{place}" for place in places) for name in SERVICES}
    text = gateway_config(
        Gateway(f"127.0.0.1:{port}", *[str(folder)] * 4, upstreams=upstreams, user="root", trusted=trusted)
    )
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


def test_each_security_header_is_said_once_and_a_stricter_policy_of_a_service_stays(tmp_path: Path) -> None:
    place = free_port()
    with ExitStack() as stack:
        stack.enter_context(service(place))
        url = stack.enter_context(gateway(tmp_path, places=(place,)))
        http = stack.enter_context(httpx.Client(base_url=url, trust_env=False))
        for path, policy in (("", POLICY), ("/picture", STRICT), ("/bare", POLICY)):
            headers = http.get(f"{PATH}{path}").headers
            said = SECURITY_HEADERS | {"Content-Security-Policy": policy}
            assert {name: headers.get_list(name) for name in said} == {n: [v] for n, v in said.items()}, path
        caller = HTTPConnection(url.removeprefix("http://"), timeout=20)
        stack.callback(caller.close)
        caller.putrequest("POST", PATH)
        caller.putheader("Content-Length", str(201 * 1024**2))
        caller.endheaders()
        own = caller.getresponse()
        assert (own.status, own.getheader("Content-Security-Policy")) == (413, POLICY)


def test_an_unknown_route_of_the_api_is_told_as_a_problem(tmp_path: Path) -> None:
    with gateway(tmp_path, places=(free_port(),)) as url:
        answer = httpx.get(f"{url}/api/nosuch/thing", trust_env=False)
        assert answer.status_code == 404 and answer.headers["content-type"].startswith(
            "application/problem+json"
        )
        told = answer.json()
        assert told["code"] == "resource.not_found" and "没有这个接口" in told["detail"] and told["reference"]
        assert httpx.get(f"{url}/readyz", trust_env=False).json() == {"status": "ready", "service": "gateway"}


def test_what_the_gateway_refuses_itself_has_a_reference_and_a_line(tmp_path: Path) -> None:
    place, out = free_port(), tmp_path / "out"
    changes = {
        f"rate={STRANGERS[0]}": "rate=1r/m",
        f"burst={STRANGERS[1]}": "burst=1",
        "/dev/stdout": str(out),
    }
    with ExitStack() as stack:
        url = stack.enter_context(gateway(tmp_path, places=(place,), changes=changes))
        away = httpx.get(f"{url}{PATH}", trust_env=False)
        with service(place):
            httpx.get(f"{url}{PATH}", trust_env=False)
            often = httpx.get(f"{url}{PATH}", trust_env=False)
            own = httpx.get(f"{url}/api/claims/often", headers={"Authorization": "Bearer x"}, trust_env=False)
        lines = [json.loads(line) for line in out.read_text().splitlines()]
    assert (away.status_code, often.status_code, own.status_code) == (503, 429, 429)
    assert [(line["status"], line["request_id"]) for line in lines] == [
        (answer.status_code, answer.json()["reference"]) for answer in (away, often)
    ], "what a service answers is in its own log"
    assert lines[0]["path"] == PATH and lines[0]["upstream_status"] == "502"
    assert away.headers["x-request-id"] == lines[0]["request_id"]


SMALL = {
    f"rate={STRANGERS[0]}": "rate=1r/m", f"burst={STRANGERS[1]}": "burst=3",
    f"rate={ADDRESSES[0]}": "rate=1r/m", f"burst={ADDRESSES[1]}": "burst=60",
}  # fmt: skip


def test_a_token_in_the_header_opens_nothing_wider_where_nobody_looks_at_it(tmp_path: Path) -> None:
    place, signed_in = free_port(), {"Authorization": "x"}
    open_paths = (
        "/api/identity/verification-codes",
        "/api/identity/bindings/0f/face",
        "/api/identity//captchas",
    )
    with ExitStack() as stack:
        stack.enter_context(service(place))
        url = stack.enter_context(gateway(tmp_path, places=(place,), changes=SMALL))
        http = stack.enter_context(httpx.Client(base_url=url, trust_env=False, headers=signed_in))
        answers = [http.post(open_paths[turn % 3]).status_code for turn in range(6)]
        assert answers == [200] * 4 + [429] * 2, "counted together, by address"
        assert http.get("/api/identity/verification-codes").status_code == 200, (
            "another method is another route"
        )
        assert http.get("/api/identity/bindings/0f/face/else").status_code == 200
        assert [http.get(PATH).status_code for _ in range(8)] == [200] * 8, (
            "who shows a token is counted apart"
        )


def test_an_address_is_believed_of_whom_the_operator_names_and_of_nobody_else(tmp_path: Path) -> None:
    place = free_port()
    with ExitStack() as stack:
        stack.enter_context(service(place))
        url = stack.enter_context(gateway(tmp_path, places=(place,), changes=SMALL, trusted=("127.0.0.2",)))

        def asked(source: str) -> list[int]:
            transport = httpx.HTTPTransport(local_address=source)
            with httpx.Client(base_url=url, transport=transport, trust_env=False) as http:
                told = [{"X-Forwarded-For": f"203.0.113.{turn}"} for turn in range(6)]
                return [http.get(PATH, headers=headers).status_code for headers in told]

        assert asked("127.0.0.1") == [200] * 4 + [429] * 2, (
            "a new address in each request is one address all the same"
        )
        assert asked("127.0.0.2") == [200] * 6, "the edge's word: six clients"


def test_on_one_server_only_the_edge_is_believed() -> None:
    compose = yaml.safe_load((ROOT / "deploy" / "compose" / "compose.yaml").read_text())
    assert compose_gateway().trusted == (EDGE,)
    assert compose["services"]["edge"]["networks"]["front"]["ipv4_address"] == EDGE
    (network,) = compose["networks"]["front"]["ipam"]["config"]
    places = list(ipaddress.ip_network(network["subnet"]).hosts())[1:]  # the first is the bridge's own
    on_it = {
        name: ipaddress.ip_address(one["networks"]["front"]["ipv4_address"])
        for name, one in compose["services"].items()
        if "front" in one.get("networks", ())
    }
    assert set(on_it.values()) <= set(places), "whoever starts first is given no address that another needs"
    assert len(set(on_it.values())) == 2
    assert set(on_it) == {"edge", "web"} and "inside" not in compose["services"]["edge"]["networks"]
    assert compose["services"]["edge"]["environment"]["HUZHU_TRUSTED_PROXIES"].endswith(":-127.0.0.1/32}")
    caddy = (ROOT / "deploy" / "compose" / "Caddyfile").read_text()
    assert "trusted_proxies static {$HUZHU_TRUSTED_PROXIES}" in caddy and "trusted_proxies_strict" in caddy
    assert "header_up X-Forwarded-For {client_ip}" in caddy, (
        "one address, and the right one, however many are before"
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
