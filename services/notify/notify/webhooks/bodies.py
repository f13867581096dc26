"""The body of a delivery as it is sent and shown: the stored one, unless the rules have become stricter since."""

from typing import Any
from uuid import UUID

import orjson

from .catalogue import BY_WIRE, narrowed
from .models import WebhookDelivery


def body_of(delivery: WebhookDelivery, *, unit_id: UUID | None) -> bytes:
    """Return the body for an endpoint of a unit, or of the city (None), byte for byte the same at every attempt."""
    stored = delivery.payload.encode()
    kind = BY_WIRE.get(delivery.type)
    if kind is None:
        return stored
    body: dict[str, Any] = orjson.loads(stored)
    data = narrowed(kind, body["data"], unit_id=unit_id)
    return stored if data == body["data"] else orjson.dumps(body | {"data": data})
