"""Where settlement files lie until they are read: encrypted with a key of their own; and the watched prefix."""

import asyncio
import os
import tempfile
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from pathlib import PurePosixPath
from typing import IO, NamedTuple
from uuid import UUID

from common.http import ServiceContext
from common.storage import ObjectStore, read_sealed, write_sealed
from common.storage.store import object_name

PIECE = 256 * 1024
IN_MEMORY = 1_000_000
DROP = "feed-drop"
EXTRA = "feed_store"


class Dropped(NamedTuple):
    """A file that somebody put into the watched prefix."""

    object_name: str
    name: str
    size: int


class FeedStore:
    """The settlement files of a service's bucket; nothing is opened before its first use."""

    def __init__(self, context: ServiceContext) -> None:
        self._store = ObjectStore.connect(context.settings, context.service)
        self._has_bucket = False

    @classmethod
    def of(cls, context: ServiceContext) -> "FeedStore":
        """Return the store of a process, the same for all who ask."""
        found = context.extras.get(EXTRA)
        if not isinstance(found, FeedStore):
            found = context.extras[EXTRA] = cls(context)
        return found

    async def _bucket(self) -> ObjectStore:
        if not self._has_bucket:
            await self._store.ensure_bucket()
            self._has_bucket = True
        return self._store

    async def keep(self, tenant_id: UUID, file_id: UUID, file: IO[bytes]) -> tuple[str, bytes]:
        """Encrypt and store a file; return its name and key."""
        store = await self._bucket()
        name, key = object_name(tenant_id, "feed", file_id), os.urandom(32)
        await write_sealed(store, name, _pieces(file), key=key)
        return name, key

    @asynccontextmanager
    async def opened(self, name: str, key: bytes) -> AsyncIterator[IO[bytes]]:
        """Decrypt a stored file into a temporary one that is gone afterwards."""
        source = read_sealed(await self._bucket(), name, key=key)
        with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY) as file:
            async with aclosing(source) as chunks:  # type: ignore[type-var]
                async for chunk in chunks:
                    await asyncio.to_thread(file.write, chunk)
            file.seek(0)
            yield file

    async def remove(self, name: str) -> None:
        """Remove a file."""
        await (await self._bucket()).delete(name)

    async def dropped(self, tenant_id: UUID) -> list[Dropped]:
        """Return the files below the watched prefix "<tenant id>/feed-drop/", in the order of their names."""
        store = await self._bucket()
        names = sorted(await store.names(object_name(tenant_id, DROP)))
        return [Dropped(name, PurePosixPath(name).name, (await store.stat(name)).size) for name in names]

    @asynccontextmanager
    async def fetched(self, name: str) -> AsyncIterator[IO[bytes]]:
        """Copy a dropped file into a temporary one."""
        store = await self._bucket()
        with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY) as file:
            async with aclosing(store.get(name)) as chunks:  # type: ignore[type-var]
                async for chunk in chunks:
                    await asyncio.to_thread(file.write, chunk)
            file.seek(0)
            yield file

    def close(self) -> None:
        """Give up the threads."""
        self._store.close()


async def _pieces(file: IO[bytes]) -> AsyncIterator[bytes]:
    file.seek(0)
    while piece := await asyncio.to_thread(file.read, PIECE):
        yield piece


@asynccontextmanager
async def feed_store(context: ServiceContext) -> AsyncIterator[None]:
    """Lifespan of a process: the store's threads end with it."""
    try:
        yield
    finally:
        found = context.extras.get(EXTRA)
        if isinstance(found, FeedStore):
            found.close()
