"""Fixtures of the claims service's tests."""

from collections.abc import Awaitable, Callable

import pytest_asyncio

from common.testing import Client, TestTenant

from .world import Person, World

NewTenant = Callable[..., Awaitable[TestTenant]]


@pytest_asyncio.fixture
async def world(claims: Client, new_tenant: NewTenant) -> World:
    """A tenant of its own with an approved unit."""
    made = World(claims, await new_tenant(claims.context))
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
