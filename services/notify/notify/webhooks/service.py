"""Use cases of whoever owns an endpoint: register, change, pause, look at deliveries, send again."""

import base64
import os
from urllib.parse import urlsplit
from uuid import UUID

import orjson
from sqlalchemy.ext.asyncio import AsyncSession

from common.audit import record
from common.auth import Actor, ActorKind
from common.auth.scope import sees_whole_tenant
from common.clock import now
from common.crypto import TenantKeys
from common.errors import NotFound, PreconditionFailed
from common.http import Cursor, Page, ServiceContext
from common.ids import new_id

from ..auth import MANAGE_WEBHOOKS
from ..copies.models import UnitCopy
from ..errors import (
    AddressHostInvalid,
    AddressNotAllowed,
    EndpointKnown,
    EndpointNotActive,
    EventTypeUnknown,
    TooManyEndpoints,
    WebhookScope,
)
from .bodies import body_of
from .catalogue import BY_WIRE, PING, TYPES
from .delivering import SECRET
from .models import ACTIVE, WebhookDelivery, WebhookEndpoint
from .recording import delivery_row
from .repository import WebhookRepository
from .rules import PREFIX, address_fault
from .schemas import (
    EndpointCreate,
    EndpointEdit,
    EndpointRead,
    EndpointSecret,
    EventTypeList,
    EventTypeRead,
    Replayed,
    ReplayRange,
    WebhookDeliveryListed,
    WebhookDeliveryRead,
)

MOST_ENDPOINTS = 10


def list_event_types() -> EventTypeList:
    """Return the events that can be subscribed to."""
    return EventTypeList(items=[EventTypeRead.of(kind) for kind in TYPES])


async def create_endpoint(
    session: AsyncSession, *, actor: Actor, keys: TenantKeys, context: ServiceContext, body: EndpointCreate
) -> EndpointSecret:
    """Register an endpoint and return its secret this once.

    WebhookScope, AddressNotAllowed, EventTypeUnknown, EndpointKnown.
    """
    repository = WebhookRepository(session, actor.tenant_id)
    unit_id = await _unit_for(repository, actor, body.unit_id)
    _check(context, body)
    await _check_new_address(repository, unit_id, body.url)
    if await repository.count(unit_id) >= MOST_ENDPOINTS:
        raise TooManyEndpoints(most=MOST_ENDPOINTS)
    secret = _new_secret()
    endpoint = repository.add(
        WebhookEndpoint(
            id=new_id(),
            unit_id=unit_id,
            url=body.url,
            description=body.description,
            event_types=sorted(set(body.event_types)),
            secret=keys.seal(secret, context=SECRET),
            created_by=actor.id,
            version=1,
            state=ACTIVE,
        )
    )
    await _note(session, actor, endpoint, "webhook.created")
    await session.flush()
    return EndpointSecret(**_read(endpoint).model_dump(), secret=secret)


async def list_endpoints(session: AsyncSession, *, actor: Actor, cursor: Cursor) -> Page[EndpointRead]:
    """Return a page of the endpoints of the caller's unit, or of all for the union's staff."""
    rows = await WebhookRepository(session, actor.tenant_id).page(actor, cursor)
    return cursor.page(rows, _read)


async def read_endpoint(session: AsyncSession, *, actor: Actor, endpoint_id: UUID) -> EndpointRead:
    """Return one endpoint; NotFound."""
    return _read(await _find(session, actor, endpoint_id))


async def edit_endpoint(
    session: AsyncSession,
    *,
    actor: Actor,
    context: ServiceContext,
    endpoint_id: UUID,
    version: int,
    body: EndpointEdit,
) -> EndpointRead:
    """Change address, name or events; PreconditionFailed, and as `create_endpoint`."""
    endpoint = await _find(session, actor, endpoint_id, lock=True)
    if endpoint.version != version:
        raise PreconditionFailed
    _check(context, body)
    if endpoint.url != body.url:
        await _check_new_address(WebhookRepository(session, actor.tenant_id), endpoint.unit_id, body.url)
    endpoint.url, endpoint.description = body.url, body.description
    endpoint.event_types = sorted(set(body.event_types))
    endpoint.touch()
    await _note(session, actor, endpoint, "webhook.changed")
    await session.flush()
    return _read(endpoint)


async def remove_endpoint(session: AsyncSession, *, actor: Actor, endpoint_id: UUID, version: int) -> None:
    """Remove an endpoint with its deliveries; PreconditionFailed."""
    endpoint = await _find(session, actor, endpoint_id, lock=True)
    if endpoint.version != version:
        raise PreconditionFailed
    await WebhookRepository(session, actor.tenant_id).remove(endpoint)
    await _note(session, actor, endpoint, "webhook.removed")


async def pause_endpoint(session: AsyncSession, *, actor: Actor, endpoint_id: UUID) -> EndpointRead:
    """Send nothing for a while; what happens meanwhile is held."""
    endpoint = await _find(session, actor, endpoint_id, lock=True)
    endpoint.pause()
    await WebhookRepository(session, actor.tenant_id).hold(endpoint.id)
    await _note(session, actor, endpoint, "webhook.paused")
    return _read(endpoint)


async def resume_endpoint(
    session: AsyncSession, *, actor: Actor, endpoint_id: UUID, deliver_held: bool
) -> EndpointRead:
    """Deliver again, also after the endpoint was disabled; what was held goes now if that is wanted."""
    endpoint = await _find(session, actor, endpoint_id, lock=True)
    endpoint.resume()
    if deliver_held:
        await WebhookRepository(session, actor.tenant_id).queue_again(endpoint.id, states=["held"])
    await _note(session, actor, endpoint, "webhook.resumed")
    return _read(endpoint)


async def replace_secret(
    session: AsyncSession, *, actor: Actor, keys: TenantKeys, endpoint_id: UUID
) -> EndpointSecret:
    """Make a new secret, shown this once; the old one signs as well for a day."""
    endpoint = await _find(session, actor, endpoint_id, lock=True)
    secret = _new_secret()
    endpoint.replace_secret(keys.seal(secret, context=SECRET))
    await _note(session, actor, endpoint, "webhook.secret_replaced")
    await session.flush()
    return EndpointSecret(**_read(endpoint).model_dump(), secret=secret)


async def test_endpoint(session: AsyncSession, *, actor: Actor, endpoint_id: UUID) -> Replayed:
    """Queue a `webhook.ping`; EndpointNotActive while it is paused or disabled."""
    endpoint = await _find(session, actor, endpoint_id, lock=True)
    if endpoint.state != ACTIVE:
        raise EndpointNotActive
    row = delivery_row(endpoint, new_id(), PING, now(), {"endpoint_id": str(endpoint.id)})
    await WebhookRepository(session, actor.tenant_id).add_once([row])
    return Replayed(queued=1)


async def list_deliveries(
    session: AsyncSession,
    *,
    actor: Actor,
    endpoint_id: UUID,
    cursor: Cursor,
    state: str | None,
    kind: str | None,
) -> Page[WebhookDeliveryListed]:
    """Return a page of an endpoint's deliveries, newest first."""
    endpoint = await _find(session, actor, endpoint_id)
    rows = await WebhookRepository(session, actor.tenant_id).deliveries(
        endpoint.id, cursor, state=state, kind=kind
    )
    return cursor.page(rows, _summary)


async def read_delivery(
    session: AsyncSession, *, actor: Actor, endpoint_id: UUID, delivery_id: UUID
) -> WebhookDeliveryRead:
    """Return a delivery with its body and its attempts; NotFound."""
    endpoint = await _find(session, actor, endpoint_id)
    found = await WebhookRepository(session, actor.tenant_id).delivery(endpoint.id, delivery_id)
    if found is None:
        raise NotFound
    return WebhookDeliveryRead(
        **_summary(found).model_dump(),
        payload=orjson.loads(body_of(found, unit_id=endpoint.unit_id)),
        log=list(found.log),
    )


async def replay_delivery(
    session: AsyncSession, *, actor: Actor, endpoint_id: UUID, delivery_id: UUID
) -> WebhookDeliveryListed:
    """Send one delivery again under the same id; EndpointNotActive, NotFound."""
    endpoint = await _find(session, actor, endpoint_id, lock=True)
    if endpoint.state != ACTIVE:
        raise EndpointNotActive
    found = await WebhookRepository(session, actor.tenant_id).delivery(endpoint.id, delivery_id)
    if found is None:
        raise NotFound
    found.again()
    await _note(session, actor, endpoint, "webhook.replayed")
    return _summary(found)


async def replay_range(
    session: AsyncSession, *, actor: Actor, endpoint_id: UUID, body: ReplayRange
) -> Replayed:
    """Send the deliveries of a range of time again; EndpointNotActive."""
    endpoint = await _find(session, actor, endpoint_id, lock=True)
    if endpoint.state != ACTIVE:
        raise EndpointNotActive
    queued = await WebhookRepository(session, actor.tenant_id).queue_again(
        endpoint.id, states=body.states, since=body.since, until=body.until, kinds=body.types
    )
    await _note(session, actor, endpoint, "webhook.replayed")
    return Replayed(queued=queued)


async def _unit_for(repository: WebhookRepository, actor: Actor, wanted: UUID | None) -> UUID | None:
    if actor.kind is ActorKind.HANDLER and actor.unit_id is not None and wanted in (None, actor.unit_id):
        return actor.unit_id
    if not sees_whole_tenant(actor):
        raise WebhookScope(permission=MANAGE_WEBHOOKS, action="登记本单位以外的接收地址")
    if wanted is not None and await repository.find(UnitCopy, wanted) is None:
        raise NotFound
    return wanted


def _check(context: ServiceContext, body: EndpointEdit) -> None:
    fault = address_fault(body.url, private=context.settings.environment == "local")
    if fault == "host":
        raise AddressHostInvalid(host=urlsplit(body.url).hostname or "")
    if fault is not None:
        raise AddressNotAllowed(fault=fault)
    for wire in body.event_types:
        if wire not in BY_WIRE:
            raise EventTypeUnknown(type=wire)


async def _check_new_address(repository: WebhookRepository, unit_id: UUID | None, url: str) -> None:
    """EndpointKnown for an address that the same owner has registered: every event would come twice."""
    await repository.lock_owner(unit_id)
    known = await repository.registered(unit_id, url)
    if known is not None:
        raise EndpointKnown(description=known.description)


async def _find(
    session: AsyncSession, actor: Actor, endpoint_id: UUID, *, lock: bool = False
) -> WebhookEndpoint:
    found = await WebhookRepository(session, actor.tenant_id).seen(actor, endpoint_id, lock=lock)
    if found is None:
        raise NotFound
    return found


def _new_secret() -> str:
    return PREFIX + base64.b64encode(os.urandom(32)).decode()


def _read(endpoint: WebhookEndpoint) -> EndpointRead:
    return EndpointRead(**{name: getattr(endpoint, name) for name in EndpointRead.model_fields})


def _summary(row: WebhookDelivery) -> WebhookDeliveryListed:
    last = row.log[-1] if row.log else {}
    own = WebhookDeliveryListed.model_fields.keys() - {"last_status", "last_failure", "next_attempt_at"}
    return WebhookDeliveryListed(
        **{name: getattr(row, name) for name in own},
        next_attempt_at=row.next_attempt_at if row.state == "queued" else None,
        last_status=last.get("status"),
        last_failure=last.get("failure"),
    )


async def _note(session: AsyncSession, actor: Actor, endpoint: WebhookEndpoint, action: str) -> None:
    await record(session, actor_id=actor.id, action=action, subject=f"webhook:{endpoint.id}")
