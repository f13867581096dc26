"""A small service of its own: one table of effects, one event, a handler that can be told to fail."""

from collections import defaultdict
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import ClassVar
from uuid import UUID

import asyncpg
import pytest
import pytest_asyncio
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine

from common.bus.postgres import PostgresBus
from common.consumer.parking import Parking
from common.consumer.runtime import Runtime
from common.consumer.subscription import ConsumerContext, subscribe
from common.db import unscoped
from common.db.migrations import create_common_tables_v1, protect
from common.events import Event
from common.http.context import ServiceContext
from common.ids import new_id
from common.proposals.migrations import create_proposal_table_v1
from common.settings import CommonSettings
from common.tasks.migrations import create_task_table_v1

ROLE = "activities"
EFFECTS = """CREATE TABLE effect (tenant_id uuid NOT NULL, id bigint GENERATED ALWAYS AS IDENTITY,
  key text NOT NULL, number int NOT NULL, PRIMARY KEY (tenant_id, id))"""


class ThingHappened(Event):
    """Test event."""

    wire: ClassVar[str] = "sample.thing_happened.v1"
    thing: str
    number: int

    @property
    def key(self) -> str:
        return self.thing


class MailWanted(ThingHappened):
    """Test event whose handler acts outside."""

    wire: ClassVar[str] = "sample.mail_wanted.v1"


@dataclass
class Faults:
    """Which numbers fail, and with what."""

    failing: dict[int, Exception] = field(default_factory=dict)
    calls: dict[int, int] = field(default_factory=lambda: defaultdict(int))


faults = Faults()


async def record(session: AsyncSession, event: ThingHappened, context: ConsumerContext) -> None:
    faults.calls[event.number] += 1
    await session.execute(
        unscoped(text("INSERT INTO effect (tenant_id, key, number) VALUES (:t, :k, :n)"), why="test"),
        {"t": context.envelope.tenantid, "k": event.thing, "n": event.number},
    )
    if event.number in faults.failing:
        raise faults.failing[event.number]


SUBSCRIPTIONS = (subscribe(ThingHappened, record), subscribe(MailWanted, record, acts=True))


def build(connection: Connection) -> None:
    with Operations.context(MigrationContext.configure(connection)) as op:
        create_common_tables_v1(service=ROLE)
        create_task_table_v1(service=ROLE)
        create_proposal_table_v1(service=ROLE)
        op.execute(EFFECTS)
        protect("effect", service=ROLE)


@dataclass
class Sample:
    """The service under test."""

    context: ServiceContext
    runtime: Runtime
    bus: PostgresBus
    tenant: UUID

    @property
    def parking(self) -> Parking:
        """What a process that was just started does about parked events."""
        return Parking(self.runtime)

    async def effects(self, tenant: UUID | None = None) -> list[tuple[str, int]]:
        tenant = tenant or self.tenant
        async with self.context.db.transaction(tenant) as session:
            query = unscoped(text("SELECT key, number FROM effect ORDER BY id"), why="test")
            return [(row.key, row.number) for row in await session.execute(query)]

    async def numbers(self, thing: str) -> list[int]:
        return [number for key, number in await self.effects() if key == thing]


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def sample_context(parts: "object", environment: dict[str, str]) -> AsyncIterator[ServiceContext]:
    name = f"huzhu_sample_{new_id().hex}"
    dsn = parts.postgres.dsn()  # type: ignore[attr-defined]
    admin = await asyncpg.connect(dsn)
    await admin.execute(f"CREATE DATABASE {name} OWNER {ROLE}_owner")
    await admin.close()
    url = {
        role: parts.postgres.dsn(name, f"{ROLE}_{role}", scheme="postgresql+asyncpg")  # type: ignore[attr-defined]
        for role in ("owner", "app", "relay")
    }
    owner = create_async_engine(url["owner"])
    async with owner.begin() as connection:
        await connection.run_sync(build)
    await owner.dispose()
    settings = CommonSettings(database_url=url["app"], relay_database_url=url["relay"])  # type: ignore[call-arg]
    context = ServiceContext.make("sample", settings)
    yield context
    await context.close()


@pytest.fixture
def sample(sample_context: ServiceContext, bus: PostgresBus) -> Sample:
    faults.failing.clear()
    faults.calls.clear()
    return Sample(sample_context, Runtime(sample_context, SUBSCRIPTIONS, bus), bus, new_id())
