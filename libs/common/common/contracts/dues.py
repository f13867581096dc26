"""What enrollment says of membership dues (会费): paid, and given back."""

from datetime import date
from decimal import Decimal
from typing import ClassVar
from uuid import UUID

from ..events.contract import Event, Sealed


class DuesPaid(Event):
    """A member paid dues; the ledger posts them once per `bill_id`."""

    wire: ClassVar[str] = "enrollment.dues_paid.v1"
    bill_id: UUID
    number: str
    person_id: UUID
    unit_id: UUID
    name: Sealed | None = None
    fund: str
    amount: Decimal
    periods: list[str]
    paid_on: date
    receipt_number: str

    @property
    def key(self) -> str:
        """Bill."""
        return str(self.bill_id)


class DuesRefunded(Event):
    """Dues of a paid bill go back at finance's word; `whole`: all of them, so that the bill counts as paid no more."""

    wire: ClassVar[str] = "enrollment.dues_refunded.v1"
    refund_id: UUID
    bill_id: UUID
    number: str
    person_id: UUID
    unit_id: UUID
    fund: str
    amount: Decimal
    """Yuan of this refund, above zero."""
    whole: bool
    periods: list[str]
    refunded_on: date

    @property
    def key(self) -> str:
        """Bill."""
        return str(self.bill_id)
