"""A task's progress as server-sent events: one whenever something has changed, until the task has ended."""

import asyncio
import time
from collections.abc import AsyncIterator
from uuid import UUID

from ..auth.actor import Actor
from ..http.context import ServiceContext
from ..text import Text
from .schemas import TaskRead
from .service import find_task

LOOK_SECONDS = 1.0
QUIET_SECONDS = 15.0
LONGEST_SECONDS = 600.0
"""After that the stream ends and the browser opens it again, with a fresh token."""


async def progress_events(
    context: ServiceContext, *, actor: Actor, task_id: UUID, title: Text
) -> AsyncIterator[str]:
    """Yield `data:` lines of TaskRead; comments in between keep proxies from closing a quiet stream."""
    began = spoke = time.monotonic()
    last = ""
    while time.monotonic() - began < LONGEST_SECONDS:
        async with context.db.transaction(actor.tenant_id) as session:
            task = await find_task(session, actor=actor, task_id=task_id)
            shown = TaskRead.of(task, title=title)
        text = shown.model_dump_json()
        if text != last:
            last, spoke = text, time.monotonic()
            yield f"event: task\ndata: {text}\n\n"
        if shown.finished_at is not None:
            return
        if time.monotonic() - spoke > QUIET_SECONDS:
            spoke = time.monotonic()
            yield ": still here\n\n"
        await asyncio.sleep(LOOK_SECONDS)
