"""Stand-ins for the vendors' servers on this machine: they check signatures, and answer as a test tells them."""

import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from .vendor_signatures import acs3, tc3

SECRET_ID, SECRET_KEY = "an-id-of-the-tests", "a-key-of-the-tests"
Answer = Callable[[str, dict[str, Any]], Any]
"""From action and parameters to the answer's body: an object, bytes, or a status code."""


@dataclass
class Vendor:
    """A stand-in: what it was asked, whether each request was signed rightly, what it answers."""

    address: str = ""
    answer: Answer = lambda action, values: 500
    asked: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    signed: list[bool] = field(default_factory=list)
    pause: float = 0.0

    @property
    def host(self) -> str:
        return urlsplit(self.address).netloc


def signed_rightly(request: BaseHTTPRequestHandler, body: bytes) -> bool:
    """Check a request's signature as its vendor does."""
    headers = {name.lower(): value for name, value in request.headers.items()}
    found = re.fullmatch(
        r"(TC3|ACS3)-HMAC-SHA256 Credential=([^,/]+)(?:/[^,]*)?,\s*SignedHeaders=([^,]+),\s*Signature=([0-9a-f]+)",
        headers.get("authorization", ""),
    )
    if found is None or found[2] != SECRET_ID:
        return False
    names = found[3].split(";")
    if found[1] == "ACS3":
        parts = urlsplit(request.path)
        right = acs3(
            secret=SECRET_KEY, method=request.command, path=parts.path, query=parts.query, headers=headers,
            signed=names, body=body,
        )  # fmt: skip
    else:
        timestamp = int(headers["x-tc-timestamp"])
        date = time.strftime("%Y-%m-%d", time.gmtime(timestamp))
        service = headers["authorization"].split("/")[2]
        right = tc3(
            secret=SECRET_KEY,
            service=service,
            timestamp=timestamp,
            date=date,
            headers=headers,
            signed=names,
            body=body,
        )
        if abs(time.time() - timestamp) > 300:
            return False
    return right == found[4]


@contextmanager
def vendor() -> Iterator[Vendor]:
    """Run a stand-in."""
    it = Vendor()

    class Handler(BaseHTTPRequestHandler):
        def _respond(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            values: dict[str, Any] = dict(parse_qsl(urlsplit(self.path).query))
            if body and "json" in self.headers.get("content-type", ""):
                values |= json.loads(body)
            action = (
                self.headers.get("x-tc-action")
                or self.headers.get("x-acs-action")
                or urlsplit(self.path).path
            )
            it.asked.append((action, values))
            it.signed.append(signed_rightly(self, body))
            time.sleep(it.pause)
            found = it.answer(action, values)
            status, data = (found, b"") if isinstance(found, int) else (200, found)
            data = data if isinstance(data, bytes) else json.dumps(data).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(data)))
            self.end_headers()
            try:
                self.wfile.write(data)
            except (BrokenPipeError, ConnectionResetError):
                return

        do_GET = do_POST = _respond  # noqa: N815

        def log_message(self, *args: Any) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    it.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield it
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
