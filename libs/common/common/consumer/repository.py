"""SQL of the consumer runtime: inbox, parked events, dead letters."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import BigInteger, Text, Uuid, bindparam, delete, func, select, text
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.ext.asyncio import AsyncSession

from ..clock import now
from ..db.engine import Database
from ..db.repository import TenantRepository, unscoped
from ..events.envelope import Envelope
from ..events.models import DeadLetter, InboxEvent, ParkedEvent
from ..http.once import IdempotencyRecord

DUE = unscoped(
    text(
        """SELECT tenant_id, topic, key FROM (
             SELECT DISTINCT ON (tenant_id, topic, key) tenant_id, topic, key, next_attempt_at, attempts, seq
             FROM parked_event ORDER BY tenant_id, topic, key, seq) heads
           WHERE next_attempt_at <= :now AND (attempts >= 0 OR seq <> ALL(:left))
           ORDER BY next_attempt_at LIMIT 200"""
    ).bindparams(bindparam("left", type_=ARRAY(BigInteger()))),
    why="the runtime looks after the parked keys of all tenants; it sees no content",
)
CLAIM = unscoped(
    text(
        """INSERT INTO inbox (tenant_id, event_id, type, handled_at)
           SELECT :tenant, id, type, :at FROM unnest(:ids, :types) AS claimed (id, type)
           ON CONFLICT DO NOTHING RETURNING event_id"""
    )
    .bindparams(bindparam("ids", type_=ARRAY(Uuid())), bindparam("types", type_=ARRAY(Text())))
    .columns(event_id=Uuid()),
    why="one statement for every size of batch, prepared once; the tenant is a parameter",
)
COUNTS = unscoped(
    text(
        """SELECT count(*) FILTER (WHERE head >= 0) AS parked, count(*) FILTER (WHERE head < 0) AS waiting,
                  min(parked_at) FILTER (WHERE head < 0) AS waiting_since,
                  (SELECT count(*) FROM dead_letter WHERE replayed_at IS NULL) AS dead
           FROM (SELECT parked_at, first_value(attempts) OVER (
                   PARTITION BY tenant_id, topic, key ORDER BY seq) AS head FROM parked_event) aside"""
    ),
    why="a measurement over all tenants without content",
)


class Aside(NamedTuple):
    """Events of a service that had no effect: `parked` wait behind a failure, `waiting` for another version."""

    parked: int
    waiting: int
    waiting_since: datetime | None
    dead: int


def topic_of(envelope: Envelope) -> str:
    """The topic an envelope came on."""
    return envelope.type.split(".", 1)[0]


class InboxRepository(TenantRepository):
    """Inbox and parked events of one tenant."""

    async def parked_keys(self, envelopes: Sequence[Envelope]) -> set[tuple[str, str]]:
        """Return which (topic, key) of these events have parked predecessors."""
        keys = {e.subject for e in envelopes}
        statement = self.select_columns(ParkedEvent, ParkedEvent.topic, ParkedEvent.key)  # type: ignore[arg-type]
        rows = (await self.session.execute(statement.where(ParkedEvent.key.in_(keys)).distinct())).all()
        return {(row[0], row[1]) for row in rows}

    async def claim(self, envelopes: Sequence[Envelope]) -> set[UUID]:
        """Write inbox rows and return the ids that were new; a concurrent claim of the same event waits."""
        if not envelopes:
            return set()
        values = {
            "tenant": self.tenant_id,
            "at": now(),
            "ids": [e.id for e in envelopes],
            "types": [e.type for e in envelopes],
        }
        return set((await self.session.execute(CLAIM, values)).scalars())

    async def is_handled(self, event_id: UUID) -> bool:
        """Whether an event's effect is already here."""
        statement = select(InboxEvent.event_id).where(
            InboxEvent.tenant_id == self.tenant_id, InboxEvent.event_id == event_id
        )
        return (await self.session.execute(statement)).scalar_one_or_none() is not None

    async def park(self, envelope: Envelope, *, error: str | None = None, attempts: int = 0) -> None:
        """Put an event aside, behind those of its key; one that failed is tried again after a pause."""
        statement = insert(ParkedEvent).values(
            tenant_id=self.tenant_id,
            event_id=envelope.id,
            topic=topic_of(envelope),
            key=envelope.subject,
            type=envelope.type,
            envelope=envelope.encode(),
            attempts=attempts,
            next_attempt_at=now() + (pause_after(attempts) if attempts > 0 else timedelta(0)),
            last_error=error,
            parked_at=now(),
        )
        await self.session.execute(statement.on_conflict_do_nothing())

    async def parked(self, event_id: UUID) -> ParkedEvent | None:
        """Lock and return a parked event."""
        statement = select(ParkedEvent).where(
            ParkedEvent.tenant_id == self.tenant_id, ParkedEvent.event_id == event_id
        )
        return (await self.session.execute(statement.with_for_update())).scalar_one_or_none()

    async def all_parked(self) -> Sequence[ParkedEvent]:
        """Return what is parked, in its order."""
        statement = select(ParkedEvent).where(ParkedEvent.tenant_id == self.tenant_id)
        return (await self.session.execute(statement.order_by(ParkedEvent.seq))).scalars().all()

    async def head_of(self, topic: str, key: str) -> ParkedEvent | None:
        """Lock and return the oldest parked event of a key; None if there is none or another worker has it."""
        first = (
            select(func.min(ParkedEvent.seq))
            .where(
                ParkedEvent.tenant_id == self.tenant_id, ParkedEvent.topic == topic, ParkedEvent.key == key
            )
            .scalar_subquery()
        )
        statement = select(ParkedEvent).where(ParkedEvent.seq == first).with_for_update(skip_locked=True)
        return (await self.session.execute(statement)).scalar_one_or_none()

    async def unpark(self, parked: ParkedEvent) -> None:
        """Remove a parked event whose effect is in, or which is dead."""
        await self.session.delete(parked)

    async def bury(self, parked: ParkedEvent, envelope: Envelope, error: str) -> None:
        """Move a parked event to the dead letters, with its inbox row, in one transaction."""
        await self.claim([envelope])
        letter = insert(DeadLetter).values(
            tenant_id=self.tenant_id,
            event_id=parked.event_id,
            topic=parked.topic,
            key=parked.key,
            type=parked.type,
            envelope=parked.envelope,
            error=error,
            attempts=parked.attempts + 1,
            died_at=now(),
        )
        await self.session.execute(letter.on_conflict_do_nothing())
        await self.unpark(parked)

    async def forget(self, *, inbox_before: datetime, keys_before: datetime) -> None:
        """Delete inbox rows and idempotency keys older than given."""
        await self.session.execute(
            delete(InboxEvent).where(
                InboxEvent.tenant_id == self.tenant_id, InboxEvent.handled_at < inbox_before
            )
        )
        await self.session.execute(
            delete(IdempotencyRecord).where(
                IdempotencyRecord.tenant_id == self.tenant_id, IdempotencyRecord.created_at < keys_before
            )
        )

    async def dead_letter(self, event_id: UUID) -> DeadLetter | None:
        """Lock and return a dead letter."""
        statement = select(DeadLetter).where(
            DeadLetter.tenant_id == self.tenant_id, DeadLetter.event_id == event_id
        )
        return (await self.session.execute(statement.with_for_update())).scalar_one_or_none()


def pause_after(attempts: int) -> timedelta:
    """Pause before the next attempt: 1 s, 2 s, 4 s … at most 10 minutes."""
    return timedelta(seconds=min(2.0 ** max(attempts - 1, 0), 600.0))


async def due_keys(
    relay_db: Database, at: datetime, *, left: Collection[int] = ()
) -> list[tuple[UUID, str, str]]:
    """Return the parked keys, of all tenants, whose oldest event is due.

    `left`: numbers (`seq`) of events that wait for another version than the asking one.
    """
    async with relay_db.sessions() as session:
        rows = (await session.execute(DUE, {"now": at, "left": list(left)})).all()
    return [(row.tenant_id, row.topic, row.key) for row in rows]


async def counts(session: AsyncSession) -> Aside:
    """Return how many events had no effect yet, for which reason."""
    row = (await session.execute(COUNTS)).one()
    return Aside(int(row.parked), int(row.waiting), row.waiting_since, int(row.dead))
