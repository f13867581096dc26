"""Requests and responses of policies."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from ..amounts import Yuan


class PolicySearch(BaseModel):
    """A search of policies; in a body, because numbers and names of people never stand in an address."""

    model_config = ConfigDict(extra="forbid")

    order_number: Annotated[str, Field(max_length=32)] | None = None
    product: Annotated[str, Field(max_length=40)] | None = None
    year: Annotated[int, Field(ge=2000, le=2100)] | None = None
    """Year in which cover begins."""
    document_number: Annotated[str, Field(max_length=40)] | None = None
    name: Annotated[str, Field(max_length=60)] | None = None


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
    state: str
    """not_started | in_force | expired | terminated"""
    state_text: str


class SnapshotRead(BaseModel):
    """A run that tells all policies again."""

    id: UUID
    told: int
    finished_at: datetime | None
