"""What the settlement feed answers."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel

from common.text import language

from ..intake.schemas import ReasonRead
from .models import FeedFile


@dataclass(frozen=True, slots=True)
class ReceivedFile:
    """A settlement file that was stored: where, under which key, and what is known of it."""

    id: UUID
    format: str
    origin: str = "upload"
    sha256: str = ""
    name: str | None = None
    size: int = 0
    object_name: str | None = None
    key: bytes | None = None
    problem: dict[str, Any] | None = None


class FeedFileRead(BaseModel):
    """A settlement file: how far it is read, what came of its lines, how many are in which state now.

    `state`: received, reading, read, or stopped where a line cannot be read (`problem`); those before it count.
    `progress` goes from 0 to 1 and counts reading and deciding.
    """

    id: UUID
    format: str
    origin: str
    name: str | None
    state: str
    problem: str | None
    size: int
    progress: float
    sha256: str
    lines: int
    accepted: int
    repeated: int
    bad: int
    differing: int
    waiting: int
    states: dict[str, int]
    created_at: datetime
    finished_at: datetime | None

    @classmethod
    def of(cls, file: FeedFile, states: dict[str, int]) -> "FeedFileRead":
        """Make it from the row and the counts."""
        waiting = states.get("new", 0)
        read = 1.0 if file.finished_at else file.read_bytes / file.size if file.size else 0.0
        decided = 1 - waiting / file.lines if file.lines else 1.0
        return cls(
            id=file.id,
            format=file.format,
            origin=file.origin,
            name=file.name,
            state=file.state,
            problem=str(file.problem[language.get()]) if file.problem else None,
            size=file.size,
            progress=round(read * (0.5 + 0.5 * decided), 3),
            finished_at=file.finished_at,
            sha256=file.sha256,
            lines=file.lines,
            accepted=file.accepted,
            repeated=file.repeated,
            bad=file.bad,
            differing=file.differing,
            waiting=waiting,
            states=states,
            created_at=file.created_at,
        )


class FeedLineRead(BaseModel):
    """A line and what came of it; the person is masked."""

    id: UUID
    file_id: UUID
    line_no: int
    line_id: str
    state: str
    reasons: list[ReasonRead]
    name: str | None
    id_number: str | None
    unit_name: str | None = None
    """The person's unit as the file names it."""
    claim_id: UUID | None
    decided_at: datetime | None
