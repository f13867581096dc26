"""Responses of the statistics."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from pydantic import BaseModel

from ..amounts import Yuan


class CountsRead(BaseModel):
    """What happened in a period."""

    person_times: int
    """参保人次: terms of cover that began to exist"""
    shares: int
    contributed: Yuan
    """contributions of those terms"""
    received: Yuan
    """money that arrived"""
    refunded: Yuan
    ended: int
    """terms that end early, counted on their last day, which may be still to come"""


class SummaryRead(CountsRead):
    """The tenant (or the caller's part of it) at a glance."""

    since: date | None
    until: date | None
    on: date
    covered: int
    """terms of cover that run on the day `on`"""
    members: int
    """employees as declared with the units' last orders, or confirmed members in the register if those are more"""


class SeriesRow(CountsRead):
    """One row of a series."""

    key: str
    """month, year, product code or unit id"""
    title: str


class SeriesRead(BaseModel):
    """Counts by month, year, product or unit."""

    by: str
    items: list[SeriesRow]


class UnitParticipation(BaseModel):
    """How much of a unit takes part."""

    unit_id: UUID
    unit_name: str
    members: int | None
    """employees: as declared with the last order, or confirmed members in the register if those are more; null where
    the unit has declared none and the register knows nobody but those who were enrolled"""
    covered: int
    rate: Decimal | None
    """covered / members; null where it is not known of how many"""
    met: bool | None
    """whether the product's rule of group enrolment is met; null where it has none"""


class ParticipationRead(BaseModel):
    """Participation by unit, and of all units together."""

    product: str
    on: date
    required: Decimal | None
    everyone_below: int | None
    members: int
    """of the units whose employees are known"""
    covered: int
    """of the same units"""
    rate: Decimal | None
    unknown_units: int
    """units whose employees are not known: they are in no rate"""
    unknown_covered: int
    """covered people of these"""
    items: list[UnitParticipation]
    next_cursor: str | None


class RebuildRead(BaseModel):
    """The counters were counted anew."""

    covered: int
    members: int
