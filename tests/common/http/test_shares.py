"""A union whose requests hang keeps its share of a process and no more: the others are answered meanwhile."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Annotated
from uuid import uuid4

import pytest
import pytest_asyncio
from fastapi import APIRouter

from common.app import build_app
from common.auth import Actor, permission
from common.errors import ServiceBusy
from common.http import ServiceContext, SessionDep, requires
from common.http.shares import Shares
from common.testing import Client, Mint, TestTenant, client_of

from ..consumer.conftest import sample_context  # noqa: F401

LOOK = permission("sample.share.look", "试验")
router = APIRouter()
hanging: dict[str, asyncio.Event] = {}


@router.get("/wait")
async def wait(session: SessionDep, actor: Annotated[Actor, requires(LOOK)]) -> str:
    if actor.tenant in hanging:
        await hanging[actor.tenant].wait()
    return actor.tenant


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def app(sample_context: ServiceContext, mint: Mint) -> AsyncIterator[Client]:  # noqa: F811
    class Shared(ServiceContext):
        async def close(self) -> None:
            """The fixture that made the connections closes them."""

    async with client_of(build_app(Shared(**vars(sample_context)), [router], title="shares"), mint) as client:
        yield client


async def test_a_union_that_hangs_takes_no_connection_of_another(
    app: Client, new_tenant: Callable[..., Awaitable[TestTenant]]
) -> None:
    slow, quick = await new_tenant(app.context), await new_tenant(app.context)
    staff = {one.code: app.mint.actor(one, LOOK) for one in (slow, quick)}
    hanging[slow.code] = asyncio.Event()
    most = app.context.settings.database_pool_size
    waiting = [asyncio.create_task(app.get("/wait", staff[slow.code])) for _ in range(4 * most)]
    try:
        answers = await asyncio.gather(*(app.get("/wait", staff[quick.code]) for _ in range(2 * most)))
        assert [answer.status_code for answer in answers] == [200] * 2 * most
        assert not any(task.done() for task in waiting)
    finally:
        hanging.pop(slow.code).set()
    assert [answer.status_code for answer in await asyncio.gather(*waiting)] == [200] * 4 * most


async def test_who_waits_too_long_is_told_to_come_again() -> None:
    shares, one, other = Shares("sample", most=1, wait_seconds=0.01), uuid4(), uuid4()
    async with shares.of(one):
        with pytest.raises(ServiceBusy):
            async with shares.of(one):
                raise AssertionError("two places")
        async with shares.of(other):
            pass
    async with shares.of(one):
        pass
