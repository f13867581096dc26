"""Files that come as the raw body of a request: read to a limit, hashed, never more in memory than needed."""

import hashlib
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import IO

from fastapi import Request

from common.errors import DomainError

IN_MEMORY = 1_000_000


@dataclass(frozen=True)
class Upload:
    """A received file: at its beginning, with its size in bytes and the SHA-256 of its content."""

    file: IO[bytes]
    size: int
    sha256: bytes


@asynccontextmanager
async def received(request: Request, *, most: int, too_large: type[DomainError]) -> AsyncIterator[Upload]:
    """Receive the body of a request into a temporary file that is gone afterwards."""
    announced = request.headers.get("content-length", "")
    if announced.isdigit() and int(announced) > most:
        raise too_large(most=most)
    digest, size = hashlib.sha256(), 0
    with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY) as file:
        async for chunk in request.stream():
            size += len(chunk)
            if size > most:
                raise too_large(most=most)
            digest.update(chunk)
            file.write(chunk)
        file.seek(0)
        yield Upload(file, size, digest.digest())
