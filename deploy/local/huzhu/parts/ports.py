"""Loopback ports: chosen free at the first start, remembered, chosen anew only when somebody took them."""

import json
import random
import socket

from huzhu.home import Home
from huzhu.secret_file import write_atomically

HOST = "127.0.0.1"
# Below the range from which Linux and macOS take the ports of outgoing connections (32768 and 49152).
_FIRST, _LAST = 12000, 21900


def is_free(port: int) -> bool:
    """Whether a server could listen on this loopback port now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
        return True


class Ports:
    """The ports of one home, kept in run/ports.json."""

    def __init__(self, home: Home) -> None:
        self._path = home.create().run / "ports.json"

    def take(self, name: str, *, companion: int = 0) -> int:
        """The port of this name: the remembered one if free, else a new one.

        companion: distance of a second port that the same server opens beside it (0 for none).
        """
        known = self._read()
        port = known.get(name)
        others = {value for key, value in known.items() if key != name}
        while port is None or not self._usable(port, companion, others):
            port = random.randint(_FIRST, _LAST)  # noqa: S311 (no secret)
        if known.get(name) != port:
            write_atomically(self._path, json.dumps({**known, name: port}, indent=1))
        return port

    @staticmethod
    def _usable(port: int, companion: int, others: set[int]) -> bool:
        return port not in others and is_free(port) and (not companion or is_free(port + companion))

    def _read(self) -> dict[str, int]:
        try:
            return {str(key): int(value) for key, value in json.loads(self._path.read_text()).items()}
        except (FileNotFoundError, ValueError):
            return {}


class RememberedPorts(Ports):
    """The ports of servers that run already, started by another process of ours: nothing is chosen."""

    def take(self, name: str, *, companion: int = 0) -> int:
        """The remembered port. Raises KeyError when there is none."""
        return self._read()[name]
