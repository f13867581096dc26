"""What enrollment says of an order that is done."""

from datetime import date
from typing import ClassVar

from ..events.contract import Event
from .enrollment import OrderFact


class OrderCompleted(Event):
    """Everybody on a paid order has been dealt with (办结): `issued` people are covered from `starts_on` to `ends_on`.

    `skipped` were left out because they no longer fit; of an order that changes a group the people who left count as
    issued.
    """

    wire: ClassVar[str] = "enrollment.order_completed.v1"
    order: OrderFact
    issued: int
    skipped: int
    starts_on: date
    ends_on: date

    @property
    def key(self) -> str:
        """Order."""
        return str(self.order.order_id)
