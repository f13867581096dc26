"""Tasks as callers see them."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from ..clock import now
from ..text import Text
from .models import Task
from .rules import DONE, RUNNING, seconds_left

State = Literal["queued", "running", "done", "failed", "cancelled"]


class TaskProblem(BaseModel):
    """Why a task failed, in both languages."""

    code: str
    zh: str
    en: str
    params: dict[str, Any] | None = None
    errors: list[dict[str, Any]] | None = None


class TaskRead(BaseModel):
    """One task: how far it is, and what became of it."""

    id: UUID
    kind: str
    title: str
    state: State
    done: int
    total: int | None
    seconds_left: int | None = Field(None, description="按目前速度估计的剩余秒数，无法估计时为空")
    counts: dict[str, int]
    cancelling: bool = Field(False, description="已要求取消，正在处理完当前一批")
    problem: TaskProblem | None = None
    has_result: bool = Field(False, description="结果文件可以下载")
    result_until: datetime | None = None
    requested_by: UUID
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None

    @classmethod
    def of(cls, task: Task, *, title: Text | None = None) -> "TaskRead":
        """Return a task as the answer shows it."""
        left = seconds_left(done=task.done, total=task.total, started_at=task.started_at, at=now())
        return cls(
            id=task.id,
            kind=task.kind,
            title=title.in_language() if title else task.kind,
            state=task.state,
            done=task.done,
            total=task.total,
            seconds_left=left if task.state == RUNNING else None,
            counts=task.counts,
            cancelling=task.cancel_requested_at is not None and not task.ended,
            problem=TaskProblem.model_validate(task.problem) if task.problem else None,
            has_result=task.state == DONE and task.result_key is not None,
            result_until=task.result_until,
            requested_by=task.requested_by,
            created_at=task.created_at,
            started_at=task.started_at,
            finished_at=task.finished_at,
        )
