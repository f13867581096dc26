"""How a run ends that did not end well, and how ended tasks are cleared away."""

import asyncio
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from ..errors import DomainError
from ..failures import is_infrastructure
from ..http.context import ServiceContext
from ..storage import StorageUnavailable
from .errors import UNEXPECTED, LeaseLost, NotYet, TaskCancelled, TurnOver, problem_of
from .files import TaskFiles
from .models import Task
from .repository import TaskRepository
from .rules import is_hopeless, retry_seconds
from .run import TaskRun

log = structlog.get_logger()
AWAY_SECONDS = 5.0
BATCH = 50


async def end_run(run: TaskRun, failure: BaseException) -> None:
    """Write what a run that did not finish means for its task."""
    if isinstance(failure, LeaseLost):
        return
    async with run.context.db.transaction(run.tenant_id) as session:
        task = await TaskRepository.of(session).under(run.id, run.lease)
        if task is not None:
            _judge(task, failure)


def _judge(task: Task, failure: BaseException) -> None:
    if isinstance(failure, TaskCancelled):
        task.end_cancelled()
    elif isinstance(failure, NotYet):
        task.put_back(blameless=True, seconds=failure.seconds)
    elif isinstance(failure, DomainError):
        task.end_failed(refusal(failure))
    elif isinstance(failure, asyncio.CancelledError | TurnOver):
        task.put_back(blameless=True)
    elif is_infrastructure(failure) or isinstance(failure, StorageUnavailable):
        log.warning("task.waiting", task=str(task.id), task_kind=task.kind, kind=type(failure).__name__)
        task.put_back(blameless=True, seconds=AWAY_SECONDS)
    elif is_hopeless(task.attempts):
        log.error("task.failed", task=str(task.id), task_kind=task.kind, exc_info=failure)
        task.end_failed(problem_of("task.unexpected", UNEXPECTED))
    else:
        log.warning("task.retried", task=str(task.id), task_kind=task.kind, kind=type(failure).__name__)
        task.put_back(blameless=False, seconds=retry_seconds(task.attempts))


def refusal(error: DomainError) -> dict[str, Any]:
    """Return a refusal as the task's problem: what is wrong, where, and what to do."""
    more: dict[str, Any] = {"params": error.params} if error.params else {}
    if error.errors:
        more["errors"] = error.errors
    return problem_of(error.code, error.sentence, **more)


async def clear_tasks(context: ServiceContext, tenant_id: UUID) -> None:
    """Remove the files and parameters of a tenant's tasks whose time is over; the rows stay as a record."""
    while await _clear_some(context, tenant_id) == BATCH:
        pass


async def _clear_some(context: ServiceContext, tenant_id: UUID) -> int:
    async with context.db.transaction(tenant_id) as session:
        tasks = await TaskRepository.of(session).to_clear(BATCH)
        for task in tasks:
            await _clear(session, context, task)
        return len(tasks)


async def _clear(session: AsyncSession, context: ServiceContext, task: Task) -> None:
    if task.object_name is not None:
        await TaskFiles.of(context).remove(task.folder)
    task.clear()
