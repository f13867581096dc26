"""Webhooks that fail: tried again, given up, switched off, and none stops another."""

import time
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text as sql

from common import clock
from notify.webhooks.calling import Caller

from .webhooking import ORDER, Owner, city, handler, order, receiver

__all__ = ["city", "handler", "receiver"]


@pytest.mark.feature("N.06")
async def test_failures_are_tried_again_later_and_then_given_up(handler: Owner) -> None:
    endpoint = await handler.register()
    await handler.place.deliver(order(handler.place))
    moment, gaps = clock.now(), []
    handler.receiver.status = 500
    for _ in range(12):
        with clock.set_to(moment):
            assert await handler.deliver() == 1 and await handler.deliver() == 0, "not before its time"
            (delivery,) = await handler.log(endpoint)
        if delivery["state"] == "queued":
            due = datetime.fromisoformat(delivery["next_attempt_at"])
            gaps.append((due - moment).total_seconds())
            moment = due + timedelta(seconds=1)
    assert delivery["state"] in ("failed", "held") and delivery["last_failure"] == "status"
    assert gaps == sorted(gaps) and gaps[0] < 10 and gaps[-1] > 80_000
    assert len({headers["webhook-id"] for headers, _ in handler.receiver.got}) == 1, (
        "the same id at every attempt"
    )


@pytest.mark.feature("N.06")
@pytest.mark.parametrize("how", ["slow", "closed", "redirect"])
async def test_a_slow_a_closed_and_a_redirecting_receiver(handler: Owner, how: str) -> None:
    changes: dict[str, Any] = {}
    if how == "closed":
        changes["url"] = "http://127.0.0.1:9/hooks".replace(":9/", ":65530/")
    handler.receiver.pause = 9.0 if how == "slow" else 0
    handler.receiver.status = 302 if how == "redirect" else 200
    endpoint = await handler.register(**changes)
    await handler.place.deliver(order(handler.place))
    began = time.monotonic()
    await handler.deliver(seconds=3.0)
    assert time.monotonic() - began < 8, "a slow receiver holds nobody up"
    (delivery,) = await handler.log(endpoint)
    expected = {"slow": "timeout", "closed": "ConnectError", "redirect": "status"}
    assert (delivery["state"], delivery["last_failure"]) == ("queued", expected[how])
    assert len(handler.receiver.got) == {"slow": 1, "closed": 0, "redirect": 1}[how], (
        "no redirect is followed"
    )


@pytest.mark.feature("N.06")
async def test_three_days_of_failure_switch_it_off_and_the_owner_is_told(handler: Owner) -> None:
    endpoint = await handler.register()
    handler.receiver.status = 503
    await handler.place.deliver(order(handler.place))
    await handler.deliver()
    later = clock.now() + timedelta(days=3, minutes=1)
    with clock.set_to(later):
        await handler.deliver()
        found = await handler.ask("GET", f"/{endpoint['id']}")
        assert (found["state"], found["reason"]) == ("disabled", "failing")
        await handler.place.deliver(order(handler.place, number="while-off"))
        assert await handler.deliver() == 0
        assert {item["state"] for item in await handler.log(endpoint)} == {"held"}
        reader = handler.actor.model_copy(update={"permissions": frozenset({"notify.message.read_own"})})
        inbox = (await handler.place.client.get("/messages", reader)).json()["items"]
        assert any("人事系统" in item["text"] and "已停用" in item["text"] for item in inbox)
        tested = await handler.place.client.post(f"/webhooks/{endpoint['id']}/test", handler.actor)
        assert tested.json()["code"] == "webhook.not_active"
        handler.receiver.status = 204
        await handler.ask("POST", f"/{endpoint['id']}/resume", {})
        assert await handler.deliver() == 2
        assert {item["state"] for item in await handler.log(endpoint)} == {"delivered"}


@pytest.mark.feature("N.06")
async def test_gone_switches_it_off_at_once(handler: Owner) -> None:
    endpoint = await handler.register()
    handler.receiver.status = 410
    await handler.place.deliver(order(handler.place))
    await handler.deliver()
    assert (await handler.ask("GET", f"/{endpoint['id']}"))["reason"] == "gone"


@pytest.mark.feature("N.06")
async def test_one_bad_address_stops_and_doubles_nothing(
    handler: Owner, monkeypatch: pytest.MonkeyPatch
) -> None:
    address_of = handler.receiver.url
    good, bad, broken = [await handler.register(ORDER, url=f"{address_of}/{number}") for number in range(3)]
    place = handler.place
    async with place.client.context.db.transaction(place.tenant.id) as session:
        for endpoint, url in ((bad, "https://a..b.example.com/hook"), (broken, "http://broken.example/")):
            await session.execute(
                sql("UPDATE webhook_endpoint SET url = :url WHERE id = :id"),
                {"url": url, "id": endpoint["id"]},
            )
    ordinary = Caller._address

    async def address(self: Caller, host: str, port: int) -> str:
        if host == "broken.example":
            raise LookupError("whatever")
        return await ordinary(self, host, port)

    monkeypatch.setattr(Caller, "_address", address)
    await place.deliver(order(place))
    assert await handler.deliver() == 3
    assert len(handler.receiver.got) == 1 and await handler.deliver() == 0
    (fine,), (refused,), (odd,) = [await handler.log(endpoint) for endpoint in (good, bad, broken)]
    assert (fine["state"], fine["attempts"]) == ("delivered", 1)
    assert (refused["state"], refused["last_failure"]) == ("queued", "address.host")
    assert (odd["state"], odd["last_failure"]) == ("queued", "LookupError")
