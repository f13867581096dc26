"""HTTP of batches."""

from collections.abc import AsyncIterator
from typing import Annotated, Literal, cast
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response

from common.auth import Actor
from common.http import CursorDep, KeysDep, OnceDep, Page, SessionDep, context_of

from ...auth import IMPORT_RESULT, PREPARE_PAYOUT, RELEASE_PAYOUT, BatchReaderDep, of_whole_union
from ...settings import ClaimsSettings
from ...uploads import Upload, received
from ..errors import ResultTooLarge
from ..files import XLSX
from ..results.service import import_result
from ..schemas import BatchCancel, BatchCreate, BatchRead, ItemRead, Purpose, ResultRead, WaitingRead
from . import service
from .bank_file import write_batch_file
from .waiting import list_waiting

router = APIRouter(prefix="/payout-batches", tags=["payouts"])
Maker = Annotated[Actor, of_whole_union(PREPARE_PAYOUT)]


async def result_upload(
    request: Request, actor: Annotated[Actor, of_whole_union(IMPORT_RESULT)]
) -> AsyncIterator[Upload]:
    """Receive the bank's file before a transaction is open."""
    most = cast(ClaimsSettings, context_of(request).settings).result_max_bytes
    async with received(request, most=most, too_large=ResultTooLarge) as upload:
        yield upload


@router.post("", status_code=201)
async def prepare_batch(
    session: SessionDep, actor: Maker, keys: KeysDep, once: OnceDep, request: BatchCreate
) -> BatchRead:
    """Collect waiting payouts of a fund into a batch (制单): all, what the money covers, or those that are named."""
    return await once.run(
        session,
        caller=str(actor.id),
        answer=BatchRead,
        work=lambda: service.prepare_batch(session, actor=actor, request=request, keys=keys),
    )


@router.get("")
async def list_batches(
    session: SessionDep,
    actor: BatchReaderDep,
    keys: KeysDep,
    cursor: CursorDep,
    fund: Annotated[str | None, Query()] = None,
    status: Annotated[Literal["prepared", "released", "settled", "cancelled"] | None, Query()] = None,
    purpose: Annotated[Purpose | None, Query()] = None,
) -> Page[BatchRead]:
    """Return batches, the newest first."""
    return await service.list_batches(
        session, actor=actor, cursor=cursor, fund=fund, status=status, purpose=purpose, keys=keys
    )


@router.get("/waiting")
async def list_waiting_payouts(session: SessionDep, actor: Maker) -> list[WaitingRead]:
    """Return what waits for a batch in each fund, and what of it the money covers."""
    return await list_waiting(session, actor=actor)


@router.get("/{batch_id}")
async def read_batch(session: SessionDep, actor: BatchReaderDep, keys: KeysDep, batch_id: UUID) -> BatchRead:
    """Return one batch."""
    return await service.get_batch(session, actor=actor, batch_id=batch_id, keys=keys)


@router.get("/{batch_id}/items")
async def list_items(
    session: SessionDep, actor: BatchReaderDep, keys: KeysDep, cursor: CursorDep, batch_id: UUID
) -> Page[ItemRead]:
    """Return the lines of a batch with the bank's answers."""
    return await service.list_items(session, actor=actor, batch_id=batch_id, cursor=cursor, keys=keys)


@router.post("/{batch_id}/confirm")
async def confirm_batch(
    session: SessionDep, actor: Maker, keys: KeysDep, once: OnceDep, batch_id: UUID
) -> BatchRead:
    """Answer for a batch that the schedule prepared; another person then releases it."""
    return await once.run(
        session,
        caller=str(actor.id),
        answer=BatchRead,
        work=lambda: service.confirm_batch(session, actor=actor, batch_id=batch_id, keys=keys),
    )


@router.post("/{batch_id}/cancel")
async def cancel_batch(
    session: SessionDep, actor: Maker, keys: KeysDep, once: OnceDep, batch_id: UUID, request: BatchCancel
) -> BatchRead:
    """Give up a batch before its release; its payouts wait for the next one."""
    return await once.run(
        session,
        caller=str(actor.id),
        answer=BatchRead,
        work=lambda: service.cancel_batch(
            session, actor=actor, batch_id=batch_id, reason=request.reason, keys=keys
        ),
    )


@router.post("/{batch_id}/release")
async def release_batch(
    session: SessionDep,
    actor: Annotated[Actor, of_whole_union(RELEASE_PAYOUT)],
    keys: KeysDep,
    once: OnceDep,
    batch_id: UUID,
) -> BatchRead:
    """Release a batch to the bank; another person than its maker."""
    return await once.run(
        session,
        caller=str(actor.id),
        answer=BatchRead,
        work=lambda: service.release_batch(session, actor=actor, batch_id=batch_id, keys=keys),
    )


@router.get("/{batch_id}/file")
async def download_batch_file(
    session: SessionDep,
    actor: Maker,
    keys: KeysDep,
    batch_id: UUID,
    file_format: Annotated[Literal["csv", "xlsx"] | None, Query(alias="format")] = None,
) -> Response:
    """Return the bank's file of a released batch, in the pack's layout; the download is audited."""
    name, chosen, data = await write_batch_file(
        session, actor=actor, batch_id=batch_id, keys=keys, file_format=file_format
    )
    media_type = XLSX if chosen == "xlsx" else "text/csv"
    return Response(
        data, media_type=media_type, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


@router.post("/{batch_id}/results")
async def import_bank_result(
    uploaded: Annotated[Upload, Depends(result_upload, scope="function")],
    session: SessionDep,
    actor: Annotated[Actor, of_whole_union(IMPORT_RESULT)],
    keys: KeysDep,
    batch_id: UUID,
) -> ResultRead:
    """Book the bank's result file (raw body, CSV or xlsx in the pack's layout); sent again it changes nothing."""
    data = uploaded.file.read()
    return await import_result(session, actor=actor, batch_id=batch_id, data=data, keys=keys)
