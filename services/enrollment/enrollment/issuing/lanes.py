"""Spans of one order that are issued at the same time, and in which order they are counted."""

import asyncio
from dataclasses import dataclass

from .repository import Place


@dataclass(frozen=True, slots=True)
class IssuingLane:
    """Where a span begins, who waits to hear where it ends, and who issues the span before it."""

    place: Place | None
    """None: where the order stands."""
    told: asyncio.Future[Place | None]
    before: asyncio.Task[None] | None

    def tell(self, place: Place | None) -> None:
        """Say, once, where the next span begins; None: nowhere."""
        if not self.told.done():
            self.told.set_result(place)

    async def turn(self) -> None:
        """Wait until the span before is counted: who comes to the order first would find it elsewhere."""
        if self.before is not None:
            await asyncio.wait([self.before])
