"""Responses of renewals."""

from datetime import date, datetime

from pydantic import BaseModel

from ..policies.schemas import PolicyRead


class RenewalGroup(BaseModel):
    """A product on the list: how many people, and the days between which their cover ends."""

    product: str
    product_title: str
    people: int
    first_ends_on: date
    last_ends_on: date


class RenewalSummary(BaseModel):
    """A month's list at a glance."""

    month: str
    listed: bool
    """whether the list of this month has been made"""
    messages_sent_at: datetime | None
    people: int
    groups: list[RenewalGroup]


class RenewalPage(BaseModel):
    """A page of the people who are to be renewed."""

    month: str
    items: list[PolicyRead]
    next_cursor: str | None
