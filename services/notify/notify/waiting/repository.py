"""SQL of what waits: which unions have something to send, in one look for all of them."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import TextClause, text

from common.clock import now
from common.db import unscoped
from common.http import ServiceContext

WHY = "the sender looks for work of all unions, as the relay role and by columns without content"
MESSAGES = unscoped(
    text(
        "SELECT tenant_id FROM tenant_directory AS t WHERE EXISTS (SELECT 1 FROM message AS m"
        " WHERE m.tenant_id = t.tenant_id AND m.state = 'queued' AND m.urgent = :urgent AND m.next_attempt_at <= :now)"
    ),
    why=WHY,
)
DELIVERIES = unscoped(
    text(
        "SELECT tenant_id FROM tenant_directory AS t WHERE EXISTS (SELECT 1 FROM webhook_delivery AS d"
        " WHERE d.tenant_id = t.tenant_id AND d.state = 'queued' AND d.next_attempt_at <= :now)"
    ),
    why=WHY,
)

DELAYED = unscoped(
    text("SELECT count(*) FROM message WHERE state = 'queued' AND attempts >= :tries"),
    why=WHY,
)
TRIES = 4


async def count_delayed(context: ServiceContext) -> int:
    """Return how many messages of all unions were tried a few times and still wait: their provider takes none."""
    async with context.relay_db.sessions() as session:
        return int((await session.execute(DELAYED, {"tries": TRIES})).scalar_one())


async def with_codes(context: ServiceContext) -> Collection[UUID]:
    """Return the unions with verification codes to send."""
    return await _look(context, MESSAGES, urgent=True)


async def with_messages(context: ServiceContext) -> Collection[UUID]:
    """Return the unions with other messages to send."""
    return await _look(context, MESSAGES, urgent=False)


async def with_deliveries(context: ServiceContext) -> Collection[UUID]:
    """Return the unions with webhooks to deliver."""
    return await _look(context, DELIVERIES)


async def _look(context: ServiceContext, statement: TextClause, **values: bool) -> Collection[UUID]:
    async with context.relay_db.sessions() as session:
        return set((await session.execute(statement, {"now": now(), **values})).scalars())
