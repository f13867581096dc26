"""Webhooks against a real receiver on this machine: signed, held, replayed, each unit its own."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest

from common import clock
from common.auth import ActorKind
from common.contracts.claims import PayoutCompleted, PayoutFact
from common.contracts.identity import MembersAdmitted
from common.contracts.notify import ArticlePublished
from common.ids import new_id
from common.testing import TestTenant
from notify.webhooks.catalogue import TYPES, fields_of
from notify.webhooks.delivering import forget_deliveries

from .webhooking import CLAIM, MANAGE, ORDER, Owner, city, claim, handler, order, receiver

__all__ = ["city", "handler", "receiver"]


@pytest.mark.feature("N.06")
async def test_the_same_address_is_not_registered_twice(handler: Owner, city: Owner) -> None:
    endpoint = await handler.register()
    body = {"url": handler.receiver.url, "description": "人事系统二", "event_types": [ORDER]}
    twice = await handler.place.client.post("/webhooks", handler.actor, json=body)
    assert (twice.status_code, twice.json()["code"]) == (409, "webhook.already_registered")
    assert "人事系统" in twice.json()["detail"]
    other = await handler.register(url=f"{handler.receiver.url}/2")
    moved = await handler.place.client.send(
        "PUT", f"/webhooks/{other['id']}", handler.actor, json=body, headers={"If-Match": "1"}
    )
    assert moved.json()["code"] == "webhook.already_registered"
    same = await handler.ask("PUT", f"/{endpoint['id']}", body, headers={"If-Match": "1"})
    assert same["description"] == "人事系统二", "its own address stays"
    assert (await city.register())["url"] == endpoint["url"], "another owner may listen there too"


@pytest.mark.feature("N.06")
async def test_an_address_registered_by_several_at_once_is_registered_once(handler: Owner) -> None:
    body = {"url": handler.receiver.url, "description": "人事系统", "event_types": [ORDER]}
    answers = await asyncio.gather(
        *(handler.place.client.post("/webhooks", handler.actor, json=body) for _ in range(4))
    )
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]


@pytest.mark.feature("N.06")
async def test_the_catalogue_is_in_the_language_of_who_reads(handler: Owner) -> None:
    chinese = (await handler.ask("GET", "/event-types"))["items"]
    english = (await handler.ask("GET", "/event-types", headers={"Accept-Language": "en"}))["items"]
    for one, other in zip(chinese, english, strict=True):
        assert any("\u4e00" <= sign <= "\u9fff" for sign in one["title"]) and one["description"].endswith(
            "。"
        )
        assert other["title"].isascii() and other["description"] != one["description"]


@pytest.mark.feature("N.06")
async def test_a_units_system_is_told_once_and_signed(handler: Owner) -> None:
    endpoint = await handler.register()
    assert endpoint["secret"].startswith("whsec_") and endpoint["unit_id"] == str(handler.place.unit_id)
    await handler.place.deliver(order(handler.place), times=2)
    assert await handler.deliver() == 1 and await handler.deliver() == 0
    (body,) = handler.receiver.bodies
    assert body["type"] == ORDER and body["data"]["order"]["number"] == "20261128"
    assert (
        body["data"]["order"]["amount_due"] == "360.00"
        and body["id"] == handler.receiver.got[0][0]["webhook-id"]
    )
    assert handler.receiver.signed_by(endpoint["secret"]) and not handler.receiver.signed_by(
        "whsec_" + "A" * 44
    )
    (delivery,) = await handler.log(endpoint)
    assert (delivery["state"], delivery["last_status"], delivery["attempts"]) == ("delivered", 200, 1)
    detail = await handler.ask("GET", f"/{endpoint['id']}/deliveries/{delivery['id']}")
    assert detail["payload"] == body and detail["log"][0]["status"] == 200
    again = await handler.ask("GET", f"/{endpoint['id']}")
    assert "secret" not in again, "shown once"


@pytest.mark.feature("N.06")
async def test_a_unit_learns_its_own_and_the_city_everything(handler: Owner, city: Owner) -> None:
    mine, all_of_it = (
        await handler.register(),
        await city.register(ORDER, CLAIM, "identity.members_admitted.v1"),
    )
    other = new_id()
    await handler.place.deliver(order(handler.place, unit_id=other), claim(handler.place, unit_id=other))
    assert await handler.log(mine) == [] and len(await city.log(all_of_it)) == 2
    await handler.place.deliver(claim(handler.place))
    while await handler.deliver():
        pass
    told = [
        body for headers, raw in handler.receiver.got for body in [json.loads(raw)] if body["type"] == CLAIM
    ]
    units = [body for body in told if not {"kind", "product_code"} & body["data"]["claim"].keys()]
    assert len(units) == 1, "what somebody is ill with is the city's to know only"
    citys = [body["data"]["claim"] for body in told if body not in units]
    assert all(it["kind"] == "critical-illness" and it["product_code"] == "three-in-one" for it in citys)
    assert len(told) == 3


@pytest.mark.feature("N.06")
async def test_no_name_number_or_mobile_leaves(handler: Owner, city: Owner) -> None:
    await city.register(*[kind.wire for kind in TYPES])
    place = handler.place
    members = MembersAdmitted(batch_id=new_id(), members=[place.person()], notify=True)
    await place.deliver(members, place.policies(2), claim(place))
    while await city.deliver():
        pass
    everything = json.dumps(city.receiver.bodies, ensure_ascii=False)
    assert len(city.receiver.bodies) == 3
    for value in ("王芳", "13800001234", "320211199001011234", "s1.", "ciphertext", "mobile", "document"):
        assert value not in everything, value
    for kind in TYPES:
        names = {name.split(".")[-1] for name in fields_of(kind)}
        assert not names & {
            "mobile",
            "bank_card",
            "document_number",
            "reason_words",
            "card_tail",
            "handler_mobile",
        }


@pytest.mark.feature("N.06")
async def test_a_batch_is_split_by_unit_and_a_payout_found_by_its_person(handler: Owner) -> None:
    place = handler.place
    endpoint = await handler.register("enrollment.policies_issued.v1", "claims.payout_completed.v1")
    batch = place.policies(3)
    foreign = batch.policies[2].model_copy(update={"unit_id": new_id()})
    await place.deliver(batch.model_copy(update={"policies": [*batch.policies[:2], foreign]}))
    await place.deliver(place.policies(3, notify=False))
    await place.deliver(
        *[
            PayoutCompleted(
                payout=PayoutFact(
                    payout_id=new_id(), claim_id=new_id(), claim_number="L", person_id=person, amount="9",  # type: ignore[arg-type]
                )
            )
            for person in (place.person_id, new_id())
        ]
    )  # fmt: skip
    log = await handler.log(endpoint)
    assert sorted(item["type"] for item in log) == [
        "claims.payout_completed.v1",
        "enrollment.policies_issued.v1",
    ]
    await handler.deliver()
    issued = next(body for body in handler.receiver.bodies if "policies" in body["data"])
    assert len(issued["data"]["policies"]) == 2


@pytest.mark.feature("N.06")
async def test_one_or_a_range_is_sent_again_under_the_same_id(handler: Owner) -> None:
    endpoint = await handler.register()
    before = clock.now() - timedelta(minutes=1)
    await handler.place.deliver(order(handler.place), claim(handler.place))
    await handler.deliver()
    first = await handler.log(endpoint)
    one = f"/{endpoint['id']}/deliveries/{first[0]['id']}/replay"
    assert (await handler.ask("POST", one))["state"] == "queued"
    await handler.deliver()
    path = f"/{endpoint['id']}/replay"
    assert await handler.ask("POST", path, {"since": before.isoformat()}) == {"queued": 0}, (
        "all were delivered"
    )
    wanted = {"since": before.isoformat(), "states": ["delivered"], "types": [CLAIM]}
    assert await handler.ask("POST", path, wanted) == {"queued": 1}
    outside = {"since": before.isoformat(), "until": before.isoformat(), "states": ["delivered"]}
    assert await handler.ask("POST", path, outside) == {"queued": 0}
    await handler.deliver()
    assert len(handler.receiver.got) == 4
    assert len({headers["webhook-id"] for headers, _ in handler.receiver.got}) == 2


@pytest.mark.feature("N.06")
async def test_a_new_secret_and_the_old_one_sign_for_a_day(handler: Owner) -> None:
    endpoint = await handler.register()
    renewed = await handler.ask("POST", f"/{endpoint['id']}/secret")
    await handler.ask("POST", f"/{endpoint['id']}/test")
    await handler.deliver()
    assert handler.receiver.bodies[0]["type"] == "webhook.ping"
    assert handler.receiver.signed_by(endpoint["secret"]) and handler.receiver.signed_by(renewed["secret"])
    with clock.set_to(clock.now() + timedelta(hours=25)):
        await handler.ask("POST", f"/{endpoint['id']}/test")
        await handler.deliver()
        assert handler.receiver.signed_by(renewed["secret"]) and not handler.receiver.signed_by(
            endpoint["secret"]
        )


@pytest.mark.feature("N.06")
async def test_paused_changed_and_removed(handler: Owner) -> None:
    endpoint = await handler.register()
    await handler.place.deliver(order(handler.place))
    assert (await handler.ask("POST", f"/{endpoint['id']}/pause"))["state"] == "paused"
    assert await handler.deliver() == 0
    await handler.ask("POST", f"/{endpoint['id']}/resume", {"deliver_held": False})
    assert await handler.deliver() == 0
    body = {"url": handler.receiver.url, "description": "新人事系统", "event_types": [CLAIM]}
    stale = await handler.place.client.send(
        "PUT", f"/webhooks/{endpoint['id']}", handler.actor, json=body, headers={"If-Match": "1"}
    )
    assert stale.status_code == 412
    now_version = str((await handler.ask("GET", f"/{endpoint['id']}"))["version"])
    changed = await handler.ask("PUT", f"/{endpoint['id']}", body, headers={"If-Match": now_version})
    assert changed["event_types"] == [CLAIM]
    await handler.place.deliver(order(handler.place))
    assert len(await handler.log(endpoint)) == 1, "not subscribed any more"
    await handler.ask("DELETE", f"/{endpoint['id']}", headers={"If-Match": str(changed["version"])})
    assert (await handler.ask("GET", ""))["items"] == []


async def test_published_articles_reach_every_endpoint(handler: Owner, city: Owner) -> None:
    wire = "notify.article_published.v1"
    mine, theirs = await handler.register(wire), await city.register(wire)
    event = ArticlePublished(
        article_id=new_id(), kind="announcement", title="通知", audience=["public"], revision=1,
        visible_from=clock.now(),
    )  # fmt: skip
    await handler.place.deliver(event)
    assert len(await handler.log(mine)) == len(await city.log(theirs)) == 1
    with clock.set_to(clock.now() + timedelta(days=31)):
        await forget_deliveries(handler.place.client.context, handler.place.tenant.id)
    assert await handler.log(mine) == []


async def test_anonymous_unpermitted_another_unit_and_another_union(
    handler: Owner, new_tenant: Callable[..., Awaitable[TestTenant]]
) -> None:
    place, mint = handler.place, handler.place.client.mint
    endpoint = await handler.register()
    await place.deliver(order(place))
    (delivery,) = await handler.log(endpoint)
    foreign = await new_tenant(place.client.context)
    one = f"/webhooks/{endpoint['id']}"
    edit = {"url": handler.receiver.url, "description": "x", "event_types": [ORDER]}
    requests: list[tuple[str, str, Any]] = [
        ("GET", one, None), ("PUT", one, edit), ("DELETE", one, None), ("POST", f"{one}/pause", None),
        ("POST", f"{one}/resume", {}), ("POST", f"{one}/secret", None), ("POST", f"{one}/test", None),
        ("GET", f"{one}/deliveries", None), ("GET", f"{one}/deliveries/{delivery['id']}", None),
        ("POST", f"{one}/deliveries/{delivery['id']}/replay", None),
        ("POST", f"{one}/replay", {"since": clock.now().isoformat()}),
    ]  # fmt: skip
    for actor, status in (
        (None, 401),
        (mint.actor(place.tenant, "notify.message.read"), 403),
        (mint.actor(place.tenant, MANAGE, kind=ActorKind.HANDLER, unit_id=new_id()), 404),
        (mint.actor(place.tenant, MANAGE, org_path="/liangxi/"), 404),
        (mint.actor(foreign, MANAGE), 404),
    ):
        for method, path, body in requests:
            answer = await place.client.send(method, path, actor, json=body, headers={"If-Match": "1"})
            assert answer.status_code == status, (method, path, answer.text)
        if actor is None or status == 403:
            for method, path in (
                ("GET", "/webhooks"),
                ("POST", "/webhooks"),
                ("GET", "/webhooks/event-types"),
            ):
                answer = await place.client.send(method, path, actor, json=edit if method == "POST" else None)
                assert answer.status_code == status
        else:
            assert (await place.client.get("/webhooks", actor)).json()["items"] == []
    stranger = mint.actor(place.tenant, MANAGE, kind=ActorKind.HANDLER, unit_id=new_id())
    body = edit | {"unit_id": str(place.unit_id)}
    answer = await place.client.post("/webhooks", stranger, json=body)
    assert (answer.status_code, answer.json()["code"]) == (403, "webhook.scope")
    types = (await handler.ask("GET", "/event-types"))["items"]
    assert {item["type"] for item in types} == {kind.wire for kind in TYPES}
    assert next(item for item in types if item["type"] == CLAIM)["city_only"] == [
        "claim.kind",
        "claim.product_code",
    ]
