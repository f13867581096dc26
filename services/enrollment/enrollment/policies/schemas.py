"""Requests and responses of policies."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from ..amounts import Yuan


class PolicyRead(BaseModel):
    """A policy 保单; personal values are masked."""

    id: UUID
    number: str
    order_id: UUID
    order_number: str
    unit_id: UUID
    unit_name: str | None
    product: str
    product_title: str
    name: str
    document_number: str
    mobile: str
    bank_card: str
    bank_name: str | None
    shares: int
    contribution: Yuan
    starts_on: date
    ends_on: date
    ended_on: date | None
    state: str
    """not_started | in_force | expired | terminated"""
    state_text: str


class SnapshotCreate(BaseModel):
    """Which facts are sent again: policies, or matters (applications and online payments of members)."""

    model_config = ConfigDict(extra="forbid")
    fact: Literal["policies", "matters"] = "policies"


class SnapshotRead(BaseModel):
    """A run that tells facts again."""

    id: UUID
    told: int
    finished_at: datetime | None
