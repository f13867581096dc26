"""HTTP of tasks, mounted by every service that has some."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from fastapi.responses import StreamingResponse

from ..auth.actor import Actor
from ..auth.permissions import meaning_of
from ..errors import NotPermitted
from ..http.deps import ContextDep, SessionDep, requires_any
from ..http.downloads import attachment
from ..http.keys import KeysDep
from ..http.paging import CursorDep, Page
from ..text import Text
from . import service
from .downloads import open_result, stream_result
from .events import progress_events
from .files import TaskFiles
from .kinds import TaskKind
from .models import Task
from .permissions import READ_TASKS
from .schemas import State, TaskRead


def task_router(kinds: Sequence[TaskKind]) -> APIRouter:
    """Return the endpoints under /tasks, for whoever may ask for one of the kinds, and for READ_TASKS."""
    router = APIRouter(prefix="/tasks", tags=["tasks"])
    permissions = dict.fromkeys(kind.permission for kind in kinds)
    Caller = Annotated[Actor, requires_any(*permissions, READ_TASKS)]  # noqa: N806 (a type)
    known = {kind.name: kind for kind in kinds}

    def title_of(task: Task) -> Text:
        kind = known.get(task.kind)
        return kind.title if kind else Text(task.kind, task.kind)

    def read(task: Task) -> TaskRead:
        return TaskRead.of(task, title=title_of(task))

    @router.get("")
    async def list_tasks(
        session: SessionDep,
        actor: Caller,
        cursor: CursorDep,
        state: State | None = None,
        everybody: Annotated[bool, Query(description="查看他人的任务，需相应权限")] = False,
    ) -> Page[TaskRead]:
        """后台任务，新的在前：进度、剩余时间、结果。"""
        tasks = await service.list_tasks(
            session, actor=actor, cursor=cursor, state=state, everybody=everybody
        )
        return cursor.page(tasks, read)

    @router.get("/{task_id}")
    async def read_task(session: SessionDep, actor: Caller, task_id: UUID) -> TaskRead:
        """一个后台任务的状态、进度和失败原因。"""
        return read(await service.find_task(session, actor=actor, task_id=task_id))

    @router.post("/{task_id}/cancel")
    async def cancel_task(session: SessionDep, actor: Caller, task_id: UUID) -> TaskRead:
        """取消任务：未开始的立即取消，进行中的处理完当前一批后停止；已处理的部分保持有效。"""
        return read(await service.cancel_task(session, actor=actor, task_id=task_id))

    @router.get("/{task_id}/events", response_class=StreamingResponse)
    async def follow_task(
        session: SessionDep, actor: Caller, context: ContextDep, task_id: UUID
    ) -> StreamingResponse:
        """以 server-sent events 推送进度，任务结束时关闭。"""
        title = title_of(await service.find_task(session, actor=actor, task_id=task_id))
        events = progress_events(context, actor=actor, task_id=task_id, title=title)
        return StreamingResponse(events, media_type="text/event-stream", headers={"X-Accel-Buffering": "no"})

    @router.get("/{task_id}/result", response_class=StreamingResponse)
    async def download_result(
        session: SessionDep, actor: Caller, keys: KeysDep, context: ContextDep, task_id: UUID
    ) -> StreamingResponse:
        """下载结果文件（仅限提交人，记入审计日志）。"""
        task = await service.find_task(session, actor=actor, task_id=task_id)
        needed = known[task.kind].permission if task.kind in known else READ_TASKS
        if not actor.may(needed):
            raise NotPermitted(permission=needed, action=meaning_of(needed))
        file = await open_result(session, actor=actor, task=task, keys=keys)
        chunks = await stream_result(TaskFiles.of(context), file)
        headers = {
            "Content-Disposition": attachment(file.filename),
            "Content-Length": str(file.size),
        }
        return StreamingResponse(chunks, media_type=file.media_type, headers=headers)

    return router
