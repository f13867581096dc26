"""Requests and responses of bringing known people onto an order."""

from datetime import date
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from ..people.schemas import PeopleCounts

Amount = Annotated[
    Decimal,
    Field(gt=0, max_digits=14, decimal_places=2, description="每人投保金额；不填为一份或与上期相同"),
]


class FromRegister(BaseModel):
    """Members from the admission list: those ticked, or all of the unit who are not covered by the product."""

    model_config = ConfigDict(extra="forbid")

    person_ids: Annotated[list[UUID], Field(min_length=1, max_length=10_000)] | None = None
    uncovered_only: bool = True
    amount: Amount | None = None


class FromLastTerm(BaseModel):
    """Last term's people unchanged: whose cover ends in a span of days, by default the product's renewal window."""

    model_config = ConfigDict(extra="forbid")

    ends_from: date | None = None
    ends_until: date | None = None
    amount: Amount | None = None


class PeopleAdded(BaseModel):
    """How many were put on the order and can be covered, how many cannot, and who is on it now."""

    insurable: int
    not_insurable: int
    message: str | None = None
    """Why nobody was found, where that is so."""
    order: PeopleCounts
