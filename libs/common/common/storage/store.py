"""One service's objects in S3, streamed; the first part of every name is the tenant's id."""

import io
import re
from collections.abc import AsyncIterable, AsyncIterator
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from minio import Minio
from minio.deleteobjects import DeleteObject
from minio.error import S3Error

from ..crypto.objects import blocks
from ..settings import CommonSettings
from .client import THREADS, Threads, make_client
from .errors import ObjectMissing, StorageRefused
from .multipart import PART_BYTES, MultipartWriter

NAME = re.compile(
    r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(/[A-Za-z0-9_-][A-Za-z0-9._-]*)+"
)
READ_BYTES = 256 * 1024
BINARY = "application/octet-stream"


class ObjectStat(NamedTuple):
    """What the store knows of an object."""

    name: str
    size: int
    modified: datetime | None


def object_name(tenant_id: UUID, *parts: object) -> str:
    """Return the name of a tenant's object: "<tenant id>/<part>/<part>", parts without slashes or meaning."""
    return checked_name("/".join([str(tenant_id), *(str(part) for part in parts)]))


def checked_name(name: str) -> str:
    """Return the name if it is one that `object_name` makes; ValueError otherwise."""
    if not NAME.fullmatch(name):
        raise ValueError(
            "an object's name is a tenant id and parts of letters, digits, dot, dash, underscore"
        )
    return name


class ObjectStore:
    """A bucket. Errors: StorageUnavailable (try again), StorageRefused, ObjectMissing."""

    def __init__(self, client: Minio, bucket: str, *, threads: int = THREADS) -> None:
        self.bucket = bucket
        self._client = client
        self._threads = Threads(threads)

    @classmethod
    def connect(cls, settings: CommonSettings, service: str) -> "ObjectStore":
        """Return the store of a service, bucket "huzhu-<service>"; nothing is opened before its first use."""
        return cls(make_client(settings), f"huzhu-{service}")

    async def ensure_bucket(self) -> None:
        """Create the bucket unless it is there."""
        if await self._threads.run(self._client.bucket_exists, self.bucket):
            return
        try:
            await self._threads.run(self._client.make_bucket, self.bucket)
        except StorageRefused as refused:
            cause = refused.__cause__
            if not (
                isinstance(cause, S3Error)
                and cause.code in ("BucketAlreadyOwnedByYou", "BucketAlreadyExists")
            ):
                raise

    async def put(self, name: str, source: AsyncIterable[bytes], *, content_type: str = BINARY) -> int:
        """Write an object from a stream and return its size; 8 MiB at most are held in memory.

        The object is there as a whole or not at all; an object of that name is replaced.
        """
        checked_name(name)
        written = _Counted(source)
        stream = blocks(written, PART_BYTES)
        first, last = await anext(stream)
        if last:
            await self.put_bytes(name, first, content_type=content_type)
            return len(first)

        async def rest() -> AsyncIterator[bytes]:
            yield first
            async for block, _ in stream:
                yield block

        writer = MultipartWriter(self._client, self._threads, self.bucket, name)
        await writer.write(rest(), content_type=content_type)
        return written.size

    async def put_bytes(self, name: str, data: bytes, *, content_type: str = BINARY) -> None:
        """Write a small object in one request."""
        await self._threads.run(
            self._client.put_object,
            self.bucket,
            checked_name(name),
            io.BytesIO(data),
            len(data),
            content_type=content_type,
        )

    async def get(self, name: str, *, start: int = 0, length: int | None = None) -> AsyncIterator[bytes]:
        """Read an object, or `length` bytes of it from `start`; ObjectMissing at the first chunk.

        Close the iterator (`contextlib.aclosing`) if you do not read to the end.
        """
        if length == 0:
            return
        response = await self._threads.run(
            self._client.get_object, self.bucket, checked_name(name), offset=start, length=length or 0
        )
        try:
            while chunk := await self._threads.run(response.read, READ_BYTES):
                yield chunk
            response.release_conn()
        finally:
            response.close()

    async def stat(self, name: str) -> ObjectStat:
        """Return size and time of an object; ObjectMissing."""
        found = await self._threads.run(self._client.stat_object, self.bucket, checked_name(name))
        return ObjectStat(name, found.size or 0, found.last_modified)

    async def delete(self, name: str) -> None:
        """Remove an object; one that is not there is removed already."""
        try:
            await self._threads.run(self._client.remove_object, self.bucket, checked_name(name))
        except ObjectMissing:
            return

    async def names(self, prefix: str) -> list[str]:
        """Return the names of all objects below a prefix (a name without its last parts)."""
        checked_name(prefix)
        return await self._threads.run(self._names, f"{prefix}/")

    async def delete_all(self, prefix: str) -> None:
        """Remove all objects below a prefix."""
        names = await self.names(prefix)
        if names:
            await self._threads.run(self._delete_names, names)

    def _names(self, prefix: str) -> list[str]:
        found = self._client.list_objects(self.bucket, prefix, recursive=True)
        return [each.object_name for each in found if each.object_name and not each.is_dir]

    def _delete_names(self, names: list[str]) -> None:
        failed = list(self._client.remove_objects(self.bucket, [DeleteObject(name) for name in names]))
        if failed:
            raise StorageRefused(f"object store: {failed[0].code}")

    def close(self) -> None:
        """Give up the threads."""
        self._threads.close()


class _Counted:
    """Counts what goes through."""

    def __init__(self, source: AsyncIterable[bytes]) -> None:
        self._source = source
        self.size = 0

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for chunk in self._source:
            self.size += len(chunk)
            yield chunk
