"""A copy of a claim: as much of it as a refund depends on."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy.orm import Mapped

from common.db import TenantRow

from ..tables import Base

UNDECIDED = ("in_review", "returned")
"""Handed in, and neither agreed nor refused."""
AGREED = ("approved", "paid", "payment_failed")


class CaseCopy(TenantRow, Base):
    """A claim (理赔申请) that was handed in; `id` is the claim's. It names nobody."""

    __tablename__ = "case_copy"
    version: Mapped[int]
    number: Mapped[str]
    person_id: Mapped[UUID]
    product_code: Mapped[str]
    status: Mapped[str]
    event_on: Mapped[date | None]
    """The first day of the case; the cover that stands on it is the one that is used. None where it is not told."""
    amount: Mapped[Decimal | None]
