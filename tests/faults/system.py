"""The small system under fault: PostgreSQL, Valkey, a bus, one api and two workers, each a process to be killed."""

import asyncio
import json
import os
import shutil
import signal
import sys
import time
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import create_async_engine

from common.bus.postgres import create_schema
from common.crypto import Keyring, MasterKeys
from common.db import Database
from common.db.migrations import create_common_tables_v1, protect
from common.ids import new_id
from common.testing import Mint
from huzhu.home import Home
from huzhu.parts import EmbeddedKafka, EmbeddedPostgres, EmbeddedValkey
from huzhu.parts.part import Part
from huzhu.parts.ports import Ports
from tests.stack.servers import ASYNC, kill_part
from tests.stack_broker import short_lived_home, skip_without_kafka

from .sample import CHAINED, JWKS, PAUSE, TABLES

ROOT = Path(__file__).resolve().parents[2]
ROLE = "activities"
"""Whose roles and database the sample borrows: a home has secrets for the platform's services only."""
DATABASE = f"huzhu_{ROLE}"
WORKERS = ("worker-1", "worker-2")
PROCESSES = ("api", *WORKERS)
ANSWER_SECONDS = 120.0


class Nursery:
    """The warm process beside this one that forks the api and the workers."""

    def __init__(self, process: Process) -> None:
        self._process = process
        self.pids: dict[str, int] = {}
        self.died: list[str] = []
        """Processes that ended although nobody killed them."""
        self._killed: set[int] = set()
        self._changed = asyncio.Condition()
        self._reader = asyncio.create_task(self._read())
        self._ready = False

    @classmethod
    async def open(cls, module: str = "tests.faults.nursery") -> "Nursery":
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", module, cwd=ROOT, stdin=PIPE, stdout=PIPE
        )
        nursery = cls(process)
        await nursery._until(lambda: nursery._ready)
        return nursery

    async def _read(self) -> None:
        assert self._process.stdout
        async for line in self._process.stdout:
            said = json.loads(line)
            self._ready = True
            if "started" in said:
                self.pids[said["started"]] = said["pid"]
            elif "ended" in said:
                del self.pids[said["ended"]]
                if said["pid"] not in self._killed:
                    self.died.append(f"{said['ended']} ended by itself with {said['status']}")
            async with self._changed:
                self._changed.notify_all()

    async def _until(self, holds: Any) -> None:
        async with asyncio.timeout(ANSWER_SECONDS), self._changed:
            await self._changed.wait_for(holds)

    async def start(self, name: str, job: dict[str, Any]) -> None:
        """Fork a child of this name."""
        assert self._process.stdin
        self._process.stdin.write(json.dumps({"name": name, **job}).encode() + b"\n")
        await self._until(lambda: name in self.pids)

    async def kill(self, name: str) -> None:
        """Kill a child with SIGKILL and wait until it is gone; does nothing when it has ended."""
        pid = self.pids.get(name)
        if pid is None:
            return
        self._killed.add(pid)
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        await self._until(lambda: self.pids.get(name) != pid)

    async def close(self) -> None:
        """End the process; its children die with it."""
        self._killed.update(self.pids.values())
        assert self._process.stdin
        self._process.stdin.close()
        try:
            await asyncio.wait_for(self._process.wait(), 20)
        except TimeoutError:
            self._process.kill()
            await self._process.wait()
        await self._reader


@dataclass
class System:
    """The running parts and processes, and how each is killed and started."""

    home: Home
    postgres: EmbeddedPostgres
    valkey: EmbeddedValkey
    kafka: EmbeddedKafka | None
    mint: Mint
    nursery: Nursery
    pause: float = 0.3
    """Seconds between two attempts at a failing event."""
    chained: bool = True
    """Whether stage one says that it took effect, so that there is a stage two."""
    port: int = field(init=False)

    def __post_init__(self) -> None:
        self.port = Ports(self.home).take("api")

    @property
    def url(self) -> str:
        """Where the api is."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def parts(self) -> dict[str, Part]:
        """The servers by name."""
        found: dict[str, Part] = {"postgres": self.postgres, "valkey": self.valkey}
        return found | ({"kafka": self.kafka} if self.kafka else {})

    def owner_dsn(self) -> str:
        """The database as its owner, whom row-level security does not bind: for looking at everything."""
        return self.postgres.dsn(DATABASE, f"{ROLE}_owner")

    def environment(self) -> dict[str, str]:
        """What the processes read."""
        kafka = {"HUZHU_BUS": "kafka", "HUZHU_KAFKA_SERVERS": self.kafka.servers} if self.kafka else {}
        return {
            "SAMPLE_DATABASE_URL": self.postgres.dsn(DATABASE, f"{ROLE}_app", scheme=ASYNC),
            "SAMPLE_RELAY_DATABASE_URL": self.postgres.dsn(DATABASE, f"{ROLE}_relay", scheme=ASYNC),
            "HUZHU_BUS": "postgres",
            "HUZHU_BUS_DATABASE_URL": self.postgres.dsn("huzhu_bus", "bus_app", scheme=ASYNC),
            **kafka,
            "HUZHU_REDIS_URL": self.valkey.url,
            "HUZHU_MASTER_KEYS": self.home.secrets["master_key"],
            "HUZHU_LINK_KEY": self.home.secrets["link_signing_key"],
            "HUZHU_JWKS_URL": "http://127.0.0.1:9/none",
            JWKS: json.dumps({"keys": [self.mint.key.as_dict(private=False)]}),
            PAUSE: str(self.pause),
            CHAINED: str(int(self.chained)),
            "PORT": str(self.port),
        }

    async def new_tenant(self) -> UUID:
        """Return a tenant with a key of its own, which sealed answers need."""
        tenant = new_id()
        db = Database.connect(self.postgres.dsn(DATABASE, f"{ROLE}_app", scheme=ASYNC))
        async with db.transaction(tenant) as session:
            keyring = Keyring(MasterKeys.parse(self.home.secrets["master_key"]))
            await keyring.add_version(session, tenant)
        await db.close()
        return tenant

    async def start(self, name: str) -> None:
        """Start a part or process that does not run."""
        if name in self.parts:
            await self.parts[name].start()
        elif name not in self.nursery.pids:
            role = name.partition("-")[0]
            job = {"role": role, "env": self.environment(), "log": str(self.home.log_of(name))}
            await self.nursery.start(name, job)

    async def kill(self, name: str) -> None:
        """Kill a part or process with SIGKILL."""
        if name in self.parts:
            await kill_part(self.parts[name])
        else:
            await self.nursery.kill(name)

    async def start_all(self) -> None:
        """Start every process that does not run."""
        for name in PROCESSES:
            await self.start(name)

    async def until_ready(self) -> None:
        """Wait until the api answers and reaches its database."""
        end = time.monotonic() + ANSWER_SECONDS
        async with httpx.AsyncClient(base_url=self.url, trust_env=False) as http:
            while True:
                with suppress(httpx.TransportError):
                    if (await http.get("/readyz")).is_success:
                        return
                assert time.monotonic() < end and not self.nursery.died, (
                    self.nursery.died,
                    self.last_words(),
                )
                await asyncio.sleep(0.1)

    def last_words(self, lines: int = 30) -> str:
        """How the processes' logs end, for a failing test."""
        said = []
        for name in PROCESSES:
            with suppress(FileNotFoundError):
                tail = self.home.log_of(name).read_text(errors="replace").splitlines()[-lines:]
                said.append("\n".join((f"--- {name}", *tail)))
        return "\n".join(said)


def build(connection: Connection) -> None:
    """Create the sample's tables."""
    with Operations.context(MigrationContext.configure(connection)) as op:
        create_common_tables_v1(service=ROLE)
        for table, columns in TABLES.items():
            op.execute(f"CREATE TABLE {table} {columns}")
            protect(table, service=ROLE)


async def prepare(postgres: EmbeddedPostgres) -> None:
    """Create the sample's database and that of the bus."""
    engine = create_async_engine(postgres.dsn(DATABASE, f"{ROLE}_owner", scheme=ASYNC))
    async with engine.begin() as connection:
        await connection.run_sync(build)
    await engine.dispose()
    await create_schema(postgres.dsn("huzhu_bus", "bus_owner"))


@asynccontextmanager
async def running_system(bus: str, *, chained: bool = True, on_disk: bool = False) -> AsyncIterator[System]:
    """Start the whole system on fresh data; nothing of it is left afterwards, however the test ends."""
    if bus == "kafka":
        skip_without_kafka()
    home = short_lived_home("huzhu-faults-", on_disk=on_disk)
    async with AsyncExitStack() as stack:
        stack.callback(shutil.rmtree, home.path.parent, ignore_errors=True)
        postgres = await stack.enter_async_context(EmbeddedPostgres(home, services=(ROLE,)))
        valkey = await stack.enter_async_context(EmbeddedValkey(home))
        kafka = await stack.enter_async_context(EmbeddedKafka(home)) if bus == "kafka" else None
        await prepare(postgres)
        nursery = await Nursery.open()
        stack.push_async_callback(nursery.close)
        system = System(home, postgres, valkey, kafka, Mint(), nursery, chained=chained)
        await system.start_all()
        await system.until_ready()
        yield system
