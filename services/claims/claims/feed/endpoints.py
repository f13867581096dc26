"""HTTP of the settlement feed."""

import hashlib
from collections.abc import AsyncIterator
from typing import Annotated, Literal, cast
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Query, Request

from common.auth import Actor
from common.http import CursorDep, KeysDep, Once, Page, SessionDep, context_of, requires
from common.http.once import IdempotencyKeyRequired

from ..auth import IMPORT_FEED
from ..settings import ClaimsSettings
from ..uploads import Upload, received
from . import service
from .errors import FeedTooLarge
from .schemas import FeedFileRead, FeedLineRead

router = APIRouter(prefix="/feed", tags=["feed"])
Importer = Annotated[Actor, requires(IMPORT_FEED)]
State = Literal[
    "new", "decided", "opened", "in_review", "nothing_due", "unmatched", "not_covered", "duplicate", "bad", "differs",
    "failed",
]  # fmt: skip


async def upload_once(
    request: Request,
    actor: Importer,
    key: Annotated[str | None, Header(alias="Idempotency-Key")] = None,
) -> AsyncIterator[tuple[Upload, Once]]:
    """Receive the file; its content, not only its length, is what the Idempotency-Key stands for."""
    if not key or not 8 <= len(key) <= 128:
        raise IdempotencyKeyRequired
    most = cast(ClaimsSettings, context_of(request).settings).feed_max_bytes
    operation = f"{request.method} {request.url.path}"
    async with received(request, most=most, too_large=FeedTooLarge) as upload:
        fingerprint = hashlib.sha256(operation.encode() + upload.sha256).digest()
        yield upload, Once(key, operation, fingerprint, context_of(request).keyring)


UploadDep = Annotated[tuple[Upload, Once], Depends(upload_once, scope="function")]


@router.post("/files", status_code=201)
async def import_feed(
    uploaded: UploadDep, session: SessionDep, actor: Importer, keys: KeysDep
) -> FeedFileRead:
    """Receive a settlement file (raw body, CSV or JSON lines, see docs/feed.md); sent again it changes nothing."""
    upload, once = uploaded
    return await once.run(
        session,
        caller=str(actor.id),
        answer=FeedFileRead,
        work=lambda: service.import_feed(
            session, actor=actor, file=upload.file, sha256=upload.sha256, keys=keys
        ),
    )


@router.get("/files")
async def list_files(session: SessionDep, actor: Importer, cursor: CursorDep) -> Page[FeedFileRead]:
    """Return the files, the newest first, with their progress."""
    return await service.list_files(session, actor=actor, cursor=cursor)


@router.get("/files/{file_id}")
async def read_file(session: SessionDep, actor: Importer, file_id: UUID) -> FeedFileRead:
    """Return a file's progress: how many lines are in which state."""
    return await service.find_file(session, actor=actor, file_id=file_id)


@router.get("/files/{file_id}/lines")
async def list_lines(
    session: SessionDep,
    actor: Importer,
    keys: KeysDep,
    cursor: CursorDep,
    file_id: UUID,
    state: Annotated[list[State] | None, Query(description="只看这些状态的行")] = None,
) -> Page[FeedLineRead]:
    """Return a file's lines with the reasons: people not found, lines refused."""
    states = [str(item) for item in state or ()]
    return await service.list_lines(
        session, actor=actor, file_id=file_id, cursor=cursor, states=states, keys=keys
    )
