"""Delivers what is queued: lease, call outside any transaction, write down the result."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from common.clock import now
from common.crypto import TenantKeys
from common.http import ServiceContext
from common.ids import new_id
from common.tenancy import current_pack
from common.text import Text

from ..messages.composing import Cause, Told, tell
from .bodies import body_of
from .calling import Answer, Caller
from .models import WebhookDelivery, WebhookEndpoint
from .repository import WebhookRepository
from .rules import KEPT

log = structlog.get_logger()
LEASE = timedelta(seconds=60)
BATCH = 40
SECRET = "webhook.secret"  # noqa: S105 (the name of a context)
REASONS = {
    "gone": Text("对方返回地址已停用（410）", "the address said that it is gone (410)"),
    "failing": Text("连续三天全部失败", "every call failed for three days"),
}
Leased = tuple[WebhookDelivery, WebhookEndpoint]


async def deliver_due(context: ServiceContext, tenant_id: UUID, *, caller: Caller) -> int:
    """Deliver a batch of a tenant's due events; return how many were taken.

    A worker that is killed on the way loses nothing: its lease ends and the event goes again under the same id.
    """
    async with context.db.transaction(tenant_id) as session:
        taken = await WebhookRepository(session, tenant_id).lease(most=BATCH, until=now() + LEASE)
        if not taken:
            return 0
        keys = await context.keyring.for_tenant(session)
    answers = await asyncio.gather(*(_call(caller, leased, keys) for leased in taken))
    outcome = {delivery.id: answer for (delivery, _), answer in zip(taken, answers, strict=True)}
    async with context.db.transaction(tenant_id) as session:
        await _settle(session, tenant_id, [endpoint.id for _, endpoint in taken], outcome, keys)
    return len(taken)


async def _call(caller: Caller, leased: Leased, keys: TenantKeys) -> Answer:
    """Call one endpoint; whatever goes wrong is this one's answer and stops none of the others."""
    delivery, endpoint = leased
    try:
        return await caller.call(
            endpoint.url,
            secrets=[keys.open(sealed, context=SECRET) for sealed in endpoint.sealed_secrets],
            message_id=delivery.event_id,
            body=body_of(delivery, unit_id=endpoint.unit_id),
            timestamp=int(now().timestamp()),
        )
    except Exception as error:
        log.error("webhook.call_failed", endpoint=str(endpoint.id), exc_info=error)
        return Answer(None, type(error).__name__, 0)


async def _settle(
    session: AsyncSession,
    tenant_id: UUID,
    endpoint_ids: Sequence[UUID],
    outcome: dict[UUID, Answer],
    keys: TenantKeys,
) -> None:
    repository = WebhookRepository(session, tenant_id)
    # Endpoints before their deliveries, as whoever pauses or removes one locks them: neither waits for the other.
    endpoints = await repository.endpoints(endpoint_ids, lock=True)
    deliveries = await repository.locked(list(outcome))
    for delivery_id, answer in outcome.items():
        delivery = deliveries.get(delivery_id)
        if delivery is None:
            continue  # the endpoint was removed meanwhile
        delivery.settle(status=answer.status, failure=answer.failure, milliseconds=answer.milliseconds)
        endpoint = endpoints[delivery.endpoint_id]
        if answer.failure is None:
            endpoint.succeeded()
        elif endpoint.failed(gone=answer.gone):
            await session.flush()
            await repository.hold(endpoint.id)
            await _tell_owner(session, endpoint, keys)


async def _tell_owner(session: AsyncSession, endpoint: WebhookEndpoint, keys: TenantKeys) -> None:
    """Tell whoever registered an endpoint that it is switched off, and what to do."""
    log.warning("webhook.disabled", endpoint=str(endpoint.id), reason=endpoint.reason)
    pack = await current_pack(session)
    audience = "handler" if endpoint.unit_id is not None else "staff"
    variables = {"endpoint": endpoint.description, "reason": REASONS.get(endpoint.reason or "", "")}
    owner = Told(endpoint.created_by, account_id=endpoint.created_by, variables=variables)
    cause = Cause(new_id(), "notify.webhook_disabled", audience)
    await tell(session, pack=pack, keys=keys, cause=cause, recipients=[owner])


async def forget_deliveries(context: ServiceContext, tenant_id: UUID) -> None:
    """Remove deliveries older than thirty days."""
    async with context.db.transaction(tenant_id) as session:
        await WebhookRepository(session, tenant_id).forget(now() - KEPT)
