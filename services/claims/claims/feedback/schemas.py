"""Requests and answers of feedback."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints


class FeedbackWrite(BaseModel):
    """How satisfied the member is, from 1 (not at all) to 5 (very), with words if they like."""

    model_config = ConfigDict(extra="forbid")

    score: Annotated[int, Field(ge=1, le=5)]
    words: Annotated[str, StringConstraints(strip_whitespace=True, max_length=1000)] = ""


class FeedbackRead(BaseModel):
    """A feedback."""

    id: UUID
    claim_id: UUID
    score: int
    words: str
    created_at: datetime


class FeedbackSummary(BaseModel):
    """Feedback within the caller's scope: how many, the mean, and how many of each score."""

    given: int
    average: float | None
    scores: dict[int, int]
