"""PostgreSQL 18 as a child of ours: prepared, repaired after a crash, ready when SELECT 1 answers."""

import signal
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING
from urllib.parse import quote

from huzhu.home import SERVICES, Home
from huzhu.parts.part import AtWork, NotYet, Part
from huzhu.parts.ports import HOST, Ports
from huzhu.parts.postgres_cluster import STOP_WITHIN_S, SUPERUSER, Cluster
from huzhu.parts.postgres_roles import databases_of, ensure_databases, ensure_roles, ensure_schema
from huzhu.processes.program import Program, end_processes

if TYPE_CHECKING:
    import asyncpg


class EmbeddedPostgres(Part):
    """The PostgreSQL of one home; `async with EmbeddedPostgres(home) as postgres: postgres.dsn(…)`."""

    name = "postgres"
    title = "PostgreSQL"

    def __init__(self, home: Home, *, services: Sequence[str] = SERVICES) -> None:
        super().__init__(home)
        self.port = 0
        self._databases = databases_of(services)
        self._cluster = Cluster(home)

    def dsn(self, database: str = "postgres", role: str = SUPERUSER, *, scheme: str = "postgresql") -> str:
        """The address of a database for a role, password included: for environments, never for logs.

        scheme: `postgresql` for asyncpg, `postgresql+asyncpg` for SQLAlchemy.
        """
        password = quote(self.home.secrets.role(role), safe="")
        return f"{scheme}://{role}:{password}@{HOST}:{self.port}/{database}"

    async def prepare(self) -> None:
        """Ends an orphan without a record and backends still dying; makes the cluster if it is missing."""
        while servers := self._cluster.servers():
            await end_processes(servers, servers[0], signal.SIGINT, deadline_s=STOP_WITHIN_S)
        self._cluster.forget_stale_locks()
        await self._cluster.prepare()

    def use_ports(self, ports: Ports) -> None:
        """One for TCP; the socket in the data folder is named by it too."""
        self.port = ports.take("postgres")

    def program(self) -> Program:
        """The server."""
        return self._cluster.program(self.port)

    async def answers(self) -> None:
        """SELECT 1."""
        from asyncpg import CannotConnectNowError, ConnectionDoesNotExistError

        try:
            async with self._connection() as connection:
                await connection.fetchval("SELECT 1")
        except CannotConnectNowError as error:
            raise AtWork(str(error)) from error
        except ConnectionDoesNotExistError as error:
            raise NotYet(str(error)) from error

    def doing(self) -> str | None:
        """The segment of the log that it replays."""
        return self._cluster.replayed(self.pid)

    async def complete(self) -> None:
        """Makes or repairs roles and databases."""
        async with self._connection() as connection:
            await ensure_roles(connection, self._databases, self.home.secrets)
            await ensure_databases(connection, self._databases)
        for database in self._databases:
            async with self._connection(database.name) as connection:
                await ensure_schema(connection, database)

    @asynccontextmanager
    async def _connection(self, database: str = SUPERUSER) -> AsyncIterator["asyncpg.Connection"]:
        import asyncpg

        connection = await asyncpg.connect(self.dsn(database), timeout=5)
        try:
            yield connection
        finally:
            await connection.close()
