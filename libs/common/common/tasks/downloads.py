"""The file of a done task: for who asked for it, with a line in the audit log, streamed as it is decrypted."""

from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from ..audit import record
from ..auth.actor import Actor
from ..crypto import TenantKeys
from ..errors import NotFound
from ..storage import ObjectMissing
from .errors import TaskNotDone, TaskResultExpired, TaskWithoutResult
from .files import TaskFiles
from .models import Task
from .rules import DONE


@dataclass(frozen=True)
class TaskFile:
    """What is sent: where it lies, its key, and what it is."""

    object_name: str
    key: bytes
    filename: str
    media_type: str
    size: int


async def open_result(session: AsyncSession, *, actor: Actor, task: Task, keys: TenantKeys) -> TaskFile:
    """Return a task's file and note that it was taken; whoever did not ask for it is told that it is not there."""
    if task.requested_by != actor.id:
        raise NotFound
    if task.state != DONE:
        raise TaskNotDone
    if task.object_name is None or task.result_type is None or task.result_size is None:
        raise TaskWithoutResult
    if task.result_key is None or task.result_file is None:
        raise TaskResultExpired
    await record(
        session,
        actor_id=actor.id,
        action="task.result_downloaded",
        subject=f"task:{task.id}",
        detail={"kind": task.kind, "bytes": task.result_size},
    )
    return TaskFile(
        task.object_name,
        keys.open_bytes(task.result_key, context="task.key"),
        keys.open(task.result_file, context="task.file"),
        task.result_type,
        task.result_size,
    )


async def stream_result(files: TaskFiles, file: TaskFile) -> AsyncIterator[bytes]:
    """Begin to read a file: its first bytes are verified before the answer begins; TaskResultExpired if it is gone."""
    source = files.read(file.object_name, key=file.key)
    try:
        first = await anext(source, b"")
    except ObjectMissing:
        raise TaskResultExpired from None

    async def chunks() -> AsyncIterator[bytes]:
        async with aclosing(source) as rest:  # type: ignore[type-var]
            yield first
            async for chunk in rest:
                yield chunk

    return chunks()
