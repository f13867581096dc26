"""Children for the tests of the supervisor."""

import os
import signal
import socket
import subprocess
import sys
import time
from http.server import BaseHTTPRequestHandler, HTTPServer


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        return


def _serve(port: int) -> None:
    with subprocess.Popen(["sleep", "1000"]):  # like a pool's worker
        HTTPServer(("127.0.0.1", port), _Handler).serve_forever()


def _inherit() -> None:
    """Serve on the socket of the supervisor, after a while."""
    time.sleep(0.5)
    server = HTTPServer(("127.0.0.1", 0), _Handler, bind_and_activate=False)
    server.socket = socket.socket(fileno=int(os.environ["HUZHU_LISTEN_FD"]))
    server.serve_forever()


def _stubborn() -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    while True:
        time.sleep(1)


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["serve", port]:
            _serve(int(port))
        case ["inherit"]:
            _inherit()
        case ["stubborn"]:
            _stubborn()
        case ["crash"]:
            sys.exit("crashed as asked")
