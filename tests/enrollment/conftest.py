"""Fixtures of enrollment's tests."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import select

from common.bus.postgres import PostgresBus
from common.consumer import Worker
from common.contracts.pack import TenantPack, load_pack
from common.events import Envelope
from common.events.models import OutboxEvent
from common.testing import Client, Pump, TestTenant
from enrollment.worker import create_worker

from .beijing import Beijing
from .campus import Campus
from .world import World

NewTenant = Callable[..., Awaitable[TestTenant]]


@pytest_asyncio.fixture
async def world(enrollment: Client, new_tenant: NewTenant) -> World:
    """A tenant of its own with an approved unit."""
    made = World(enrollment, await new_tenant(enrollment.context))
    await made.approve_unit()
    return made


@pytest.fixture(scope="session")
def beijing_pack() -> TenantPack:
    return load_pack(Path(__file__).resolve().parents[2] / "tenants" / "beijing.yaml")


@pytest_asyncio.fixture
async def beijing(enrollment: Client, new_tenant: NewTenant, beijing_pack: TenantPack) -> Beijing:
    """A tenant of its own with the Beijing pack and an approved unit."""
    made = Beijing(enrollment, await new_tenant(enrollment.context, pack=beijing_pack))
    await made.approve_unit()
    return made


@pytest_asyncio.fixture
async def other(enrollment: Client, new_tenant: NewTenant) -> World:
    """Another tenant with an approved unit."""
    made = World(enrollment, await new_tenant(enrollment.context))
    await made.approve_unit()
    return made


@pytest.fixture(scope="session")
def bit_pack() -> TenantPack:
    return load_pack(Path(__file__).resolve().parents[2] / "tenants" / "bit.yaml")


@pytest_asyncio.fixture
async def campus(enrollment: Client, new_tenant: NewTenant, bit_pack: TenantPack) -> Campus:
    """A union whose members apply alone."""
    return await Campus(enrollment, await new_tenant(enrollment.context, pack=bit_pack)).open()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def worker(environment: dict[str, str]) -> AsyncIterator[Worker]:
    """Enrollment's worker, not running."""
    made = create_worker()
    yield made
    await made.context.close()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def pump(worker: Worker, bus: PostgresBus) -> AsyncIterator[Pump]:
    """Carries enrollment's events to enrollment."""
    made = await Pump(bus, [worker]).start()
    yield made
    await made.stop()


@pytest.fixture
def emitted_of() -> Callable[[World], Awaitable[list[Any]]]:
    """The events in the outbox of a world's tenant, oldest first."""

    async def read(world: World) -> list[Any]:
        async with world.client.context.db.transaction(world.tenant.id) as session:
            statement = select(OutboxEvent.envelope).where(OutboxEvent.tenant_id == world.tenant.id)
            rows = (await session.execute(statement.order_by(OutboxEvent.seq))).scalars()
            return [Envelope.decode(raw) for raw in rows]

    return read


@pytest.fixture
def emitted(world: World, emitted_of: Any) -> Callable[[], Awaitable[list[Any]]]:
    """The events in the outbox of the world's tenant, oldest first."""

    async def read() -> list[Any]:
        return await emitted_of(world)

    return read
