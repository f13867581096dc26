"""Answers about bulk admission."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel

from common.tasks import TaskProblem


class BatchRead(BaseModel):
    """An uploaded sheet and how far it is; the result file is that of the task."""

    id: UUID
    unit_id: UUID
    state: Literal["uploaded", "checking", "checked", "processing", "done"]
    total: int
    admissible: int
    admitted: int
    failed: int
    check_task: UUID | None
    process_task: UUID | None
    problem: TaskProblem | None = None
    """Why the check or the processing was given up; it is asked for again."""
    repeated: bool = False
    """The same file was uploaded before and is not done yet; this is it."""
    created_at: datetime
    finished_at: datetime | None


class RowReason(BaseModel):
    """Why a row is not admitted."""

    code: str
    field: str
    message: str


class BatchRowRead(BaseModel):
    """A row of a sheet, masked."""

    id: UUID
    row: int
    state: Literal["good", "bad", "admitted", "failed"]
    name: str
    id_number: str
    mobile: str
    reasons: list[RowReason]

    @classmethod
    def reasons_of(cls, stored: list[dict[str, Any]], language: str) -> list[RowReason]:
        """Return stored reasons in a language."""
        return [
            RowReason(code=reason["code"], field=reason["field"], message=reason[language])
            for reason in stored
        ]
