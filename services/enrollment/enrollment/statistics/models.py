"""Counters by unit, product and day, and members by unit."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from common.db import TenantRow

from ..tables import Base


class DayCount(TenantRow, Base):
    """What happened on a day to a unit's cover by a product.

    `policies`, `shares` and `contributed` count what was issued that day (参保人次), `ended` what ended before its term
    with that day. `covered` is by how many the number of covered people changes on the day: its sum up to a day is the
    number of people covered on it. `received` and `refunded` are yuan.
    """

    __tablename__ = "statistic_day"
    unit_id: Mapped[UUID]
    product_code: Mapped[str]
    day: Mapped[date]
    policies: Mapped[int]
    shares: Mapped[int]
    contributed: Mapped[Decimal]
    ended: Mapped[int]
    covered: Mapped[int]
    received: Mapped[Decimal]
    refunded: Mapped[Decimal]


class Headcount(TenantRow, Base):
    """How many confirmed members the register has in a unit, and how many employees it declared with its last order."""

    __tablename__ = "unit_headcount"
    unit_id: Mapped[UUID]
    members: Mapped[int]
    declared: Mapped[int] = mapped_column(default=0)
