"""Counters per unit, product and year."""

from decimal import Decimal
from uuid import UUID

from sqlalchemy.orm import Mapped

from common.db import Base, TenantRow


class Statistic(TenantRow, Base):
    """What a unit paid in, how many of its people were enrolled, what they were paid. Yuan and counts."""

    __tablename__ = "statistic"
    unit_id: Mapped[UUID]
    product_code: Mapped[str]
    year: Mapped[int]
    contributions: Mapped[Decimal]
    enrolled: Mapped[int]
    paid: Mapped[Decimal]
    paid_claims: Mapped[int]
