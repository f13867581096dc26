"""A receiver of webhooks on this machine, and whoever owns endpoints."""

import base64
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from common import clock
from common.auth import Actor, ActorKind
from common.contracts.claims import ClaimApproved, ClaimFact
from common.contracts.enrollment import OrderApproved, OrderFact
from common.ids import new_id
from notify.webhooks.calling import Caller
from notify.webhooks.delivering import deliver_due

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
