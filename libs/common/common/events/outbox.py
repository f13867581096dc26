"""The outbox: events are written in the transaction that made them true."""

import os
from collections.abc import Sequence
from typing import Any, NamedTuple
from uuid import UUID

import orjson
from opentelemetry import propagate
from sqlalchemy import func, insert
from sqlalchemy.ext.asyncio import AsyncSession

from ..clock import now
from ..db.engine import before_commit
from ..ids import new_id
from .contract import Event
from .emit import ReadyEvent, emitted
from .envelope import Envelope, partition_of, slot_of

PARTITIONS = int(os.environ.get("HUZHU_BUS_PARTITIONS", "12"))
"""The same variable as `CommonSettings.bus_partitions`: consumers read exactly the partitions that are written."""
MOST_BYTES = 1_000_000
"""Largest envelope: Kafka's limit for a record is 1 MiB by default, and one that it refuses would block the relay."""
# NOTIFY takes a global lock at commit; under heavy load it is switched off and the relay's poll finds the rows.
NOTIFY = os.environ.get("HUZHU_OUTBOX_NOTIFY", "1") == "1"
WAKE = func.pg_notify("huzhu_outbox", "")


def wrap(event: Event, tenant_id: UUID, *, partitions: int = PARTITIONS) -> Envelope:
    """Put an event of a tenant into an envelope, with the trace of the current context."""
    data = event.model_dump(mode="json")
    return _envelope(type(event), event.key, tenant_id, partitions, data=data)


def _envelope(
    contract: type[Event], key: str, tenant_id: UUID, partitions: int, *, data: dict[str, Any]
) -> Envelope:
    carrier: dict[str, str] = {}
    propagate.inject(carrier)
    return Envelope(
        id=new_id(),
        source=f"huzhu/{contract.topic()}",
        type=contract.wire,
        subject=key,
        time=now(),
        tenantid=tenant_id,
        schemaversion=contract.schema_version(),
        slot=slot_of(tenant_id, key),
        partitions=partitions,
        traceparent=carrier.get("traceparent"),
        data=data,
    )


class EventTooLarge(ValueError):
    """An event does not fit on the bus: its facts belong into several (batches of up to 500)."""


def outbox_row(envelope: Envelope, encoded: bytes | None = None) -> dict[str, Any]:
    """Return the outbox columns of an envelope, which may be encoded already. Raises EventTooLarge."""
    encoded = encoded or envelope.encode()
    if len(encoded) > MOST_BYTES:
        raise EventTooLarge(f"{envelope.type} has {len(encoded)} bytes; the most is {MOST_BYTES}")
    return {
        "tenant_id": envelope.tenantid,
        "event_id": envelope.id,
        "topic": envelope.type.split(".", 1)[0],
        "partition": partition_of(envelope.slot, envelope.partitions),
        "key": envelope.subject,
        "envelope": encoded,
        "created_at": envelope.time,
    }


def outbox_row_of(event: Event, tenant_id: UUID) -> tuple[Envelope, dict[str, Any]]:
    """Return an event's envelope and its outbox columns; its data is serialised once, not by way of plain values."""
    envelope = _envelope(type(event), event.key, tenant_id, PARTITIONS, data={})
    encoded = _head(envelope) + event.model_dump_json().encode() + b"}"
    return envelope, outbox_row(envelope, encoded)


def _head(envelope: Envelope) -> bytes:
    """Return an encoded envelope up to its data."""
    head = orjson.dumps(envelope.model_dump(mode="json", exclude_none=True, exclude={"data"}))
    return head[:-1] + b',"data":'


class ReadyRow(NamedTuple):
    """An outbox row for a statement to write: `head` is its envelope, up to where the statement goes on."""

    event_id: UUID
    type: str
    partition: int
    key: str
    head: bytes


def ready_rows(events: Sequence[ReadyEvent], tenant_id: UUID) -> list[ReadyRow]:
    """Return the outbox rows of mass events; the statement closes what the opening of each has opened, and then "}"."""
    rows = []
    for event in events:
        envelope = _envelope(event.contract, event.key, tenant_id, PARTITIONS, data={})
        partition = partition_of(envelope.slot, envelope.partitions)
        head = _head(envelope) + event.opening.encode()
        rows.append(ReadyRow(envelope.id, envelope.type, partition, event.key, head))
    return rows


async def note_written(session: AsyncSession, rows: Sequence[ReadyRow], *, largest: int) -> None:
    """Wake the relay for rows that a statement of this transaction wrote; EventTooLarge by the `largest` in bytes."""
    if largest > MOST_BYTES:
        raise EventTooLarge(f"a mass event has {largest} bytes; the most is {MOST_BYTES}")
    if rows and NOTIFY:
        await session.execute(WAKE)
    session.info.setdefault("positions", []).extend((row.type, row.event_id) for row in rows)


def leave_with_commit(session: AsyncSession) -> None:
    """Have what this session emits written as it commits."""
    before_commit(session, write_outbox)


async def write_outbox(session: AsyncSession) -> None:
    """Flush the changes, which locks their rows, then write what was emitted, in its order."""
    from .models import OutboxEvent

    await session.flush()
    events = emitted(session)
    if not events:
        return
    tenant_id = session.info.get("tenant_id")
    if tenant_id is None:
        raise RuntimeError("an event was emitted outside a tenant's transaction")
    written = [outbox_row_of(event, tenant_id) for event in events]
    # The relay is woken by the statement that writes the rows: a round trip less for each transaction.
    statement = insert(OutboxEvent)
    statement = statement.returning(WAKE) if NOTIFY else statement
    await session.execute(statement, [row for _, row in written])
    events.clear()
    session.info.setdefault("positions", []).extend((e.type, e.id) for e, _ in written)
