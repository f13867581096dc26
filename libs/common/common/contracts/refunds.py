"""Refunds of policies, told again."""

from decimal import Decimal
from typing import ClassVar
from uuid import UUID

from ..events.contract import BatchItem, Event


class RefundOfPolicy(BatchItem):
    """A refund and the policy whose contribution it gives back."""

    refund_id: UUID
    policy_id: UUID
    amount: Decimal


class RefundsSnapshot(Event):
    """Up to 500 refunds of policies, told again, so that copies can be rebuilt. It tells nobody anything new."""

    wire: ClassVar[str] = "enrollment.refunds_snapshot.v1"
    batch_id: UUID
    refunds: list[RefundOfPolicy]

    @property
    def key(self) -> str:
        """Batch."""
        return str(self.batch_id)
