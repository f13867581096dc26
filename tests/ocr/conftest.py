"""Fixtures of the ocr service's tests."""

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest_asyncio

from common.testing import Client, TestTenant

from .world import World

NewTenant = Callable[..., Awaitable[TestTenant]]


@pytest_asyncio.fixture
async def world(ocr: Client, new_tenant: NewTenant) -> AsyncIterator[World]:
    """A tenant of its own; what it queued and nobody read is taken off, so that no other test reads it."""
    made = World(ocr, await new_tenant(ocr.context))
    yield made
    await made.clear_queue()


@pytest_asyncio.fixture
async def other(ocr: Client, new_tenant: NewTenant) -> AsyncIterator[World]:
    """Another tenant."""
    made = World(ocr, await new_tenant(ocr.context))
    yield made
    await made.clear_queue()
