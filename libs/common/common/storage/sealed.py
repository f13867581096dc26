"""Objects as this platform stores them: always encrypted, bound to their name, with the digest of their content."""

import hashlib
from collections.abc import AsyncIterable, AsyncIterator
from typing import NamedTuple

from ..crypto.objects import decrypt, encrypt
from .store import ObjectStore


class StoredFile(NamedTuple):
    """A file in the store: where, and size and SHA-256 (hex) of its content, not of the ciphertext."""

    name: str
    size: int
    sha256: str


async def write_sealed(
    store: ObjectStore, name: str, content: AsyncIterable[bytes], *, key: bytes
) -> StoredFile:
    """Encrypt a stream under a key of 32 bytes (a person's) and store it; errors as `ObjectStore.put`."""
    digest = hashlib.sha256()
    size = 0

    async def watched() -> AsyncIterator[bytes]:
        nonlocal size
        async for chunk in content:
            digest.update(chunk)
            size += len(chunk)
            yield chunk

    await store.put(name, encrypt(watched(), key, context=name))
    return StoredFile(name, size, digest.hexdigest())


async def read_sealed(store: ObjectStore, name: str, *, key: bytes) -> AsyncIterator[bytes]:
    """Decrypt a stored file; ObjectMissing, or Tampered (see `common.crypto.decrypt`)."""
    async for chunk in decrypt(store.get(name), key, context=name):
        yield chunk
