"""Requests and responses of the records."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

State = Literal["not_started", "in_force", "expired", "terminated", "may_end"]
"""As `policies.rules.policy_state` has it; "may_end": cover that runs or is still to begin, and was not ended."""


class PolicySearch(BaseModel):
    """A search of policies; in a body, because numbers and names of people never stand in an address."""

    model_config = ConfigDict(extra="forbid")

    order_number: Annotated[str, Field(max_length=32)] | None = None
    policy_number: Annotated[str, Field(max_length=40)] | None = None
    product: Annotated[str, Field(max_length=40)] | None = None
    unit_id: UUID | None = None
    year: Annotated[int, Field(ge=2000, le=2100)] | None = None
    """Year with a day of the cover in it."""
    starts_from: date | None = None
    starts_until: date | None = None
    ends_from: date | None = None
    ends_until: date | None = None
    state: State | None = None
    document_number: Annotated[str, Field(max_length=40)] | None = None
    name: Annotated[str, Field(max_length=60)] | None = None
    member_number: Annotated[str, Field(max_length=40)] | None = None
    """会员编号"""
