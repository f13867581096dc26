"""Requests and responses of amendments."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator

from common.http import refused

from ..amounts import Yuan


class AmendmentCreate(BaseModel):
    """The first day of the change; none: as soon as the product lets it."""

    model_config = ConfigDict(extra="forbid")

    effective_on: date | None = None


class Leavers(BaseModel):
    """Who leaves: policies that were ticked, or ID numbers."""

    model_config = ConfigDict(extra="forbid")

    policy_ids: Annotated[list[UUID], Field(min_length=1, max_length=5_000)] | None = None
    document_numbers: (
        Annotated[list[Annotated[str, Field(max_length=40)]], Field(min_length=1, max_length=5_000)] | None
    ) = None

    @model_validator(mode="after")
    def _one_way(self) -> "Leavers":
        if (self.policy_ids is None) == (self.document_numbers is None):
            raise refused(
                "policy_ids 与 document_numbers 请填写其中一项，不能都填或都不填。",
                "Give either policy_ids or document_numbers.",
            )
        return self


class LeaverRead(BaseModel):
    """Somebody who leaves, masked, and what will come back."""

    id: UUID
    policy_id: UUID
    policy_number: str
    name: str
    document_number: str
    last_day: date
    refund: Yuan
    refund_why: str


class LeaversRead(BaseModel):
    """Who leaves by an amendment, what comes back in all, and what that is beside what the joiners pay."""

    items: list[LeaverRead]
    refund: Yuan
    contribution: Yuan
    """What those who join come to"""
    net: Yuan
    """The contribution less the refund; below zero: more comes back than is paid. They are not set off: the
    contribution is paid in full, the refund goes out by itself"""
