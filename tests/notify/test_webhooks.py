"""Webhooks against a real receiver on this machine: signed, retried, held, replayed, each unit its own."""

import base64
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from typing import Any

import pytest
from sqlalchemy import text as sql

from common import clock
from common.auth import Actor, ActorKind
from common.contracts.claims import ClaimApproved, ClaimFact, PayoutCompleted, PayoutFact
from common.contracts.enrollment import OrderApproved, OrderFact
from common.contracts.identity import MembersAdmitted
from common.contracts.notify import ArticlePublished
from common.ids import new_id
from common.testing import TestTenant
from notify.webhooks.calling import Caller
from notify.webhooks.catalogue import TYPES, fields_of
from notify.webhooks.delivering import deliver_due, forget_deliveries
from notify.webhooks.rules import address_fault, callable_address, written_host

from .conftest import Place

MANAGE = "notify.webhook.manage"
ORDER, CLAIM = "enrollment.order_approved.v1", "claims.claim_approved.v1"


@dataclass
class Receiver:
    """A system that is told: what it got, and what it answers."""

    url: str = ""
    status: int = 200
    pause: float = 0.0
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    @property
    def bodies(self) -> list[dict[str, Any]]:
        return [json.loads(body) for _, body in self.got]

    def signed_by(self, secret: str, index: int = -1) -> bool:
        headers, body = self.got[index]
        key = base64.b64decode(secret.removeprefix("whsec_"))
        content = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
        expected = "v1," + base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()
        fresh = abs(int(headers["webhook-timestamp"]) - clock.now().timestamp()) < 300
        return fresh and expected in headers["webhook-signature"].split(" ")


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    it = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            it.got.append(({name.lower(): value for name, value in self.headers.items()}, body))
            time.sleep(it.pause)
            self.send_response(it.status)
            if it.status == 302:
                self.send_header("Location", it.url + "/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    it.url = f"http://127.0.0.1:{server.server_port}/hooks"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield it
    server.shutdown()
    server.server_close()
    thread.join(5)


@dataclass
class Owner:
    """Somebody with endpoints."""

    place: Place
    receiver: Receiver
    actor: Actor

    async def register(self, *types: str, **changes: Any) -> dict[str, Any]:
        body = {
            "url": self.receiver.url,
            "description": "人事系统",
            "event_types": list(types or (ORDER, CLAIM)),
        }
        answer = await self.place.client.post("/webhooks", self.actor, json=body | changes)
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    async def ask(self, method: str, path: str, body: Any = None, **options: Any) -> Any:
        answer = await self.place.client.send(method, f"/webhooks{path}", self.actor, json=body, **options)
        assert answer.status_code in (200, 204), answer.text
        return answer.json() if answer.content else None

    async def deliver(self, *, private: bool = True, seconds: float = 3.0) -> int:
        caller = Caller(private=private, seconds=seconds)
        return await deliver_due(self.place.client.context, self.place.tenant.id, caller=caller)

    async def log(self, endpoint: dict[str, Any]) -> list[dict[str, Any]]:
        return list((await self.ask("GET", f"/{endpoint['id']}/deliveries"))["items"])


@pytest.fixture
def handler(place: Place, receiver: Receiver) -> Owner:
    actor = place.client.mint.actor(place.tenant, MANAGE, kind=ActorKind.HANDLER, unit_id=place.unit_id)
    return Owner(place, receiver, actor)


@pytest.fixture
def city(place: Place, receiver: Receiver) -> Owner:
    return Owner(place, receiver, place.client.mint.actor(place.tenant, MANAGE))


def order(place: Place, **changes: Any) -> OrderApproved:
    values = {
        "order_id": new_id(), "number": "20261128", "unit_id": place.unit_id, "product_code": "three-in-one",
        "pack_version": 1, "people": 3, "amount_due": "360.00",
    }  # fmt: skip
    return OrderApproved(order=OrderFact.model_validate(values | changes))


def claim(place: Place, **changes: Any) -> ClaimApproved:
    values = {
        "claim_id": new_id(), "number": "L1", "kind": "critical-illness", "person_id": place.person_id,
        "unit_id": place.unit_id, "product_code": "three-in-one", "pack_version": 1, "status": "approved",
        "amount": "15000.00",
    }  # fmt: skip
    return ClaimApproved(claim=ClaimFact.model_validate(values | changes))


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
    handler.receiver.pause = 2.0 if how == "slow" else 0
    handler.receiver.status = 302 if how == "redirect" else 200
    endpoint = await handler.register(**changes)
    await handler.place.deliver(order(handler.place))
    began = time.monotonic()
    await handler.deliver(seconds=0.6)
    assert time.monotonic() - began < 1.9
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


@pytest.mark.feature("N.06")
async def test_outside_a_local_run_no_private_address_is_called(handler: Owner) -> None:
    endpoint = await handler.register()
    await handler.place.deliver(order(handler.place))
    await handler.deliver(private=False)
    (delivery,) = await handler.log(endpoint)
    assert delivery["last_failure"] == "address.not_https" and handler.receiver.got == []
    caller = Caller(private=False)
    for url, failure in (
        ("https://localhost.localdomain:8443/", "address."), ("https://127.0.0.1/x", "address.private"),
        ("https://169.254.169.254/latest", "address.private"), ("https://[::ffff:10.0.0.1]/", "address.private"),
        ("https://user:pass@example.com/", "address.malformed"), ("https://intranet/", "address.private"),
        ("https://example.com:22/", "address.port"), ("https://0x7f000001/", "address."),
    ):  # fmt: skip
        answer = await caller.call(url, secrets=[], message_id=new_id(), body=b"{}", timestamp=1)
        assert answer.status is None and (answer.failure or "").startswith(failure), (url, answer)


@pytest.mark.feature("N.06")
async def test_wrong_addresses_and_events_are_refused(handler: Owner) -> None:
    good = {"url": handler.receiver.url, "description": "x", "event_types": [ORDER]}
    for changes, code in (
        ({"url": "ftp://example.com/x"}, "webhook.address_not_allowed"),
        ({"url": "https://a:b@example.com/"}, "webhook.address_not_allowed"),
        ({"url": "https://a..b.example.com/hook"}, "webhook.host_invalid"),
        ({"event_types": ["identity.verification_code_issued.v1"]}, "webhook.event_unknown"),
        ({"event_types": []}, "request.invalid"),
    ):
        answer = await handler.place.client.post("/webhooks", handler.actor, json=good | changes)
        assert (answer.status_code, answer.json()["code"]) == (422, code), changes
    for _ in range(10):
        await handler.register()
    answer = await handler.place.client.post("/webhooks", handler.actor, json=good)
    assert answer.json()["code"] == "webhook.too_many"


@pytest.mark.feature("N.06")
async def test_one_bad_address_stops_and_doubles_nothing(
    handler: Owner, monkeypatch: pytest.MonkeyPatch
) -> None:
    good, bad, broken = [await handler.register(ORDER, description=str(number)) for number in range(3)]
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


@pytest.mark.feature("N.06")
async def test_a_chinese_host_is_called_by_its_ascii_form(
    handler: Owner, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    async def address(self: Caller, host: str, port: int) -> str:
        asked.append(host)
        return "127.0.0.1"

    monkeypatch.setattr(Caller, "_address", address)
    url = handler.receiver.url.replace("127.0.0.1", "例子.中国")
    await handler.register(ORDER, url=url)
    await handler.place.deliver(order(handler.place))
    await handler.deliver()
    ((headers, _),) = handler.receiver.got
    assert asked == ["xn--fsqu00a.xn--fiqs8s"] and headers["host"].split(":")[0] == asked[0]


def test_hosts_as_they_are_written_and_addresses_that_may_be_called() -> None:
    for host, written in (
        ("例子.中国", "xn--fsqu00a.xn--fiqs8s"), ("例子。中国", "xn--fsqu00a.xn--fiqs8s"),
        ("EXAMPLE.com.", "example.com."), ("a_b.example.com", "a_b.example.com"),
        ("a..b.example.com", None), ("-a.example.com", None), ("☃.net", None), (f"{'x' * 64}.com", None),
        (".".join(["abcdefg"] * 40), None), ("fe80::1%eth0", None), ("2606:4700::1", "2606:4700::1"),
    ):  # fmt: skip
        assert written_host(host) == written, host
    for url in (
        "https://127。0。0。1/x",
        "https://１２７.0.0.1/x",
        "https://[fec0::1]/",
        "https://ａ.local/",
    ):
        assert address_fault(url, private=False) in ("private", "malformed"), url
    for address, callable_ in (
        ("fec0::1", False), ("fe80::1", False), ("fd00::1", False), ("::1", False), ("64:ff9b::a00:1", False),
        ("64:ff9b::808:808", True), ("2606:4700::1111", True), ("8.8.8.8", True), ("100.64.0.1", False),
    ):  # fmt: skip
        assert callable_address(ip_address(address)) is callable_, address


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
