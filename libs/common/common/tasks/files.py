"""Files that tasks make: encrypted with a key of their own, kept for some days."""

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path

from ..http.context import ServiceContext
from ..storage import ObjectStore, read_sealed, write_sealed

READ_BYTES = 256 * 1024
EXTRA = "task_files"


class TaskFiles:
    """The files of one service's tasks in its object store; nothing is opened before the first file."""

    def __init__(self, context: ServiceContext) -> None:
        self._context = context
        self._made: ObjectStore | None = None
        self._has_bucket = False

    @classmethod
    def of(cls, context: ServiceContext) -> "TaskFiles":
        """Return the files of a service, the same for all who ask in this process."""
        files = context.extras.get(EXTRA)
        if not isinstance(files, TaskFiles):
            files = context.extras[EXTRA] = cls(context)
            context.closing.append(files.close)
        return files

    @property
    def _store(self) -> ObjectStore:
        if self._made is None:
            self._made = ObjectStore.connect(self._context.settings, self._context.service)
        return self._made

    async def write(self, name: str, path: Path) -> bytes:
        """Encrypt and store a file; return its key."""
        if not self._has_bucket:
            await self._store.ensure_bucket()
            self._has_bucket = True
        key = os.urandom(32)
        await write_sealed(self._store, name, _pieces(path), key=key)
        return key

    def read(self, name: str, *, key: bytes) -> AsyncIterator[bytes]:
        """Decrypt a stored file; ObjectMissing, Tampered."""
        return read_sealed(self._store, name, key=key)

    async def remove(self, folder: str) -> None:
        """Remove everything below a task's name."""
        await self._store.delete_all(folder)

    async def remove_one(self, name: str) -> None:
        """Remove one file; one that is not there is removed already."""
        await self._store.delete(name)

    def close(self) -> None:
        """Give up the threads."""
        if self._made is not None:
            self._made.close()


async def _pieces(path: Path) -> AsyncIterator[bytes]:
    file = await asyncio.to_thread(path.open, "rb")
    try:
        while piece := await asyncio.to_thread(file.read, READ_BYTES):
            yield piece
    finally:
        file.close()
