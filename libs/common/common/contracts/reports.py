"""What claims says of reports of a period."""

from datetime import date
from typing import ClassVar
from uuid import UUID

from ..events.contract import Event


class ReportReady(Event):
    """A report of a period was made; those who subscribe to it are told, without any figure."""

    wire: ClassVar[str] = "claims.report_ready.v1"
    run_id: UUID
    report: str
    title: str
    first_day: date
    last_day: date
    account_ids: list[UUID]
    """Staff accounts that subscribe to the report within its scope."""

    @property
    def key(self) -> str:
        """Report of a period."""
        return str(self.run_id)
