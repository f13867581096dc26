"""Receives a document as the raw body of a request, to a limit, into a file without a name, and looks into it."""

import asyncio
import hashlib
import tempfile
from collections.abc import AsyncIterable, AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import IO, Annotated

from fastapi import Depends, Header, Request
from sqlalchemy.ext.asyncio import AsyncSession

from common.http import Once, OnceDep, context_of
from common.storage.uploads.errors import in_megabytes
from common.storage.uploads.router import PATIENCE_SECONDS, patient
from common.tenancy import current_pack

from ..auth import UploaderDep
from ..errors import BodyNotRaw, DocumentTooLarge, FilenameInvalid
from ..extras import scanner_of, settings_of
from ..scanning.scanner import Scanner
from ..settings import OcrSettings
from . import rules
from .converting import shown_anywhere
from .inspection import inspect
from .pictures import prepare

IN_MEMORY = 1024 * 1024
BLOCK = 256 * 1024
INSPECTIONS = asyncio.Semaphore(1)
"""Pictures decoded at the same time in one process: a progressive one may take 6 bytes for each of its pixels."""


@dataclass(frozen=True)
class Received:
    """A file that was received and looked into, as it is kept: a picture upright and without metadata."""

    file: IO[bytes]
    sha256: str
    """Of what was sent."""
    media_type: str
    filename: str
    thumbnail: bytes | None = None
    phash: str | None = None

    async def content(self) -> AsyncIterator[bytes]:
        """Return the bytes, from the beginning."""
        self.file.seek(0)
        while block := self.file.read(BLOCK):
            yield block


async def most_bytes(session: AsyncSession, settings: OcrSettings) -> int:
    """Return how large a document may be: what the union's pack says, and never more than the service takes."""
    return min(settings.max_bytes, (await current_pack(session)).registration.uploads.max_bytes)


@asynccontextmanager
async def received(
    body: AsyncIterable[bytes], *, filename: str, settings: OcrSettings, scanner: Scanner, most: int
) -> AsyncIterator[Received]:
    """Receive a body and look into it; the file is gone afterwards. It has no name, so nobody else can open it."""
    digest, size = hashlib.sha256(), 0
    with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY) as file:
        async for chunk in body:
            size += len(chunk)
            if size > most:
                raise too_large(most)
            digest.update(chunk)
            file.write(chunk)
        file.seek(0)
        async with INSPECTIONS:
            media_type = await asyncio.to_thread(inspect, file, max_pixels=settings.max_pixels)
        await scanner.scan(file)
        file.seek(0)
        async with INSPECTIONS:
            shown, kept_as = await asyncio.to_thread(
                shown_anywhere,
                file,
                media_type,
                max_pixels=settings.max_pixels,
                max_bytes=2 * settings.max_bytes,
            )
        if kept_as != media_type:
            media_type, filename = kept_as, rules.renamed(filename, kept_as)
        found = Received(shown, digest.hexdigest(), media_type, filename)
        if media_type not in (rules.JPEG, rules.PNG):
            yield found
            return
        async with INSPECTIONS:
            kept = await asyncio.to_thread(prepare, shown, media_type)
        with kept.file:
            yield replace(found, file=kept.file, thumbnail=kept.thumbnail, phash=kept.phash)


def too_large(max_bytes: int) -> DocumentTooLarge:
    """Return the refusal that names the limit."""
    return DocumentTooLarge(most_mb=in_megabytes(max_bytes))


async def receive(
    request: Request,
    actor: UploaderDep,
    once: OnceDep,
    name: Annotated[str | None, Header(alias="X-Filename", description="文件名，百分号编码")] = None,
) -> AsyncIterator[Received]:
    """Receive the request's body. No database connection is held meanwhile: a slow sender costs little."""
    settings = settings_of(context_of(request))
    filename = rules.filename_of(name)
    if filename is None:
        raise FilenameInvalid(most=rules.LONGEST_NAME)
    content_type = request.headers.get("content-type", "")
    if not content_type or "json" in content_type or content_type.startswith("multipart/"):
        raise BodyNotRaw
    async with context_of(request).db.transaction(actor.tenant_id) as session:
        most = await most_bytes(session, settings)
    announced = request.headers.get("content-length", "")
    if announced.isdigit() and int(announced) > most:
        raise too_large(most)
    body = patient(request.stream(), PATIENCE_SECONDS)
    scanner = scanner_of(context_of(request))
    async with received(body, filename=filename, settings=settings, scanner=scanner, most=most) as file:
        yield file


ReceivedDep = Annotated[Received, Depends(receive, scope="function")]


async def once_for_content(request: Request, once: OnceDep, file: ReceivedDep) -> Once:
    """Return the idempotency key bound to the content itself: another file under the same key is refused."""
    asked = f"{once.operation}?{request.url.query}\0{file.sha256}"
    return once.for_content(asked.encode())


OnceForContentDep = Annotated[Once, Depends(once_for_content)]
