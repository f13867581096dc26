"""What the other services answer: their acknowledgements of erasures, their parts of exports."""

from functools import partial
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from common.consumer import ConsumerContext, Subscription, subscribe
from common.contracts.erasure import ERASURE_DONE
from common.contracts.export import EXPORT_PART

from . import service


async def on_erasure_done(session: AsyncSession, event: Any, context: ConsumerContext, *, name: str) -> None:
    """Note that a service has erased what it held of a person."""
    await service.acknowledge(session, request_id=event.request_id, service=name, rows=event.rows)


async def on_export_part(session: AsyncSession, event: Any, context: ConsumerContext, *, name: str) -> None:
    """Keep a piece of what a service holds of a person."""
    await service.take_part(
        session, request_id=event.request_id, service=name, number=event.number, of=event.of, content=event.content,
        rows=event.rows,
    )  # fmt: skip


SUBSCRIPTIONS: tuple[Subscription[Any], ...] = (
    *(subscribe(event, partial(on_erasure_done, name=name)) for name, event in ERASURE_DONE.items()),
    *(subscribe(event, partial(on_export_part, name=name)) for name, event in EXPORT_PART.items()),
)
