"""SQL of webhooks."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.dialects.postgresql import insert

from common.auth import Actor
from common.clock import now
from common.db import TenantRepository, unscoped
from common.db.scope import seen_by
from common.http import Cursor

from .models import ACTIVE, WebhookDelivery, WebhookEndpoint

AT_ONCE = 4
"""Deliveries of one endpoint in a batch: a slow one does not hold up the others."""


class WebhookRepository(TenantRepository):
    """Endpoints and deliveries of one tenant."""

    async def listening(self, wire: str) -> Sequence[WebhookEndpoint]:
        """Return the endpoints that want an event, also those that are paused or disabled.

        None of them is paused, resumed or removed until the transaction ends: what is queued fits its state.
        """
        statement = self.select(WebhookEndpoint).where(WebhookEndpoint.event_types.contains([wire]))
        locked = statement.order_by(WebhookEndpoint.id).with_for_update(read=True)
        return await self.all(locked.execution_options(populate_existing=True))

    async def add_once(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Add deliveries; an event that an endpoint has is left alone."""
        if rows:
            statement = insert(WebhookDelivery).values([{**row, "tenant_id": self.tenant_id} for row in rows])
            await self.session.execute(
                unscoped(statement.on_conflict_do_nothing(), why="every row carries this tenant's id")
            )

    async def seen(self, actor: Actor, endpoint_id: UUID, *, lock: bool = False) -> WebhookEndpoint | None:
        """Return an endpoint that the caller may see."""
        statement = self.select(WebhookEndpoint).where(
            WebhookEndpoint.id == endpoint_id, seen_by(actor, unit=WebhookEndpoint.unit_id)
        )
        return await self.first(statement.with_for_update() if lock else statement)

    async def page(self, actor: Actor, cursor: Cursor) -> Sequence[WebhookEndpoint]:
        """Return a page of the endpoints that the caller may see."""
        statement = self.select(WebhookEndpoint).where(seen_by(actor, unit=WebhookEndpoint.unit_id))
        return await self.all(cursor.apply(statement, WebhookEndpoint))

    async def lock_owner(self, unit_id: UUID | None) -> None:
        """Let one at a time register an address of a unit, or of the city, until the transaction ends."""
        key = func.hashtextextended(f"notify.webhooks:{self.tenant_id}:{unit_id}", 0)
        await self.session.execute(unscoped(select(func.pg_advisory_xact_lock(key)), why="a lock, no rows"))

    async def registered(self, unit_id: UUID | None, url: str) -> WebhookEndpoint | None:
        """Return the endpoint of a unit, or of the city, with this address."""
        return await self.first(
            self.select(WebhookEndpoint).where(_owned_by(unit_id), WebhookEndpoint.url == url)
        )

    async def count(self, unit_id: UUID | None) -> int:
        """Count the endpoints of a unit, or of the city."""
        statement = self.select_columns(WebhookEndpoint, func.count()).where(_owned_by(unit_id))
        return int((await self.session.execute(statement)).scalar_one())

    async def deliveries(
        self, endpoint_id: UUID, cursor: Cursor, *, state: str | None, kind: str | None
    ) -> Sequence[WebhookDelivery]:
        """Return a page of an endpoint's deliveries."""
        statement = self.select(WebhookDelivery).where(WebhookDelivery.endpoint_id == endpoint_id)
        if state is not None:
            statement = statement.where(WebhookDelivery.state == state)
        if kind is not None:
            statement = statement.where(WebhookDelivery.type == kind)
        return await self.all(cursor.apply(statement, WebhookDelivery))

    async def delivery(self, endpoint_id: UUID, delivery_id: UUID) -> WebhookDelivery | None:
        """Lock and return one delivery of an endpoint."""
        statement = self.select(WebhookDelivery).where(
            WebhookDelivery.id == delivery_id, WebhookDelivery.endpoint_id == endpoint_id
        )
        return await self.first(statement.with_for_update())

    async def queue_again(
        self,
        endpoint_id: UUID,
        *,
        states: Sequence[str],
        since: datetime | None = None,
        until: datetime | None = None,
        kinds: Sequence[str] = (),
    ) -> int:
        """Queue deliveries of an endpoint anew, by the time of their events; return how many."""
        statement = self.update(WebhookDelivery).where(
            WebhookDelivery.endpoint_id == endpoint_id, WebhookDelivery.state.in_(states)
        )
        if since is not None:
            statement = statement.where(WebhookDelivery.occurred_at >= since)
        if until is not None:
            statement = statement.where(WebhookDelivery.occurred_at < until)
        if kinds:
            statement = statement.where(WebhookDelivery.type.in_(kinds))
        done: Any = await self.session.execute(
            statement.values(state="queued", attempts=0, next_attempt_at=now())
        )
        return int(done.rowcount)

    async def hold(self, endpoint_id: UUID) -> None:
        """Keep what waits for an endpoint until it is resumed."""
        await self.session.execute(
            self.update(WebhookDelivery)
            .where(WebhookDelivery.endpoint_id == endpoint_id, WebhookDelivery.state == "queued")
            .values(state="held")
        )

    async def lease(self, *, most: int, until: datetime) -> list[tuple[WebhookDelivery, WebhookEndpoint]]:
        """Take due deliveries, a few of each endpoint; another worker leaves them alone until `until`."""
        place = func.row_number().over(
            partition_by=WebhookDelivery.endpoint_id, order_by=WebhookDelivery.next_attempt_at
        )
        due = (
            self.select_columns(WebhookDelivery, WebhookDelivery.id.label("id"), place.label("place"))
            .where(WebhookDelivery.state == "queued", WebhookDelivery.next_attempt_at <= now())
            .subquery()
        )
        first = select(due.c.id).where(due.c.place <= AT_ONCE).limit(most)
        locked = (
            self.select_columns(WebhookDelivery, WebhookDelivery.id)
            .where(
                WebhookDelivery.id.in_(first),
                WebhookDelivery.state == "queued",
                WebhookDelivery.next_attempt_at <= now(),
            )
            .with_for_update(skip_locked=True)
        )
        taken = (
            update(WebhookDelivery)
            .where(self.mine(WebhookDelivery), WebhookDelivery.id.in_(locked.scalar_subquery()))
            .values(next_attempt_at=until, attempts=WebhookDelivery.attempts + 1)
            .returning(WebhookDelivery)
            .execution_options(synchronize_session=False)
        )
        rows = list((await self.session.execute(taken)).scalars())
        endpoints = await self.endpoints([row.endpoint_id for row in rows])
        return [(row, endpoints[row.endpoint_id]) for row in rows if row.endpoint_id in endpoints]

    async def endpoints(self, ids: Sequence[UUID], *, lock: bool = False) -> dict[UUID, WebhookEndpoint]:
        """Return endpoints by id."""
        if not ids:
            return {}
        statement = self.select(WebhookEndpoint).where(WebhookEndpoint.id.in_(set(ids)))
        if lock:
            statement = statement.order_by(WebhookEndpoint.id).with_for_update()
            statement = statement.execution_options(populate_existing=True)
        return {row.id: row for row in await self.all(statement)}

    async def locked(self, ids: Sequence[UUID]) -> dict[UUID, WebhookDelivery]:
        """Lock and return deliveries by id; whoever locks several of an endpoint has locked the endpoint before."""
        statement = self.select(WebhookDelivery).where(WebhookDelivery.id.in_(ids))
        statement = statement.order_by(WebhookDelivery.id).with_for_update()
        return {row.id: row for row in await self.all(statement)}

    async def forget(self, before: datetime) -> None:
        """Remove deliveries that are older than they are kept."""
        await self.session.execute(self.delete(WebhookDelivery).where(WebhookDelivery.created_at < before))


def _owned_by(unit_id: UUID | None) -> ColumnElement[bool]:
    return WebhookEndpoint.unit_id.is_(None) if unit_id is None else WebhookEndpoint.unit_id == unit_id


def state_for(endpoint: WebhookEndpoint) -> str:
    """Return the state in which a delivery for an endpoint begins."""
    return "queued" if endpoint.state == ACTIVE else "held"
