"""Counters per unit, product and year or month, days to payment, and by what people are found."""

from datetime import date
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


class StatisticMonth(TenantRow, Base):
    """The same by month; `month` is its first day."""

    __tablename__ = "statistic_month"
    unit_id: Mapped[UUID]
    product_code: Mapped[str]
    month: Mapped[date]
    contributions: Mapped[Decimal]
    enrolled: Mapped[int]
    paid: Mapped[Decimal]
    paid_claims: Mapped[int]


class StatisticDay(TenantRow, Base):
    """The same by day, for reports of any period and the reporting interface."""

    __tablename__ = "statistic_day"
    unit_id: Mapped[UUID]
    product_code: Mapped[str]
    day: Mapped[date]
    contributions: Mapped[Decimal]
    enrolled: Mapped[int]
    paid: Mapped[Decimal]
    paid_claims: Mapped[int]


class PayoutDays(TenantRow, Base):
    """How many payouts of a month arrived so many days after the claim was handed in (`days` at most 365)."""

    __tablename__ = "payout_days"
    unit_id: Mapped[UUID]
    product_code: Mapped[str]
    month: Mapped[date]
    days: Mapped[int]
    payouts: Mapped[int]


class PersonSearch(TenantRow, Base):
    """Blind indexes of the name and mobile by which a person's claims are found; its id is the person's."""

    __tablename__ = "person_search"
    version: Mapped[int]
    """Of the register's fact; 0 where only a policy names the person."""
    name_index: Mapped[str]
    mobile_index: Mapped[str | None]
