"""Where pictures lie, and the process that draws them; one of each per process of the service."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from common.http import ServiceContext
from common.processes import ProcessPool
from common.storage import ObjectStore, read_sealed, write_sealed

from .drawing import Drawn, draw

EXTRA = "picture_store"
PIECE = 256 * 1024


class PictureStore:
    """The service's bucket and its drawing process; nothing is opened before its first use."""

    def __init__(self, context: ServiceContext) -> None:
        self._store = ObjectStore.connect(context.settings, context.service)
        self._pool = ProcessPool(processes=1, master_keys=context.settings.master_keys.get_secret_value())
        self._has_bucket = False

    @classmethod
    def of(cls, context: ServiceContext) -> "PictureStore":
        """Return the store of this process."""
        found = context.extras.get(EXTRA)
        if not isinstance(found, PictureStore):
            found = context.extras[EXTRA] = cls(context)
        return found

    async def draw(self, source: Path, target: Path) -> Drawn:
        """Make an uploaded picture anew; NotAPicture, PictureTooBig."""
        return await self._pool.run(draw, str(source), str(target))

    async def keep(self, name: str, file: Path) -> tuple[bytes, int]:
        """Encrypt and store a file; return its key and size."""
        if not self._has_bucket:
            await self._store.ensure_bucket()
            self._has_bucket = True
        key = os.urandom(32)
        stored = await write_sealed(self._store, name, _pieces(file), key=key)
        return key, stored.size

    async def read(self, name: str, key: bytes) -> bytes:
        """Return a stored picture whole; it is small. ObjectMissing."""
        return b"".join([chunk async for chunk in read_sealed(self._store, name, key=key)])

    def close(self) -> None:
        """Give up threads and process."""
        self._store.close()
        self._pool.close()


async def _pieces(file: Path) -> AsyncIterator[bytes]:
    with await asyncio.to_thread(file.open, "rb") as opened:
        while piece := await asyncio.to_thread(opened.read, PIECE):
            yield piece


@asynccontextmanager
async def picture_store(context: ServiceContext) -> AsyncIterator[None]:
    """Lifespan of a process: what the store holds ends with it."""
    try:
        yield
    finally:
        found = context.extras.get(EXTRA)
        if isinstance(found, PictureStore):
            found.close()
