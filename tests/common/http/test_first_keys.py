"""The first requests after a start come together, before the signing keys are there: all of them are let in."""

import asyncio

import httpx

from common.auth import Actor, ActorKind, TokenVerifier
from common.ids import new_id
from common.testing import Mint


async def test_requests_that_wait_for_the_keys_are_all_let_in() -> None:
    mint, fetched = Mint(), 0
    actor = Actor(kind=ActorKind.MEMBER, id=new_id(), tenant_id=new_id(), tenant="wuxi")

    async def keys(_: httpx.Request) -> httpx.Response:
        nonlocal fetched
        fetched += 1
        await asyncio.sleep(0.05)
        return httpx.Response(200, json={"keys": [mint.key.as_dict(private=False)]})

    async with httpx.AsyncClient(transport=httpx.MockTransport(keys)) as client:
        verifier = TokenVerifier(issuer="huzhu", jwks_url="http://identity/jwks.json", client=client)
        token = mint.token(actor)
        found = await asyncio.gather(*(verifier.verify(token) for _ in range(6)))
    assert {one.id for one in found} == {actor.id}
    assert fetched == 1
