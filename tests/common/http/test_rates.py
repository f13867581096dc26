"""A union that asks too often is turned away by itself: told when to come again, and nobody else is."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Annotated
from uuid import UUID, uuid4

import pytest
import pytest_asyncio
from fastapi import APIRouter, Depends
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from common.app import build_app
from common.auth import Actor, permission
from common.http import ServiceContext, requires, tenant_of
from common.http.rates import BURST_SECONDS, UnionAsksTooOften, UnionRates
from common.testing import Client, Mint, TestTenant, client_of

from ..consumer.conftest import sample_context  # noqa: F401

LOOK = permission("sample.rate.look", "试验")
router = APIRouter()


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


clock = Clock()


@router.get("/mine")
async def mine(actor: Annotated[Actor, requires(LOOK)]) -> str:
    return actor.tenant


@router.get("/open")
async def anybody(tenant_id: Annotated[UUID, Depends(tenant_of)]) -> str:
    return str(tenant_id)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def app(sample_context: ServiceContext, mint: Mint) -> AsyncIterator[Client]:  # noqa: F811
    class Shared(ServiceContext):
        async def close(self) -> None:
            """The fixture that made the connections closes them."""

    context = Shared(**{**vars(sample_context), "rates": UnionRates("sample", per_second=1, clock=clock)})
    async with client_of(build_app(context, [router], title="rates"), mint) as client:
        yield client


async def test_a_union_is_told_when_to_come_again_and_the_others_are_answered(
    app: Client, new_tenant: Callable[..., Awaitable[TestTenant]]
) -> None:
    loud, quiet = await new_tenant(app.context), await new_tenant(app.context)
    caller, other = app.mint.actor(loud, LOOK), app.mint.actor(loud, LOOK)
    for _ in range(BURST_SECONDS):
        assert (await app.get("/mine", caller)).status_code == 200
    with capture_logs() as lines:
        refused = await app.get("/mine", other)
    assert [(line["status"], line["route"]) for line in lines if line["event"] == "refused"] == [
        (429, "/mine")
    ]
    assert (refused.status_code, refused.json()["code"]) == (429, "rate.union")
    assert refused.headers["retry-after"] == "1"
    assert refused.json()["detail"] == "本工会的访问过于频繁，请 1 秒后再试，您的内容没有丢失。"
    english = await app.get("/mine", other, headers={"Accept-Language": "en"})
    assert english.json()["detail"].startswith("Your union's requests come too fast.")

    assert (await app.get("/mine", app.mint.actor(quiet, LOOK))).status_code == 200
    assert (await app.get("/open", tenant=loud.code)).status_code == 200, "a stranger is not counted"
    clock.now += 1
    assert (await app.get("/mine", caller)).status_code == 200
    assert (await app.get("/mine", caller)).status_code == 429


async def test_strangers_who_name_a_union_keep_nobody_from_signing_in(
    app: Client, new_tenant: Callable[..., Awaitable[TestTenant]]
) -> None:
    union = await new_tenant(app.context)
    answers = {(await app.get("/open", tenant=union.code)).status_code for _ in range(BURST_SECONDS + 5)}
    assert answers == {200}
    assert (await app.get("/mine", app.mint.actor(union, LOOK))).status_code == 200


async def test_a_token_that_does_not_verify_is_counted_for_nobody(
    app: Client, new_tenant: Callable[..., Awaitable[TestTenant]]
) -> None:
    union = await new_tenant(app.context)
    forged = {"Authorization": f"Bearer {Mint().token(app.mint.actor(union, LOOK))}"}
    answers = {(await app.get("/mine", headers=forged)).status_code for _ in range(BURST_SECONDS + 5)}
    assert 429 not in answers
    assert (await app.get("/mine", app.mint.actor(union, LOOK))).status_code == 200


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(1, 50), st.lists(st.floats(0, 3), min_size=1, max_size=200))
def test_never_more_than_the_burst_and_what_was_earned(rate: int, pauses: list[float]) -> None:
    time, union = Clock(), uuid4()
    rates, began, passed = UnionRates("sample", per_second=rate, clock=time), time.now, 0
    for pause in pauses:
        time.now += pause
        try:
            rates.take(union)
        except UnionAsksTooOften as refused:
            time.now += refused.params["seconds"]
            rates.take(union)
        passed += 1
    assert passed <= rate * (BURST_SECONDS + time.now - began) + 1e-6


def test_no_limit_where_none_is_set() -> None:
    rates, union = UnionRates("sample", per_second=0), uuid4()
    for _ in range(10_000):
        rates.take(union)
    with pytest.raises(UnionAsksTooOften):
        one = UnionRates("sample", per_second=1, clock=lambda: 0.0)
        for _ in range(BURST_SECONDS + 1):
            one.take(union)
