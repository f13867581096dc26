"""Fixtures of the claims service's tests."""

from collections.abc import AsyncIterator, Awaitable, Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import asyncpg
import pytest
import pytest_asyncio

from common.contracts.pack import TenantPack, load_pack
from common.ids import new_id
from common.testing import Client, TestTenant

from .world import Person, World

ROOT = Path(__file__).resolve().parents[2]
NewTenant = Callable[..., Awaitable[TestTenant]]


@pytest.fixture(scope="session")
def wuxi_plain(wuxi_pack: TenantPack) -> TenantPack:
    """Wuxi's pack, but rules may also decide what members hand in themselves, and each such decision is sampled."""
    kinds = [
        kind.model_copy(
            update={
                "straight_through": kind.straight_through.model_copy(
                    update={"opened_by": ("member", "feed", "counter"), "sample_share": Decimal(1)}
                )
            }
        )
        for kind in wuxi_pack.claims
    ]
    return wuxi_pack.model_copy(update={"claims": tuple(kinds)})


@pytest_asyncio.fixture
async def world(claims: Client, new_tenant: NewTenant, wuxi_plain: TenantPack) -> World:
    """A tenant of its own with an approved unit."""
    made = World(claims, await new_tenant(claims.context, pack=wuxi_plain))
    await made.approve_unit()
    return made


@pytest_asyncio.fixture
async def other(claims: Client, new_tenant: NewTenant) -> World:
    """Another tenant."""
    made = World(claims, await new_tenant(claims.context))
    await made.approve_unit()
    return made


@pytest_asyncio.fixture
async def person(world: World) -> Person:
    """A covered person."""
    return await world.cover()


@pytest.fixture
def union(claims: Client, new_tenant: NewTenant) -> Callable[[str], Awaitable[World]]:
    """Make a tenant with the pack of one of the four unions as it ships."""

    async def make(code: str) -> World:
        pack = load_pack(ROOT / "tenants" / f"{code}.yaml")
        made = World(claims, await new_tenant(claims.context, pack=pack))
        await made.approve_unit()
        return made

    return make


@pytest.fixture
async def spare_database(parts: Any) -> AsyncIterator[str]:
    """An empty database of the service, of this test alone: its name."""
    name = f"huzhu_claims_{new_id().hex}"
    admin = await asyncpg.connect(parts.postgres.dsn())
    await admin.execute(f"CREATE DATABASE {name} OWNER claims_owner")
    yield name
    await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await admin.close()
