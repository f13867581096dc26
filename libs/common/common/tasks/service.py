"""Use cases of tasks: ask for one, look at it, cancel it. Running them is `common.tasks.worker`'s."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy.ext.asyncio import AsyncSession

from ..audit import record
from ..auth.actor import Actor
from ..auth.scope import sees_whole_tenant
from ..crypto import TenantKeys
from ..errors import NotFound
from ..http.paging import Cursor
from ..ids import new_id
from .errors import STOPPED, TooManyTasks, problem_of
from .models import Task
from .permissions import READ_TASKS
from .repository import TaskRepository
from .rules import MOST_OPEN
from .schemas import TaskProblem

PARAMETERS = "task.parameters"


async def request_task(
    session: AsyncSession,
    *,
    actor: Actor,
    kind: str,
    parameters: Mapping[str, Any],
    keys: TenantKeys,
    total: int | None = None,
    most_open: int = MOST_OPEN,
) -> Task:
    """Queue long work for the caller; TooManyTasks. It begins when the transaction has committed.

    `parameters` are JSON values and are sealed: they may hold what somebody searched for. The work is done within the
    permissions and the scope that the caller has now. `total` is how many items it will have, if that is known.
    """
    repository = TaskRepository.of(session)
    if await repository.count_open(actor.id) >= most_open:
        raise TooManyTasks(most=most_open)
    sealed = keys.seal(orjson.dumps(dict(parameters), default=str).decode(), context=PARAMETERS)
    task = repository.add(
        Task(
            id=new_id(),
            kind=kind,
            requested_by=actor.id,
            actor=actor.model_dump(mode="json"),
            parameters=sealed,
            total=total,
            counts={},
        )
    )
    await record(
        session, actor_id=actor.id, action="task.requested", subject=f"task:{task.id}", detail={"kind": kind}
    )
    await session.flush()
    return task


async def problems_of(session: AsyncSession, task_ids: Iterable[UUID | None]) -> dict[UUID, TaskProblem]:
    """Return why tasks were given up, failed or cancelled: what waits for one of them says so instead of waiting."""
    ids = {task_id for task_id in task_ids if task_id is not None}
    found = await TaskRepository.of(session).given_up(ids)
    return {
        task.id: TaskProblem.model_validate(task.problem or problem_of("task.cancelled", STOPPED))
        for task in found
    }


def sees_everybodys(actor: Actor) -> bool:
    """Whether the caller sees the tasks of others: tenant-wide staff with the permission."""
    return actor.may(READ_TASKS) and sees_whole_tenant(actor)


async def find_task(session: AsyncSession, *, actor: Actor, task_id: UUID, lock: bool = False) -> Task:
    """Return a task that the caller may see; NotFound also for somebody else's."""
    task = await TaskRepository.of(session).find(Task, task_id, lock=lock)
    if task is None or not (task.requested_by == actor.id or sees_everybodys(actor)):
        raise NotFound
    return task


async def list_tasks(
    session: AsyncSession, *, actor: Actor, cursor: Cursor, state: str | None, everybody: bool
) -> list[Task]:
    """Return the caller's tasks, newest first; everybody's for who may see them."""
    mine = None if everybody and sees_everybodys(actor) else actor.id
    return list(await TaskRepository.of(session).page(cursor, requested_by=mine, state=state))


async def cancel_task(session: AsyncSession, *, actor: Actor, task_id: UUID) -> Task:
    """Ask for a task's end: at once if it waits, after the present chunk if it runs; again changes nothing."""
    task = await find_task(session, actor=actor, task_id=task_id, lock=True)
    task.cancel()
    return task
