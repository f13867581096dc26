"""HTTP of the settlement feed."""

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated, Literal, cast
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response

from common.auth import Actor
from common.http import CursorDep, KeysDep, Once, OnceDep, Page, SessionDep, context_of, requires
from common.ids import new_id

from ..auth import IMPORT_FEED
from ..payouts.files import XLSX
from ..settings import ClaimsSettings
from ..uploads import received
from . import service
from .errors import FeedTooLarge
from .receiving import keep_file
from .schemas import FeedFileRead, FeedLineRead, ReceivedFile
from .store import FeedStore
from .template import write_template

router = APIRouter(prefix="/feed", tags=["feed"])
Importer = Annotated[Actor, requires(IMPORT_FEED)]
State = Literal[
    "new", "decided", "opened", "in_review", "nothing_due", "unmatched", "not_covered", "duplicate", "bad", "differs",
    "failed",
]  # fmt: skip


async def stored_upload(
    request: Request, actor: Importer, once: OnceDep
) -> AsyncIterator[tuple[ReceivedFile, Once]]:
    """Receive and store the file before a transaction is open; a request that fails leaves nothing behind.

    The Idempotency-Key stands for the content.
    """
    context = context_of(request)
    most = cast(ClaimsSettings, context.settings).feed_max_bytes
    store, file_id = FeedStore.of(context), new_id()
    async with received(request, most=most, too_large=FeedTooLarge) as upload:
        name = request.query_params.get("name")
        kept = await keep_file(store, actor.tenant_id, file_id, upload.file, name=name, origin="upload")
        try:
            yield kept, once.for_content(upload.sha256)
        except BaseException:
            await store.remove(kept.object_name or "")
            raise


UploadDep = Annotated[tuple[ReceivedFile, Once], Depends(stored_upload, scope="function")]


@router.post("/files", status_code=201)
async def import_feed(
    uploaded: UploadDep,
    session: SessionDep,
    actor: Importer,
    keys: KeysDep,
    request: Request,
    name: Annotated[str | None, Query(max_length=200, description="文件名，便于查找")] = None,
) -> FeedFileRead:
    """Receive a settlement file (raw body: CSV, JSON lines or xlsx, see docs/feed.md); the worker reads and decides it.

    Sent again it changes nothing.
    """
    file, once = uploaded
    answer = await once.run(
        session,
        caller=str(actor.id),
        answer=FeedFileRead,
        work=lambda: service.receive_file(
            session, tenant_id=actor.tenant_id, actor=actor, received=file, keys=keys
        ),
    )
    if answer.id != file.id and file.object_name is not None:
        await FeedStore.of(context_of(request)).remove(file.object_name)
    return answer


@router.get("/template")
async def download_template(actor: Importer) -> Response:
    """Return a workbook with the headings of a settlement file, to be filled in."""
    data = await asyncio.to_thread(write_template)
    name = quote("医保结算数据模板.xlsx")
    disposition = f"attachment; filename=\"settlements.xlsx\"; filename*=UTF-8''{name}"
    return Response(data, media_type=XLSX, headers={"Content-Disposition": disposition})


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


@router.get("/lines")
async def list_all_lines(
    session: SessionDep,
    actor: Importer,
    keys: KeysDep,
    cursor: CursorDep,
    state: Annotated[
        list[State] | None,
        Query(description="默认列出需要处理的行：未找到人员、内容有误、与原记录不同、处理失败"),
    ] = None,
) -> Page[FeedLineRead]:
    """Return the lines of all files in some states, by default those that somebody must do something about."""
    states = [str(item) for item in state or ()]
    return await service.list_lines(
        session, actor=actor, file_id=None, cursor=cursor, states=states, keys=keys
    )
