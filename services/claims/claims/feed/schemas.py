"""What the settlement feed answers."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel

from ..intake.schemas import ReasonRead
from .models import FeedFile


class FeedFileRead(BaseModel):
    """A settlement file: what came of its receipt, and how many of its lines are in which state now."""

    id: UUID
    format: str
    sha256: str
    lines: int
    accepted: int
    repeated: int
    bad: int
    differing: int
    waiting: int
    states: dict[str, int]
    created_at: datetime

    @classmethod
    def of(cls, file: FeedFile, states: dict[str, int]) -> "FeedFileRead":
        """Make it from the row and the counts."""
        return cls(
            id=file.id,
            format=file.format,
            sha256=file.sha256,
            lines=file.lines,
            accepted=file.accepted,
            repeated=file.repeated,
            bad=file.bad,
            differing=file.differing,
            waiting=states.get("new", 0),
            states=states,
            created_at=file.created_at,
        )


class FeedLineRead(BaseModel):
    """A line and what came of it; the person is masked."""

    id: UUID
    line_no: int
    line_id: str
    state: str
    reasons: list[ReasonRead]
    name: str | None
    id_number: str | None
    claim_id: UUID | None
    decided_at: datetime | None
