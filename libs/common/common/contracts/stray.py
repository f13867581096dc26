"""What enrollment says of money that came online for nothing (待查款项): that it arrived, and that it goes back."""

from datetime import date
from decimal import Decimal
from typing import ClassVar
from uuid import UUID

from ..events.contract import BatchItem, Event


class StrayMoney(BatchItem):
    """A payment whose money belongs to nothing: it came too late, or it is another amount than the one due."""

    payment_id: UUID
    number: str
    """The provider's number of the payment."""
    fund: str
    amount: Decimal
    """Yuan that arrived."""
    received_on: date


class _StrayEvent(Event):
    money: StrayMoney

    @property
    def key(self) -> str:
        """Payment, so that what goes back follows what came."""
        return str(self.money.payment_id)


class StrayMoneyReceived(_StrayEvent):
    """Such money arrived; the ledger keeps it apart, once per payment."""

    wire: ClassVar[str] = "enrollment.stray_money_received.v1"


class StrayMoneyReturned(_StrayEvent):
    """It went back the way it came, wholly or in part; the ledger posts it once per `refund_id`."""

    wire: ClassVar[str] = "enrollment.stray_money_returned.v1"
    refund_id: UUID
    refund_number: str
    """The provider's number of the refund."""
    refunded: Decimal
    """Yuan of this refund, above zero."""
    returned_on: date


class LatePaymentReceived(Event):
    """A member paid online for what no longer waits for money: a bill cancelled or paid already, an application
    withdrawn. All of it goes back the way it came; the member is told so.
    """

    wire: ClassVar[str] = "enrollment.late_payment_received.v1"
    payment_id: UUID
    number: str
    """The provider's number of the payment."""
    purpose: str
    """cover | dues"""
    title: str
    """What was paid for, in words."""
    person_id: UUID
    unit_id: UUID
    amount: Decimal
    """Yuan that arrived and go back."""
    received_on: date

    @property
    def key(self) -> str:
        """Payment."""
        return str(self.payment_id)
