"""Requests and responses of dues."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from ..amounts import Yuan


class PeriodRead(BaseModel):
    """A period of this year."""

    period: str
    state: str
    """due | open | paid"""


class DuesRead(BaseModel):
    """The tariff in words, and how this year's periods stand."""

    every: str
    """month | quarter | year"""
    by_wage: bool
    tariff: list[str]
    periods: list[PeriodRead]


class BillCreate(BaseModel):
    """A bill: the monthly wage where dues depend on it, and the periods (none: the present one)."""

    model_config = ConfigDict(extra="forbid")

    wage: Annotated[Decimal, Field(gt=0, lt=10_000_000, max_digits=9, decimal_places=2)] | None = None
    periods: Annotated[list[Annotated[str, Field(max_length=10)]], Field(max_length=12)] = []


class BillRead(BaseModel):
    """A bill for dues."""

    id: UUID
    number: str
    periods: list[str]
    per_period: Yuan
    amount: Yuan
    state: str
    """open | paid | cancelled | refunded"""
    paid_at: datetime | None
    receipt_number: str | None
    person_name: str | None = None
    """Who pays, masked; in lists only."""
    created_at: datetime
