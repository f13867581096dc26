"""What a service listens to."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy.ext.asyncio import AsyncSession

from ..events.contract import Event
from ..events.envelope import Envelope
from ..http.context import ServiceContext

E = TypeVar("E", bound=Event)


@dataclass(frozen=True)
class ConsumerContext:
    """What a handler may need besides the event: the service's context and the envelope."""

    service: ServiceContext
    envelope: Envelope


Handler = Callable[[AsyncSession, E, ConsumerContext], Awaitable[None]]


@dataclass(frozen=True)
class Subscription(Generic[E]):
    """One event and its handler. `acts`: the handler reaches outside (sends, pays); replays skip it."""

    event: type[E]
    handler: Handler[E]
    acts: bool = False


def subscribe(event: type[E], handler: Handler[E], *, acts: bool = False) -> Subscription[Any]:
    """Return an entry of a service's SUBSCRIPTIONS table."""
    return Subscription(event, handler, acts)
