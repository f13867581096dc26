"""Which policies were ended for a refund, whoever pays it."""

from decimal import Decimal
from uuid import UUID

from sqlalchemy.orm import Mapped

from common.db import Base, TenantRow


class PolicyRefund(TenantRow, Base):
    """A refund (its `id` is RefundDue's) and the policy whose contribution it gives back, whichever way it goes."""

    __tablename__ = "policy_refund"
    policy_id: Mapped[UUID]
    amount: Mapped[Decimal]
