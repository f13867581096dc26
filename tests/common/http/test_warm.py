"""What a process makes once is made before it says that it is ready, and what is away then keeps nobody unready."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Annotated, Any

import fastapi.routing
import httpx
import pytest
from fastapi import APIRouter

from common.app import build_app
from common.auth import Actor, permission
from common.auth.tokens import TokenVerifier
from common.http import ServiceContext, context, requires
from common.testing import Mint, TestTenant

from ..consumer.conftest import sample_context  # noqa: F401

LOOK = permission("sample.warm.look", "试验")
router = APIRouter()


@router.get("/warm")
async def look(actor: Annotated[Actor, requires(LOOK)]) -> str:
    return actor.tenant


def keys_of(mint: Mint) -> dict[str, Any]:
    return {"keys": [mint.key.as_dict(private=False)]}


class Identity:
    """Answers for its keys, hangs, or is away."""

    def __init__(self, keys: dict[str, Any] | None, *, hangs: bool = False) -> None:
        self.keys, self.hangs, self.asked = keys, hangs, 0

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked += 1
        if self.hangs:
            await asyncio.sleep(60)
        return httpx.Response(200, json=self.keys) if self.keys else httpx.Response(503)


@asynccontextmanager
async def started(sample: ServiceContext, identity: Identity) -> AsyncIterator[httpx.AsyncClient]:
    class Shared(ServiceContext):
        async def close(self) -> None:
            """The fixture that made the connections closes them."""

    asking = httpx.AsyncClient(transport=httpx.MockTransport(identity))
    verifier = TokenVerifier(
        issuer=sample.settings.issuer, jwks_url="http://identity.invalid/jwks.json", client=asking
    )
    app = build_app(Shared(**{**vars(sample), "verifier": verifier, "warm": False}), [router], title="warm")
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            yield client


async def test_the_first_request_after_readiness_makes_and_fetches_nothing(
    sample_context: ServiceContext,  # noqa: F811
    mint: Mint,
    new_tenant: Callable[..., Awaitable[TestTenant]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    identity = Identity(keys_of(mint))
    async with started(sample_context, identity) as client:
        for _ in range(2):
            assert (await client.get("/readyz")).status_code == 200
        assert identity.asked == 1

        def refuse(*_: Any, **__: Any) -> None:
            raise AssertionError("a route is made while somebody waits")

        monkeypatch.setattr(fastapi.routing, "get_dependant", refuse)
        actor = mint.actor(await new_tenant(sample_context), LOOK)
        assert (await client.get("/warm", headers=mint.headers(actor))).status_code == 200
        assert identity.asked == 1


@pytest.mark.parametrize("hangs", [False, True], ids=["away", "hangs"])
async def test_keys_that_cannot_be_read_keep_no_process_unready(
    sample_context: ServiceContext,  # noqa: F811
    mint: Mint,
    monkeypatch: pytest.MonkeyPatch,
    hangs: bool,
) -> None:
    """Identity and the others start together, and wait for each other in no order."""
    monkeypatch.setattr(context, "WARM_WITHIN", 0.2)
    identity = Identity(None, hangs=hangs)
    async with started(sample_context, identity) as client:
        assert (await client.get("/readyz")).status_code == 200
        identity.keys, identity.hangs = keys_of(mint), False
        assert (await client.get("/warm", headers={"Authorization": "Bearer a.b.c"})).status_code == 401
    assert identity.asked == 2, "asked again for the first token"
