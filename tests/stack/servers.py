"""Buses of one's own, whose server a test may kill with SIGKILL and start again on the same data."""

import os
import shutil
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg

from common.bus.interface import Bus
from common.bus.postgres import create_schema
from huzhu.parts import EmbeddedKafka, EmbeddedPostgres
from huzhu.parts.part import Part
from tests.stack.connect import bus_of
from tests.stack_broker import short_lived_home, skip_without_kafka

ASYNC = "postgresql+asyncpg"


async def kill_part(part: Part) -> None:
    """Kill a server with SIGKILL and wait until it and what it has left are gone."""
    assert part.pid is not None, f"{part.title} does not run"
    os.kill(part.pid, signal.SIGKILL)
    await part.wait()
    await part.stop()


class BusServer:
    """One transport and the server behind it."""

    def __init__(self, part: EmbeddedKafka | EmbeddedPostgres, partitions: int) -> None:
        self.part = part
        self.partitions = partitions

    @property
    def is_kafka(self) -> bool:
        """Whether it is the production transport."""
        return isinstance(self.part, EmbeddedKafka)

    @property
    def environment(self) -> dict[str, str]:
        """What a process needs to reach the bus, named as in CommonSettings."""
        common = {"HUZHU_BUS_PARTITIONS": str(self.partitions)}
        if isinstance(self.part, EmbeddedKafka):
            return common | {"HUZHU_BUS": "kafka", "HUZHU_KAFKA_SERVERS": self.part.servers}
        url = self.part.dsn("huzhu_bus", "bus_app", scheme=ASYNC)
        return common | {"HUZHU_BUS": "postgres", "HUZHU_BUS_DATABASE_URL": url}

    def connect(self) -> Bus:
        """Return one more client."""
        return bus_of(self.environment)

    async def kill(self) -> None:
        """Kill the server."""
        await kill_part(self.part)

    async def start(self) -> None:
        """Start it again on its data."""
        await self.part.start()

    async def cut(self) -> None:
        """End every connection of the bus (PostgreSQL only), as a network would."""
        assert isinstance(self.part, EmbeddedPostgres)
        admin = await asyncpg.connect(self.part.dsn())
        await admin.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'huzhu_bus'"
        )
        await admin.close()


@asynccontextmanager
async def bus_server(kind: str, *, partitions: int) -> AsyncIterator[BusServer]:
    """Start a server of this kind ("postgres" or "kafka") on fresh data; nothing of it is left afterwards."""
    home = short_lived_home("huzhu-bus-")
    part: EmbeddedKafka | EmbeddedPostgres
    if kind == "kafka":
        skip_without_kafka()
        part = EmbeddedKafka(home)
    else:
        part = EmbeddedPostgres(home, services=())
    try:
        async with part:
            if isinstance(part, EmbeddedPostgres):
                await create_schema(part.dsn("huzhu_bus", "bus_owner"))
            yield BusServer(part, partitions)
    finally:
        shutil.rmtree(home.path.parent, ignore_errors=True)
