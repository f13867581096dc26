"""An endpoint is removed, paused or replayed while its deliveries are being written down: neither waits for ever."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import orjson
import pytest
from sqlalchemy import text as sql

from common.auth import Actor
from common.clock import now
from common.ids import new_id
from notify.webhooks import service
from notify.webhooks.models import WebhookEndpoint
from notify.webhooks.recording import delivery_row
from notify.webhooks.repository import WebhookRepository
from notify.webhooks.schemas import ReplayRange

from .conftest import Place
from .webhooking import CLAIM, ORDER, Owner, city, claim, handler, order, receiver

__all__ = ["city", "handler", "receiver"]
SECONDS = 30.0
N06 = pytest.mark.feature("N.06")
Work = Callable[[Any, Actor, UUID, int], Awaitable[Any]]


async def remove(session: Any, actor: Actor, endpoint_id: UUID, version: int) -> None:
    await service.remove_endpoint(session, actor=actor, endpoint_id=endpoint_id, version=version)


async def pause(session: Any, actor: Actor, endpoint_id: UUID, version: int) -> None:
    await service.pause_endpoint(session, actor=actor, endpoint_id=endpoint_id)


async def replay(session: Any, actor: Actor, endpoint_id: UUID, version: int) -> None:
    body = ReplayRange.model_validate({"since": "2020-01-01T00:00:00Z"})
    await service.replay_range(session, actor=actor, endpoint_id=endpoint_id, body=body)


@asynccontextmanager
async def holding(place: Place, endpoint_id: UUID) -> Any:
    """A transaction of somebody who has locked the endpoint and not gone on yet."""
    async with place.client.context.db.transaction(place.tenant.id) as session:
        found = await WebhookRepository(session, place.tenant.id).find(
            WebhookEndpoint, endpoint_id, lock=True
        )
        assert found is not None
        yield session


@N06
@pytest.mark.parametrize("work", [remove, pause, replay])
async def test_what_an_owner_does_while_deliveries_are_written_down(handler: Owner, work: Work) -> None:
    endpoint = await handler.register()
    place, endpoint_id = handler.place, UUID(endpoint["id"])
    await place.deliver(*(order(place) for _ in range(3)))
    async with holding(place, endpoint_id) as session:
        settling = asyncio.create_task(handler.deliver())
        await place.somebody_waits()
        async with asyncio.timeout(SECONDS):
            await work(session, handler.actor, endpoint_id, endpoint["version"])
    async with asyncio.timeout(SECONDS):
        assert await settling == 3
    assert len(handler.receiver.got) == 3
    if work is remove:
        assert (await place.client.get(f"/webhooks/{endpoint_id}", handler.actor)).status_code == 404
    else:
        assert len(await handler.log(endpoint)) == 3


async def old_body(place: Place, endpoint: dict[str, Any]) -> None:
    """Put back into a queued body what units were told before the rule."""
    async with place.client.context.db.transaction(place.tenant.id) as session:
        ((row_id, payload),) = await session.execute(
            sql("SELECT id, payload FROM webhook_delivery WHERE endpoint_id = :id"),
            {"id": UUID(endpoint["id"])},
        )
        body = orjson.loads(payload)
        body["data"]["claim"] |= {"kind": "critical-illness", "product_code": "three-in-one"}
        await session.execute(
            sql("UPDATE webhook_delivery SET payload = :payload WHERE id = :id"),
            {"payload": orjson.dumps(body).decode(), "id": row_id},
        )


@N06
async def test_what_was_queued_before_a_rule_leaves_and_is_shown_by_the_rule(
    handler: Owner, city: Owner
) -> None:
    place = handler.place
    mine, theirs = await handler.register(CLAIM), await city.register(CLAIM)
    await place.deliver(claim(place))
    for endpoint in (mine, theirs):
        await old_body(place, endpoint)
    assert await handler.deliver() == 2
    told = sorted((body["data"]["claim"] for body in handler.receiver.bodies), key=len)
    assert {"kind", "product_code"}.isdisjoint(told[0]), "an employer learns neither"
    assert (told[1]["kind"], told[1]["product_code"]) == ("critical-illness", "three-in-one"), "the city does"
    assert told[0]["amount"] == told[1]["amount"] == "15000.00"
    (listed,) = await handler.log(mine)
    shown = await handler.ask("GET", f"/{mine['id']}/deliveries/{listed['id']}")
    assert {"kind", "product_code"}.isdisjoint(shown["payload"]["data"]["claim"])
    assert handler.receiver.signed_by(mine["secret"], 0) or handler.receiver.signed_by(mine["secret"], 1)


async def test_a_body_within_the_rules_is_sent_byte_for_byte(handler: Owner) -> None:
    endpoint = await handler.register(ORDER)
    place = handler.place
    await place.deliver(order(place))
    async with place.client.context.db.transaction(place.tenant.id) as session:
        (payload,) = (await session.execute(sql("SELECT payload FROM webhook_delivery"))).scalars()
    await handler.deliver()
    (delivery,) = await handler.log(endpoint)
    await handler.ask("POST", f"/{endpoint['id']}/deliveries/{delivery['id']}/replay")
    await handler.deliver()
    assert [body for _, body in handler.receiver.got] == [payload.encode()] * 2


@N06
async def test_an_event_that_comes_while_an_endpoint_is_resumed_is_not_left_behind(handler: Owner) -> None:
    endpoint, place = await handler.register(ORDER), handler.place
    await handler.ask("POST", f"/{endpoint['id']}/pause")
    async with place.client.context.db.transaction(place.tenant.id) as session:
        repository = WebhookRepository(session, place.tenant.id)
        (listening,) = await repository.listening(ORDER)
        await repository.add_once([delivery_row(listening, new_id(), ORDER, now(), {})])
        resume = f"/{endpoint['id']}/resume"
        resumed = asyncio.create_task(handler.ask("POST", resume, {"deliver_held": True}))
        done, _ = await asyncio.wait({resumed}, timeout=0.5)
        assert not done, "it waits for the event"
    await resumed
    assert [row["state"] for row in await handler.log(endpoint)] == ["queued"]
    assert await handler.deliver() == 1
