"""What the back office's list of names learns of settlement files."""

from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from common.consumer import ConsumerContext, Subscription, subscribe
from common.contracts.unmatched import SettlementsUnmatched

from .settlements import list_unmatched


async def on_settlements_unmatched(
    session: AsyncSession, event: SettlementsUnmatched, context: ConsumerContext
) -> None:
    """List what can be linked. It acts: a replay of old files must not bring back what is forgotten."""
    await list_unmatched(session, context=context.service, lines=event.lines)


SUBSCRIPTIONS: tuple[Subscription[Any], ...] = (
    subscribe(SettlementsUnmatched, on_settlements_unmatched, acts=True),
)
