"""Takes an uploaded file from a request into a temporary file, never more of it than allowed."""

import asyncio
import hashlib
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

from fastapi import Request
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.types import Message

from ..errors import DomainError
from ..ids import new_id
from ..sheets.errors import FileTooLarge
from ..text import Text

DISCARDED_BYTES = 200_000_000
"""How much of a file that is too large is still taken and thrown away, so that the sender reads the refusal."""
CHUNK = 1 << 20
FORM_OVERHEAD = 64_000


class UploadEmpty(DomainError):
    """The request carried no file."""

    status = 400
    code = "upload.no_file"
    text = Text("没有收到文件，请选择文件后再上传。", "No file was received. Choose one, then upload.")


@dataclass(frozen=True)
class Incoming:
    """A file that has arrived whole. `path` is gone when the request ends."""

    id: UUID
    path: Path
    size: int
    sha256: str


class LimitedBody:
    """The body of a request up to a limit; beyond it FileTooLarge."""

    def __init__(self, request: Request, limit: int, *, slack: int = 0) -> None:
        self._receive = request.receive
        self._limit, self._slack = limit, slack
        self._taken = 0

    async def receive(self) -> Message:
        """Return the next part of the body."""
        message = await self._receive()
        self._taken += len(message.get("body", b""))
        if self._taken > self._limit + self._slack:
            await self._discard(message)
            raise FileTooLarge(limit_mb=_megabytes(self._limit))
        return message

    async def _discard(self, message: Message) -> None:
        # Beyond the platform's own limit the body ends with an HTTPException: this refusal says more.
        with suppress(HTTPException):
            while message.get("more_body") and self._taken < self._limit + DISCARDED_BYTES:
                message = await self._receive()
                self._taken += len(message.get("body", b""))


def _megabytes(limit: int) -> str:
    return f"{limit / 1_000_000:g}"


@asynccontextmanager
async def incoming_file(request: Request, *, limit: int) -> AsyncIterator[Incoming]:
    """Yield the file of a request: its raw body, or the first file of a multipart form.

    FileTooLarge beyond `limit` bytes, UploadEmpty where there is none.
    """
    with tempfile.TemporaryDirectory(prefix="huzhu-upload-") as folder:
        path = Path(folder) / "upload"
        if "multipart/form-data" in request.headers.get("content-type", ""):
            size, digest = await _from_form(request, path, limit)
        elif (held := getattr(request, "_body", None)) is not None:
            # Somebody before has read it: a body without a Content-Type is taken for JSON.
            if len(held) > limit:
                raise FileTooLarge(limit_mb=_megabytes(limit))
            size, digest = await _write(_once(held), path)
        else:
            body = LimitedBody(request, limit)
            size, digest = await _write(Request(request.scope, body.receive).stream(), path)
        if not size:
            raise UploadEmpty
        yield Incoming(id=new_id(), path=path, size=size, sha256=digest)


async def _from_form(request: Request, path: Path, limit: int) -> tuple[int, str]:
    body = LimitedBody(request, limit, slack=FORM_OVERHEAD)
    async with Request(request.scope, body.receive).form(max_files=1, max_fields=10) as form:
        file = next((part for part in form.values() if isinstance(part, UploadFile)), None)
        if file is None:
            raise UploadEmpty
        if file.size is not None and file.size > limit:
            raise FileTooLarge(limit_mb=_megabytes(limit))
        return await _write(_chunks(file), path)


async def _once(content: bytes) -> AsyncIterator[bytes]:
    yield content


async def _chunks(file: UploadFile) -> AsyncIterator[bytes]:
    while chunk := await file.read(CHUNK):
        yield chunk


async def _write(chunks: AsyncIterator[bytes], path: Path) -> tuple[int, str]:
    """Write chunks to a file; return its size and SHA-256."""
    digest, size, buffer = hashlib.sha256(), 0, bytearray()
    with await asyncio.to_thread(path.open, "wb") as out:
        async for chunk in chunks:
            buffer += chunk
            if len(buffer) >= CHUNK:
                size += await asyncio.to_thread(_flush, out, buffer, digest)
        size += await asyncio.to_thread(_flush, out, buffer, digest)
    return size, digest.hexdigest()


def _flush(out: BinaryIO, buffer: bytearray, digest: "hashlib._Hash") -> int:
    written = len(buffer)
    out.write(buffer)
    digest.update(buffer)
    buffer.clear()
    return written
