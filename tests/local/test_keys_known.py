"""`huzhu keys rotate` asks every process by itself: one that cannot open the new key would open nothing more."""

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import typer

from huzhu.cli.keys import must_know
from huzhu.home import SERVICES
from huzhu.reachable import every_process


@contextmanager
def process(host: str, port: int, *, master_key: int) -> Iterator[int]:
    """Something that says which key it knows; gives its port."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps({"status": "ready", "master_key": master_key}).encode())

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer((host, port), Answer)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_port
    server.shutdown()
    server.server_close()


def names_have(monkeypatch: pytest.MonkeyPatch, *hosts: str) -> None:
    """Every name has all of these addresses, as one has behind which there are several pods or containers."""
    real = socket.getaddrinfo

    def looked_up(name: str, port: int, *words: object, **more: object) -> object:
        if name.startswith("127."):
            return real(name, port, *words, **more)  # type: ignore[arg-type]
        if not hosts:
            raise socket.gaierror(socket.EAI_NONAME, "no address")
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (host, port)) for host in hosts]

    monkeypatch.setattr("huzhu.reachable.socket.getaddrinfo", looked_up)


@pytest.mark.parametrize(
    ("known", "told"),
    [((2, 2), ""), ((2, 1), "wait until every process was replaced"), ((3, 2), "new session")],
    ids=["all know it", "one pod of two", "an old session"],
)
def test_one_process_that_does_not_know_the_key_stops_it(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    known: tuple[int, int],
    told: str,
) -> None:
    hosts = ("127.0.0.1", "127.0.0.2")
    with ExitStack() as stack:
        port = stack.enter_context(process(hosts[0], 0, master_key=known[0]))
        stack.enter_context(process(hosts[1], port, master_key=known[1]))
        names_have(monkeypatch, *hosts)
        monkeypatch.setenv("HUZHU_URL", "http://127.0.0.1:1")
        names = [f"{service}-{kind}" for service in SERVICES for kind in ("api", "worker")]
        monkeypatch.setenv("HUZHU_PROBES", ", ".join(f"{name}=http://{name}:{port}/readyz" for name in names))
        assert len(every_process()) == 2 * len(names), "no gateway is asked where each process has an address"
        try:
            must_know(2)
            refused = False
        except typer.Exit:
            refused = True
    said = capsys.readouterr().err
    assert refused == bool(told) and told in said
    assert not told or "127.0.0." in said, "which of them"


@pytest.mark.parametrize(
    ("probes", "told"),
    [("", "HUZHU_PROBES"), ("claims-worker=http://claims-worker:8080/readyz", "claims-worker")],
    ids=["nobody says where workers are", "a worker's name has no address"],
)
def test_what_cannot_be_asked_stops_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], probes: str, told: str
) -> None:
    with process("127.0.0.1", 0, master_key=2) as port:
        names_have(monkeypatch)
        monkeypatch.setenv("HUZHU_URL", f"http://127.0.0.1:{port}")
        monkeypatch.setenv("HUZHU_PROBES", probes)
        with pytest.raises(typer.Exit):
            must_know(2)
    assert told in capsys.readouterr().err
