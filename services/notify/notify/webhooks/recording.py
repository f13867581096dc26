"""From an event to deliveries: one for each endpoint that listens and is concerned."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy.ext.asyncio import AsyncSession

from common.clock import now
from common.consumer import ConsumerContext
from common.consumer.subscription import Handler, Subscription
from common.events import Envelope, Event
from common.ids import new_id

from ..copies.repository import CopyRepository
from .catalogue import BY_WIRE, TYPES, WebhookType, persons_in, told
from .models import WebhookEndpoint
from .repository import WebhookRepository, state_for


async def record_deliveries(
    session: AsyncSession, *, kind: WebhookType, event: Event, envelope: Envelope
) -> None:
    """Queue an event for whoever listens; a snapshot and a replay on the bus are told to nobody."""
    if envelope.replay or getattr(event, "notify", True) is False:
        return
    repository = WebhookRepository(session, envelope.tenantid)
    endpoints = await repository.listening(kind.wire)
    if not endpoints:
        return
    unit_of = await _units_of(session, envelope.tenantid, kind, event, endpoints)
    rows = []
    for endpoint in endpoints:
        data = told(kind, event, unit_id=endpoint.unit_id, unit_of=unit_of)
        if data is not None:
            rows.append(delivery_row(endpoint, envelope.id, kind.wire, envelope.time, data))
    await repository.add_once(rows)


def delivery_row(
    endpoint: WebhookEndpoint, event_id: UUID, wire: str, occurred_at: Any, data: dict[str, Any]
) -> dict[str, Any]:
    """Return a delivery's row with its body."""
    body = {"id": event_id, "type": wire, "timestamp": occurred_at, "data": data}
    return {
        "id": new_id(),
        "created_at": now(),
        "endpoint_id": endpoint.id,
        "event_id": event_id,
        "type": wire,
        "occurred_at": occurred_at,
        "payload": orjson.dumps(body).decode(),
        "state": state_for(endpoint),
        "attempts": 0,
        "next_attempt_at": now(),
        "log": [],
    }


async def _units_of(
    session: AsyncSession,
    tenant_id: UUID,
    kind: WebhookType,
    event: Event,
    endpoints: Sequence[WebhookEndpoint],
) -> dict[UUID, UUID]:
    """Look up the units of persons whose facts name none, where a unit listens."""
    if all(endpoint.unit_id is None for endpoint in endpoints):
        return {}
    known = await CopyRepository(session, tenant_id).recipients(persons_in(kind, event))
    return {person.id: person.unit_id for person in known.values() if person.unit_id is not None}


def with_webhooks(subscriptions: Sequence[Subscription[Any]]) -> tuple[Subscription[Any], ...]:
    """Return the subscriptions, with deliveries made in the same transaction as each handler's effect."""
    mine = {subscription.event.wire: subscription for subscription in subscriptions}
    for kind in TYPES:
        own = mine.get(kind.wire)
        handler = _both(own.handler if own else None)
        mine[kind.wire] = Subscription(kind.event, handler, acts=own.acts if own else True)
    return tuple(mine.values())


def _both(first: Handler[Any] | None) -> Handler[Any]:
    async def handle(session: AsyncSession, event: Event, context: ConsumerContext) -> None:
        if first is not None:
            await first(session, event, context)
        await record_deliveries(session, kind=BY_WIRE[event.wire], event=event, envelope=context.envelope)

    return handle
