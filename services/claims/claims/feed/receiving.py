"""A settlement file on its way in: it must begin like one, then it is stored encrypted; no transaction is open."""

import asyncio
import hashlib
from typing import IO, Any
from uuid import UUID

from common.errors import DomainError

from .errors import FeedTooLarge
from .reading import check_feed
from .schemas import ReceivedFile
from .store import FeedStore

PIECE = 1_000_000


def problem_of(error: DomainError) -> dict[str, Any]:
    """Return a refusal as a file's row keeps it."""
    return {"code": error.code, "zh": error.sentence.zh, "en": error.sentence.en}


def too_large(most: int) -> dict[str, Any]:
    """Return the problem of a dropped file that is larger than allowed."""
    return problem_of(FeedTooLarge(most=most))


async def keep_file(
    store: FeedStore, tenant_id: UUID, file_id: UUID, file: IO[bytes], *, name: str | None, origin: str
) -> ReceivedFile:
    """Check how a file begins and store it; of a dropped one that is none the problem is kept instead."""
    size, sha256 = await asyncio.to_thread(_measure, file)
    try:
        form = await asyncio.to_thread(check_feed, file)
    except DomainError as error:
        if origin == "upload":
            raise
        return ReceivedFile(file_id, "csv", origin, sha256, name, size, problem=problem_of(error))
    object_name, key = await store.keep(tenant_id, file_id, file)
    return ReceivedFile(file_id, form, origin, sha256, name, size, object_name, key)


def _measure(file: IO[bytes]) -> tuple[int, str]:
    digest, size = hashlib.sha256(), 0
    file.seek(0)
    while piece := file.read(PIECE):
        digest.update(piece)
        size += len(piece)
    file.seek(0)
    return size, digest.hexdigest()
