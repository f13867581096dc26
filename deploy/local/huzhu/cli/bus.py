"""What `huzhu events` does on the bus and in a service's database; imported when it is done, as it takes seconds."""

import os
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import orjson
import typer
from pydantic import SecretStr
from sqlalchemy import select

from common.bus import make_bus
from common.consumer.news import UnreadableEvent
from common.consumer.parking import Parking
from common.consumer.repository import InboxRepository
from common.consumer.runtime import Runtime
from common.consumer.worker import tenant_ids
from common.db.repository import unscoped
from common.events import Envelope
from common.events.models import WAITS, DeadLetter, ParkedEvent
from common.http.context import ServiceContext
from common.ids import new_id
from common.settings import CommonSettings
from huzhu.service_contexts import worker_of


def _line(envelope: Envelope) -> str:
    shown: dict[str, Any] = {
        "time": envelope.time,
        "type": envelope.type,
        "tenant": str(envelope.tenantid),
        "subject": envelope.subject,
        "id": str(envelope.id),
        "slot": envelope.slot,
    }
    return orjson.dumps(shown).decode()


def _of_a_reader(settings: CommonSettings) -> tuple[CommonSettings, str]:
    """Return settings with the operators' own user at the brokers, where it is given: it reads all, and writes nothing.

    The groups of a user begin with its name: it may make no others.
    """
    user = os.environ.get("HUZHU_OPERATOR_KAFKA_USER")
    if not user:
        return settings, "identity"
    password = SecretStr(os.environ.get("HUZHU_OPERATOR_KAFKA_PASSWORD", ""))
    return settings.model_copy(update={"kafka_user": user, "kafka_password": password}), user


async def tail_topics(topics: list[str], *, follow: bool, data: bool) -> None:
    """Print what is on the bus, oldest first."""
    settings, reader = _of_a_reader(worker_of("identity").context.settings)
    bus = make_bus(settings)
    consumer = bus.consumer(f"{reader}-tail-{new_id()}", topics)
    await consumer.start()
    try:
        while True:
            batches = await consumer.poll(within=2.0, most=500)
            if not batches and not follow:
                return
            for record in (r for records in batches.values() for r in records):
                envelope = Envelope.decode(record.value)
                typer.echo(record.value.decode() if data else _line(envelope))
    finally:
        await consumer.stop()
        await bus.close()


async def replay_bus(service: str, topic: str) -> int:
    """Apply the events of the bus to a service again; return how many."""
    worker = worker_of(service)
    bus = make_bus(worker.context.settings)
    runtime = Runtime(worker.context, worker.subscriptions, bus)
    topics = [topic] if topic else sorted({s.event.topic() for s in worker.subscriptions})
    consumer = bus.consumer(f"{service}-replay-{new_id()}", topics)
    await consumer.start()
    done = 0
    try:
        while batches := await consumer.poll(within=3.0, most=500):
            for record in (r for records in batches.values() for r in records):
                await runtime.replay(Envelope.decode(record.value))
                done += 1
        return done
    finally:
        await consumer.stop()
        await bus.close()
        await worker.context.close()


async def redo(service: str, event_id: UUID) -> list[bool]:
    """Redo a dead letter in each tenant that has it: whether its work was done now."""
    worker = worker_of(service)
    bus = make_bus(worker.context.settings)
    parking = Parking(Runtime(worker.context, worker.subscriptions, bus))
    try:
        done = []
        for tenant_id in await tenant_ids(worker.context):
            async with worker.context.db.transaction(tenant_id) as session:
                letter = await InboxRepository(session, tenant_id).dead_letter(event_id)
            if letter is not None:
                done.append(await parking.replay_dead_letter(tenant_id, event_id))
        return done
    except UnreadableEvent as error:
        typer.echo(
            f"此版本不认识，请用认识它的版本重做 redo it with the version that knows it: {error}", err=True
        )
        raise typer.Exit(1) from None
    finally:
        await bus.close()
        await worker.context.close()


async def give_up(service: str, event_id: UUID) -> bool:
    """Make an event that waits for another version a dead letter; whether there was one."""
    worker = worker_of(service)
    bus = make_bus(worker.context.settings)
    parking = Parking(Runtime(worker.context, worker.subscriptions, bus))
    try:
        given_up = [await parking.give_up(tenant, event_id) for tenant in await _with_parked(worker.context)]
        return any(given_up)
    finally:
        await bus.close()
        await worker.context.close()


async def _with_parked(context: ServiceContext) -> Sequence[UUID]:
    """Return the tenants of parked events, also one that the service does not know yet."""
    statement = unscoped(select(ParkedEvent.tenant_id).distinct(), why="an operator's list, without content")
    async with context.relay_db.sessions() as session:
        return (await session.execute(statement)).scalars().all()


async def print_parked(service: str) -> None:
    """Print a service's parked events, oldest first of each tenant."""
    context = worker_of(service).context
    for tenant_id in await _with_parked(context):
        async with context.db.transaction(tenant_id) as session:
            for row in await InboxRepository(session, tenant_id).all_parked():
                waits = row.attempts == WAITS
                shown = {
                    "service": service, "tenant_id": tenant_id, "event_id": row.event_id, "type": row.type,
                    "subject": row.key, "waits_for_another_version": waits,
                    "attempts": 0 if waits else row.attempts, "error": row.last_error, "parked_at": row.parked_at,
                }  # fmt: skip
                typer.echo(orjson.dumps(shown, default=str).decode())
    await context.close()


async def print_dead_letters(service: str) -> None:
    """Print a service's dead letters, oldest first."""
    context = worker_of(service).context
    columns = (
        DeadLetter.tenant_id, DeadLetter.event_id, DeadLetter.type, DeadLetter.error, DeadLetter.died_at,
        DeadLetter.replayed_at,
    )  # fmt: skip
    statement = unscoped(
        select(*columns).order_by(DeadLetter.died_at), why="an operator's list, without content"
    )
    async with context.relay_db.sessions() as session:
        for row in await session.execute(statement):
            typer.echo(orjson.dumps({"service": service, **row._mapping}, default=str).decode())
    await context.close()
