"""Acknowledgements of packs by the other services."""

from functools import partial
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from common.consumer import ConsumerContext, Subscription, subscribe
from common.contracts.tenancy import PACK_INSTALLED

from . import service


async def on_pack_installed(
    session: AsyncSession, event: Any, context: ConsumerContext, *, name: str
) -> None:
    """Remember that a service has a version of the pack."""
    await service.acknowledge_pack(session, number=event.pack_version, service=name)


SUBSCRIPTIONS: tuple[Subscription[Any], ...] = tuple(
    subscribe(event, partial(on_pack_installed, name=name)) for name, event in PACK_INSTALLED.items()
)
