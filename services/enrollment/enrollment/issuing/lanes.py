"""Spans of one order that are issued at the same time, and in which order they are counted."""

import asyncio
from dataclasses import dataclass

from .errors import Overtaken
from .repository import Place

LONGEST_TURN_S = 30.0
"""Seconds to wait for the span before. It may itself wait for somebody who waits for people of this span, which the
database cannot see: then this one gives way."""


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
        """Wait until the span before is counted: who comes to the order first would find it elsewhere.

        Overtaken if that takes too long: the span is rolled back, its locks are free, and it is issued again.
        """
        if self.before is None:
            return
        done, _ = await asyncio.wait([self.before], timeout=LONGEST_TURN_S)
        if not done:
            raise Overtaken("the span before is not counted yet")
