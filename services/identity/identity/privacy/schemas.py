"""Requests and answers about personal data."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from common.opinions import Reason
from common.tasks import TaskProblem


class DataRequestCreate(BaseModel):
    """Ask for an export of what is held, or for its erasure."""

    model_config = ConfigDict(extra="forbid")

    kind: Literal["export", "erasure"]
    reason: Reason


class DataRequestRefuse(BaseModel):
    """Why it is refused."""

    model_config = ConfigDict(extra="forbid")

    answer: Reason


class DataRequestRead(BaseModel):
    """A request about personal data."""

    id: UUID
    version: int
    kind: Literal["export", "erasure"]
    person_id: UUID
    state: Literal["open", "refused", "withdrawn", "running", "failed", "done"]
    """failed: the export was given up; it is asked for anew."""
    reason: str
    requested_by: UUID
    requested_as: Literal["member", "staff", "retention"]
    answer: str | None
    task_id: UUID | None
    """Of an export: its file is the result of this task (/tasks/<id>/result)."""
    parts: dict[str, Any]
    """Services that are done, with the rows they blanked or, of an export, gave."""
    waiting: list[str]
    """Services that are not done yet; of an export that is done: whose part is missing in the file."""
    problem: TaskProblem | None = None
    """Why an export failed, and what to do."""
    created_at: datetime
    decided_at: datetime | None
    finished_at: datetime | None
