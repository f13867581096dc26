"""Parked events: tried again, left to a version that knows them, given up as dead letters, redone."""

from datetime import datetime, timedelta
from uuid import UUID

import structlog

from ..clock import now
from ..events.contract import is_known
from ..events.envelope import Envelope
from ..events.models import WAITS, ParkedEvent
from ..failures import is_infrastructure
from .news import UNKNOWN, UnreadableEvent
from .repository import InboxRepository, due_keys, pause_after
from .runtime import Runtime, describe

log = structlog.get_logger()
MOST_ATTEMPTS = 8
POSTPONED = timedelta(seconds=15)


class Parking:
    """What one process of a service does about the parked events; several may do so side by side."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._context = runtime.context
        self._left: set[int] = set()
        """Events that wait for another version: this process looked at each of them once, and that is enough."""

    async def due(self, at: datetime) -> list[tuple[UUID, str, str]]:
        """Return the parked keys, of all tenants, whose oldest event this process is to try."""
        return await due_keys(self._context.relay_db, at, left=self._left)

    async def retry_key(self, tenant_id: UUID, topic: str, key: str) -> None:
        """Try the parked events of a key in order until one fails or waits, or none is left."""
        while await self._retry_head(tenant_id, topic, key):
            pass

    async def _retry_head(self, tenant_id: UUID, topic: str, key: str) -> bool:
        try:
            async with self._context.db.transaction(tenant_id) as session:
                inbox = InboxRepository(session, tenant_id)
                parked = await inbox.head_of(topic, key)
                if parked is None or parked.next_attempt_at > now():
                    return False
                envelope = Envelope.decode(parked.envelope)
                outcome = "handled"
                if not self._runtime.listens_to(envelope):
                    if not (parked.last_error == UNKNOWN and is_known(envelope.type)):
                        self._leave(parked)
                        return False
                    outcome = "passed"
                elif await inbox.claim([envelope]):
                    await self._runtime.call(session, envelope)
                await inbox.unpark(parked)
            self._runtime.count([envelope], outcome)
            return True
        except UnreadableEvent as error:
            await self._wait(tenant_id, topic, key, describe(error))
            return False
        except Exception as error:
            if is_infrastructure(error):
                raise
            return await self._failed_again(tenant_id, topic, key, describe(error))

    def _leave(self, parked: ParkedEvent) -> None:
        """Leave an event to a version that listens to it: whoever parked it did, or knew it as little as this one."""
        parked.attempts = WAITS
        self._left.add(parked.seq)

    async def _wait(self, tenant_id: UUID, topic: str, key: str, reason: str) -> None:
        async with self._context.db.transaction(tenant_id) as session:
            parked = await InboxRepository(session, tenant_id).head_of(topic, key)
            if parked is not None:
                parked.last_error = reason
                self._leave(parked)

    async def postpone_key(self, tenant_id: UUID, topic: str, key: str) -> None:
        """Let a key wait a little without counting a failure against its event."""
        async with self._context.db.transaction(tenant_id) as session:
            parked = await InboxRepository(session, tenant_id).head_of(topic, key)
            if parked is not None:
                parked.next_attempt_at = now() + POSTPONED

    async def _failed_again(self, tenant_id: UUID, topic: str, key: str, error: str) -> bool:
        """Count a failure; after the last attempt the event becomes a dead letter and its key goes on."""
        async with self._context.db.transaction(tenant_id) as session:
            inbox = InboxRepository(session, tenant_id)
            parked = await inbox.head_of(topic, key)
            if parked is None:
                return False
            attempts = max(parked.attempts, 0) + 1
            if attempts < MOST_ATTEMPTS:
                parked.attempts = attempts
                parked.next_attempt_at = now() + pause_after(attempts)
                parked.last_error = error
                return False
            envelope = Envelope.decode(parked.envelope)
            await inbox.bury(parked, envelope, error)
        log.error("event.dead", **self._runtime.named(envelope))
        self._runtime.count([envelope], "dead")
        return True

    async def give_up(self, tenant_id: UUID, event_id: UUID) -> bool:
        """Make an event that waits for another version a dead letter, so that its key goes on; False: none waits."""
        async with self._context.db.transaction(tenant_id) as session:
            inbox = InboxRepository(session, tenant_id)
            parked = await inbox.parked(event_id)
            if parked is None or parked.attempts != WAITS:
                return False
            envelope = Envelope.decode(parked.envelope)
            await inbox.bury(parked, envelope, parked.last_error or UNKNOWN)
        self._runtime.count([envelope], "dead")
        return True

    async def replay_dead_letter(self, tenant_id: UUID, event_id: UUID) -> bool:
        """Do a dead letter's work after all; its effect never happened, so nothing happens twice.

        UnreadableEvent where this version does not listen to it.
        """
        async with self._context.db.transaction(tenant_id) as session:
            inbox = InboxRepository(session, tenant_id)
            letter = await inbox.dead_letter(event_id)
            if letter is None or letter.replayed_at is not None:
                return False
            await self._runtime.call(session, Envelope.decode(letter.envelope))
            letter.replayed_at = now()
        return True
