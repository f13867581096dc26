"""Parts of an upload in the store: each encrypted on its own, bound to its upload and its place in the file."""

import secrets
from collections.abc import AsyncIterable, AsyncIterator, Sequence

from starlette.requests import ClientDisconnect

from ...crypto.objects import ciphertext_length, decrypt, encrypt
from ..store import ObjectStore
from .errors import UploadLongerThanAnnounced, UploadStalled
from .models import StoredPart

PART_BYTES = 2 * 1024 * 1024
"""How much of a request is held in memory, and at most lost by a crash."""


class PartStore:
    """The parts of one upload."""

    def __init__(self, store: ObjectStore, folder: str, key: bytes) -> None:
        self._store = store
        self._folder = folder
        self._key = key

    def _context(self, offset: int) -> str:
        return f"{self._folder}@{offset}"

    async def write(self, offset: int, data: bytes) -> StoredPart:
        """Store bytes that begin at `offset`; two requests for one place never overwrite each other's."""
        part = StoredPart(offset, len(data), secrets.token_hex(8))

        async def once() -> AsyncIterator[bytes]:
            yield data

        sealed = bytearray()
        async for block in encrypt(once(), self._key, context=self._context(offset)):
            sealed += block
        await self._store.put_bytes(self._name(part), bytes(sealed))
        return part

    async def remove(self, parts: Sequence[StoredPart]) -> None:
        """Remove parts that were stored and not counted."""
        for part in parts:
            await self._store.delete(self._name(part))

    async def read(self, parts: Sequence[StoredPart]) -> AsyncIterator[bytes]:
        """Return the content of parts, one after the other; Tampered if the store altered or lost one."""
        for part in parts:
            sealed = self._store.get(self._name(part), length=ciphertext_length(part.length))
            async for chunk in decrypt(sealed, self._key, context=self._context(part.offset)):
                yield chunk

    def _name(self, part: StoredPart) -> str:
        return f"{self._folder}/{part.offset:015d}-{part.suffix}"


async def cut(body: AsyncIterable[bytes], *, size: int, limit: int) -> AsyncIterator[bytes]:
    """Cut a request's body into blocks of `size`; UploadLongerThanAnnounced as soon as it is longer than `limit`.

    When the sender goes away or stops, what came is given as a last block before the error goes on.
    """
    buffer = bytearray()
    taken = 0
    try:
        async for chunk in body:
            taken += len(chunk)
            if taken > limit:
                raise UploadLongerThanAnnounced
            buffer += chunk
            while len(buffer) >= size:
                yield bytes(buffer[:size])
                del buffer[:size]
    except (ClientDisconnect, UploadStalled):
        if buffer:
            yield bytes(buffer)
        raise
    if buffer:
        yield bytes(buffer)
