"""Reading one's own events: a read waits until the local copy has what the caller has just caused."""

import asyncio
import time
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select

from ..clock import now
from ..errors import DomainError
from ..events.models import InboxEvent
from ..text import Text
from .context import ServiceContext

DEADLINE_SECONDS = 3.0
MOST = 20
OLD = timedelta(days=30)


class CopyCatchingUp(DomainError):
    """The local copy has not yet seen an event that the caller says it caused."""

    status = 503
    code = "copy.catching_up"
    text = Text(
        "刚提交的内容正在同步，请几秒后再刷新。",
        "What you just did is still being processed. Refresh in a few seconds.",
    )
    headers = {"Retry-After": "1"}


class PositionInvalid(DomainError):
    """Huzhu-After is not what a Huzhu-Position header said."""

    status = 400
    code = "position.invalid"
    text = Text("Huzhu-After 的内容不正确。", "Huzhu-After must repeat a Huzhu-Position header.")


def is_old(event_id: UUID) -> bool:
    """Whether an event is older than inbox rows are kept: then it has taken effect long ago."""
    made = datetime.fromtimestamp((event_id.int >> 80) / 1000, UTC)
    return made < now() - OLD


def parse_positions(header: str, subscribed: frozenset[str]) -> set[UUID]:
    """Return the ids of the events in a header that this service consumes."""
    wanted: set[UUID] = set()
    for part in header.split(",")[:MOST]:
        kind, _, event_id = part.strip().partition(";")
        try:
            parsed = UUID(event_id)
        except ValueError:
            raise PositionInvalid from None
        if kind in subscribed and not is_old(parsed):
            wanted.add(parsed)
    return wanted


async def wait_for_positions(context: ServiceContext, tenant_id: UUID, header: str) -> None:
    """Return when every named event has taken effect here; CopyCatchingUp when that takes too long."""
    wanted = parse_positions(header, context.subscribed)
    deadline = time.monotonic() + DEADLINE_SECONDS
    pause = 0.01
    while wanted:
        async with context.db.transaction(tenant_id) as session:
            statement = (
                select(func.count())
                .select_from(InboxEvent)
                .where(InboxEvent.tenant_id == tenant_id, InboxEvent.event_id.in_(wanted))
            )
            if (await session.execute(statement)).scalar_one() == len(wanted):
                return
        if time.monotonic() > deadline:
            raise CopyCatchingUp
        await asyncio.sleep(pause)
        pause = min(pause * 2, 0.2)
