"""Responses of roster files."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from ..people.schemas import PeopleCounts, ReasonRead


class RosterImportRead(BaseModel):
    """An uploaded roster and how far its check has come."""

    id: UUID
    state: str
    """queued | checking | staged | done | refused | cancelled"""
    state_text: str
    rows_done: int
    total: int
    insurable: int
    not_insurable: int
    problem: str | None
    """Code of the refusal"""
    problem_text: str | None = None
    seconds_left: int | None = None
    accepted: int = 0
    rejected: int = 0
    rows_failed: bool = False
    """Whether there are rows to be fetched that did not get onto the order"""
    started_at: datetime
    finished_at: datetime | None


class RosterUploaded(BaseModel):
    """The result of an upload. `repeated`: the same file had been uploaded before, nothing was added."""

    file: RosterImportRead
    repeated: bool
    order: PeopleCounts


class RosterImportList(BaseModel):
    """The rosters of an order, newest first."""

    items: list[RosterImportRead]


class RosterAccept(BaseModel):
    """Which rows a second person accepts: those ticked, or all that can be covered; the others are rejected."""

    model_config = ConfigDict(extra="forbid")

    all: bool = False
    ids: Annotated[list[UUID], Field(max_length=10_000)] | None = None


class StagedRead(BaseModel):
    """A row that waits for a second person; personal values are masked."""

    id: UUID
    row: int | None
    name: str
    document_number: str
    shares: int
    insurable: bool
    reasons: list[ReasonRead]
    decision: str | None
