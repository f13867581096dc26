"""What claims says of settlements that fit nobody."""

from typing import ClassVar
from uuid import UUID

from ..events.contract import BatchItem, Event, Sealed


class UnmatchedSettlement(BatchItem):
    """A line of the settlement feed that fits nobody who is covered."""

    line_id: UUID
    reason: str
    """feed.unmatched | feed.name_differs | feed.unit_differs (paid all the same; only the unit's name is another)"""
    document_number: Sealed
    name: Sealed
    unit_name: str | None = None
    """The person's unit as the feed names it, where it does."""
    unit_id: UUID | None = None
    """The unit by which the person is covered, where they are."""


class SettlementsUnmatched(Event):
    """Lines of the settlement feed whose people could not be found; the back office links them (row C.14)."""

    wire: ClassVar[str] = "claims.settlements_unmatched.v1"
    batch_id: UUID
    lines: list[UnmatchedSettlement]

    @property
    def key(self) -> str:
        """Batch."""
        return str(self.batch_id)
