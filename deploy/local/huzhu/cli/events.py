"""`huzhu events`: look at the bus and replay from it."""

import asyncio
from typing import Annotated, Any
from uuid import UUID

import httpx
import orjson
import typer

from common.bus import make_bus
from common.consumer.runtime import Runtime
from common.consumer.worker import tenant_ids
from common.db.repository import unscoped
from common.events import Envelope
from common.events.models import DeadLetter
from common.ids import new_id
from huzhu.cli.service_contexts import worker_of
from huzhu.home import SERVICES
from huzhu.running import public_url, use_local_environment

Topic = Annotated[str, typer.Option("--topic", help="只看一个服务的事件 one producer")]
Service = Annotated[str, typer.Option("--service", help="服务名 service")]


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


def tail(
    topic: Topic = "",
    follow: Annotated[bool, typer.Option("--follow", "-f", help="继续等待新事件 wait for more")] = False,
    data: Annotated[bool, typer.Option("--data", help="连同内容（个人信息为密文） with the payload")] = False,
) -> None:
    """Print the events on the bus, oldest first; personal values stay sealed."""
    use_local_environment()
    asyncio.run(_tail([topic] if topic else list(SERVICES), follow=follow, data=data))


async def _tail(topics: list[str], *, follow: bool, data: bool) -> None:
    bus = make_bus(worker_of("identity").context.settings)
    consumer = bus.consumer(f"identity-tail-{new_id()}", topics)
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


def replay(
    service: Service,
    topic: Topic = "",
    event: Annotated[
        str, typer.Option("--dead-letter", help="重做一个死信 one dead letter by event id")
    ] = "",
) -> None:
    """Apply the events of the bus again to rebuild a service's copies, or redo one dead letter.

    Handlers that send or pay are never run again by a replay of the bus.
    """
    done = asyncio.run(_redo(service, UUID(event)) if event else _replay(service, topic))
    typer.echo(f"已重放 replayed: {done}")


async def _replay(service: str, topic: str) -> int:
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


async def _redo(service: str, event_id: UUID) -> int:
    worker = worker_of(service)
    bus = make_bus(worker.context.settings)
    runtime = Runtime(worker.context, worker.subscriptions, bus)
    try:
        return sum([await runtime.replay_dead_letter(t, event_id) for t in await tenant_ids(worker.context)])
    finally:
        await bus.close()
        await worker.context.close()


def dead_letters(service: Annotated[str, typer.Option("--service", help="服务名 service")] = "") -> None:
    """List the events that were given up, service by service."""
    for name in [service] if service else SERVICES:
        asyncio.run(_dead_letters(name))


async def _dead_letters(service: str) -> None:
    from sqlalchemy import select

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


def snapshot(
    fact: Annotated[str, typer.Argument(help="units | members | tenants | policies")],
    tenant: Annotated[str, typer.Option("--tenant")],
    token: Annotated[str, typer.Option("--token", envvar="HUZHU_TOKEN", help="有 events.replay 权限的令牌")],
) -> None:
    """Ask a service to say all its facts again, so that lost copies are rebuilt while everything runs."""
    service = "enrollment" if fact == "policies" else "identity"
    response = httpx.post(
        f"{public_url()}/api/{service}/snapshots",
        json={"fact": fact},
        headers={"Authorization": f"Bearer {token}", "X-Tenant": tenant, "Idempotency-Key": str(new_id())},
        trust_env=False,
    )
    typer.echo(response.text)
    raise typer.Exit(0 if response.is_success else 1)
