"""Acknowledgements of erasures by the other services."""

from functools import partial
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from common.consumer import ConsumerContext, Subscription, subscribe
from common.contracts.erasure import ERASURE_DONE

from . import service


async def on_erasure_done(session: AsyncSession, event: Any, context: ConsumerContext, *, name: str) -> None:
    """Note that a service has erased what it held of a person."""
    await service.acknowledge(session, request_id=event.request_id, service=name, rows=event.rows)


SUBSCRIPTIONS: tuple[Subscription[Any], ...] = tuple(
    subscribe(event, partial(on_erasure_done, name=name)) for name, event in ERASURE_DONE.items()
)
