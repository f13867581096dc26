"""Fixtures of identity's tests."""

import pytest_asyncio

from common.testing import Client

from .offices import Office, new_office
from .union import Union, new_union


@pytest_asyncio.fixture(loop_scope="session")
async def union(identity: Client) -> Union:
    return await new_union(identity)


@pytest_asyncio.fixture(loop_scope="session")
async def other(identity: Client) -> Union:
    return await new_union(identity)


@pytest_asyncio.fixture(loop_scope="session")
async def office(identity: Client) -> Office:
    return await new_office(identity)
