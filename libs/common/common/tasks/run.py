"""What a runner is given: the task, and the only ways to work on it that survive a kill at any moment."""

import asyncio
import shutil
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, ParamSpec, TypeVar
from uuid import UUID

import orjson
from sqlalchemy.ext.asyncio import AsyncSession

from ..auth.actor import Actor
from ..crypto import TenantKeys
from ..http.context import ServiceContext
from ..processes import ProcessPool
from .errors import LeaseLost, TaskCancelled, TurnOver
from .files import TaskFiles
from .models import Task
from .repository import TaskRepository
from .service import PARAMETERS

P = ParamSpec("P")
R = TypeVar("R")
TURN_SECONDS = 15.0
"""How long a task of chunks goes on while tasks of others wait."""


@dataclass
class Chunk:
    """One transaction of a task: its effects and how far they reach are committed together or not at all."""

    session: AsyncSession
    cursor: dict[str, Any]
    """Where the last committed chunk ended; empty at the beginning."""
    counts: dict[str, int]
    values: dict[str, Any] = field(default_factory=dict)

    def advance(
        self, *, cursor: Mapping[str, Any], done: int, total: int | None = None, **counts: int
    ) -> None:
        """Say where this chunk ends and how many items are done in all; `counts` are added to the task's."""
        stored = orjson.loads(orjson.dumps(dict(cursor), default=str))
        added = {name: self.counts.get(name, 0) + number for name, number in counts.items()}
        # What has got on may be interrupted anew: only runs that reach nothing are counted against it.
        self.values = {"cursor": stored, "done": done, "counts": {**self.counts, **added}, "attempts": 1}
        if total is not None:
            self.values["total"] = total


class TaskRun:
    """One run of a task. A runner either works in chunks, or makes a file, or does the one and then the other.

    In chunks: `async with run.chunk() as chunk:` do the next piece in `chunk.session`, then `chunk.advance(...)`,
    until nothing is left. A killed run goes on behind its last chunk; nothing is done twice. A chunk begins only if
    the task is still this worker's and not cancelled, and, while others wait, for some seconds only: a runner is
    begun again at any time and must find its place by the cursor alone.

    A file: `async with run.result(name, media_type) as path:` write it; it is sealed and stored when the block ends,
    and downloadable when the runner returns. A killed run writes it anew. `run.progress(...)` in between shows how
    far it is and obeys a cancellation.
    """

    def __init__(
        self,
        context: ServiceContext,
        task: Task,
        *,
        lease: UUID,
        keys: TenantKeys,
        files: TaskFiles,
        pool: ProcessPool,
        contended: Callable[[], bool] = lambda: False,
    ) -> None:
        self.context = context
        self.id, self.tenant_id, self.lease = task.id, task.tenant_id, lease
        self.kind = task.kind
        self.actor = Actor.model_validate(task.actor)
        """Who asked, as they were then."""
        self.keys = keys
        self.made: dict[str, Any] = {}
        """Columns of the file that the finished task gets."""
        self._sealed_parameters = task.parameters
        self._folder = task.folder
        self._files, self._pool = files, pool
        self._contended = contended
        self._began = time.monotonic()

    @cached_property
    def parameters(self) -> dict[str, Any]:
        """What was asked for."""
        if self._sealed_parameters is None:
            return {}
        found: dict[str, Any] = orjson.loads(self.keys.open(self._sealed_parameters, context=PARAMETERS))
        return found

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncSession]:
        """A transaction of the tenant for reading: what is written here is not bound to the task's progress."""
        async with self.context.db.transaction(self.tenant_id) as session:
            yield session

    @asynccontextmanager
    async def chunk(self) -> AsyncIterator[Chunk]:
        """Do the next piece; LeaseLost, TaskCancelled or TurnOver instead, which a runner lets pass."""
        if self._contended() and time.monotonic() - self._began > TURN_SECONDS:
            raise TurnOver
        async with self.context.db.transaction(self.tenant_id) as session:
            tasks = TaskRepository.of(session)
            task = await self._still_mine(tasks)
            chunk = Chunk(session, dict(task.cursor or {}), dict(task.counts))
            yield chunk
            await session.flush()
            if chunk.values and not await tasks.advance(self.id, self.lease, chunk.values):
                raise LeaseLost

    async def progress(self, *, done: int, total: int | None = None, **counts: int) -> None:
        """Show how far the making of a file is; LeaseLost or TaskCancelled."""
        values: dict[str, Any] = {"done": done} | ({"total": total} if total is not None else {})
        async with self.context.db.transaction(self.tenant_id) as session:
            tasks = TaskRepository.of(session)
            task = await self._still_mine(tasks)
            if counts:
                values["counts"] = {**task.counts, **counts}
            if not await tasks.advance(self.id, self.lease, values):
                raise LeaseLost

    @asynccontextmanager
    async def result(self, filename: str, media_type: str) -> AsyncIterator[Path]:
        """Give the path of a file to be written; then seal and store it under the name it is downloaded with."""
        folder = Path(await asyncio.to_thread(tempfile.mkdtemp, prefix="huzhu-task-"))
        try:
            path = folder / f"result{Path(filename).suffix}"
            yield path
            name = f"{self._folder}/{self.lease}"
            async with self.context.db.transaction(self.tenant_id) as session:
                # Noted before it is written, so that a file whose run dies is found and removed.
                if not await TaskRepository.of(session).advance(self.id, self.lease, {"object_name": name}):
                    raise LeaseLost
            key = await self._files.write(name, path)
            self.made = {
                "result_key": self.keys.seal_bytes(key, context="task.key"),
                "result_file": self.keys.seal(filename, context="task.file"),
                "result_type": media_type,
                "result_size": (await asyncio.to_thread(path.stat)).st_size,
            }
        finally:
            await asyncio.to_thread(shutil.rmtree, folder, True)

    async def in_process(self, work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Run a function of a module in a process of its own (picklable arguments); a refusal is raised here."""
        return await self._pool.run(work, *args, **kwargs)

    async def _still_mine(self, tasks: TaskRepository) -> Task:
        task = await tasks.peek(self.id, self.lease)
        if task is None:
            raise LeaseLost
        if task.cancel_requested_at is not None:
            raise TaskCancelled
        return task
