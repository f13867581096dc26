"""What the list of deadlines answers."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from pydantic import BaseModel


class DeadlineRead(BaseModel):
    """A claim that is not paid, the day it is due, and how many days are left (below zero: overdue)."""

    claim_id: UUID
    number: str | None
    kind: str
    title: str
    status: str
    node: str | None
    node_title: str
    """Where it waits for a decision; empty where nobody decides"""
    person_name: str | None
    """Masked"""
    unit_name: str | None
    handler_id: UUID | None
    handler: str
    """Who has taken the task."""
    opened_by: str
    amount: Decimal | None
    due_on: date
    days_left: int
