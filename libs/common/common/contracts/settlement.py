"""What the medical-insurance side says (医保结算数据): said by the union's adapter, not by a service."""

from typing import ClassVar
from uuid import UUID

from pydantic import Field

from ..events.contract import BatchItem, Event, Sealed


class SettledLine(BatchItem):
    """One settled event of one person: the JSON line of services/claims/docs/feed.md, sealed."""

    line_id: str
    """The insurer's own id of the settlement; it counts once, for ever."""
    facts: Sealed
    """JSON under the tenant's key, context "settlement.line"."""


class LinesReported(Event):
    """Up to 500 settlements (免申即享); sent again they change nothing."""

    wire: ClassVar[str] = "settlement.lines_reported.v1"
    batch_id: UUID
    lines: list[SettledLine] = Field(min_length=1, max_length=500)

    @property
    def key(self) -> str:
        """Batch."""
        return str(self.batch_id)
