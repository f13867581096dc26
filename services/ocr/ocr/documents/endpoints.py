"""HTTP of documents."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import StreamingResponse

from common.http import (
    ContextDep,
    CursorDep,
    KeysDep,
    OnceDep,
    Page,
    ServiceContext,
    SessionDep,
    authenticate,
)

from ..auth import LinkedReaderDep, ReaderDep, UploaderDep
from ..extras import PURPOSE, settings_of, uploads_of, vault_of
from . import content, service, watching
from .placing import PlacedDep, PlacedUploadDep
from .receiving import OnceForContentDep
from .schemas import DocumentCreated, DocumentRead, DocumentSummary

router = APIRouter(tags=["documents"])
Recognize = Annotated[bool, Query(description="是否识别内容；证明、凭证可不识别")]
RAW_BODY = {
    "requestBody": {
        "required": True,
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}


def receipts_of(context: ContextDep) -> service.Receipts:
    """Return what signs receipts."""
    return service.Receipts(context.link_key, settings_of(context).receipt_lifetime)


ReceiptsDep = Annotated[service.Receipts, Depends(receipts_of)]


@router.post("/documents", status_code=201, openapi_extra=RAW_BODY)
async def store_document(
    actor: UploaderDep,
    once: OnceForContentDep,
    placed: PlacedDep,
    session: SessionDep,
    keys: KeysDep,
    receipts: ReceiptsDep,
    context: ContextDep,
    recognize: Recognize = True,
) -> DocumentCreated:
    """Hand in a document as the raw body (a picture, pdf or ofd); it is recognised in the background."""
    return await once.run(
        session,
        caller=str(actor.id),
        answer=DocumentCreated,
        work=lambda: service.store_document(
            session,
            actor=actor,
            placed=placed,
            recognize=recognize,
            vault=vault_of(context),
            keys=keys,
            receipts=receipts,
        ),
    )


@router.post("/documents/from-upload/{upload_id}", status_code=201)
async def store_upload(
    actor: UploaderDep,
    once: OnceDep,
    placed: PlacedUploadDep,
    session: SessionDep,
    keys: KeysDep,
    receipts: ReceiptsDep,
    context: ContextDep,
    upload_id: UUID,
    recognize: Recognize = True,
) -> DocumentCreated:
    """Hand in a complete resumable upload (tus, purpose "document") as a document."""
    return await once.run(
        session,
        caller=str(actor.id),
        answer=DocumentCreated,
        work=lambda: service.store_upload(
            session,
            actor=actor,
            upload_id=upload_id,
            placed=placed,
            purpose=PURPOSE,
            recognize=recognize,
            vault=vault_of(context),
            uploads=uploads_of(context),
            keys=keys,
            receipts=receipts,
        ),
    )


@router.get("/documents")
async def list_documents(
    session: SessionDep, actor: UploaderDep, cursor: CursorDep, context: ContextDep
) -> Page[DocumentSummary]:
    """Return the caller's own documents, newest first."""
    return await service.list_documents(session, actor=actor, cursor=cursor, keyring=context.keyring)


LinkQuery = Annotated[str | None, Query(description="业务服务签发的短期链接")]


@router.get("/documents/{document_id}")
async def read_document(
    session: SessionDep,
    actor: LinkedReaderDep,
    context: ContextDep,
    document_id: UUID,
    link: LinkQuery = None,
) -> DocumentRead:
    """Return a document's state and, once it has been read, its type and fields.

    Staff of a branch, and of an office without the right to read papers, come with the link to the picture.
    """
    linked = content.linked_reader(link, document_id=document_id, key=context.link_key)
    return await service.read_document(
        session, actor=actor, document_id=document_id, keyring=context.keyring, linked=linked
    )


@router.get(
    "/documents/{document_id}/events",
    response_class=StreamingResponse,
    responses={200: {"content": {"text/event-stream": {}}, "description": "One event for each new state."}},
)
async def watch_document(actor: ReaderDep, context: ContextDep, document_id: UUID) -> StreamingResponse:
    """Stream a document's states as server-sent events, until it has been read or cannot be.

    The first says how it is now. Holds no database connection between two looks.
    """
    first = await watching.look(context, actor=actor, document_id=document_id)
    states = watching.states(context, actor=actor, document_id=document_id, first=first)
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(states, media_type="text/event-stream", headers=headers)


CONTENT: dict[int | str, dict[str, Any]] = {
    200: {"content": {"application/octet-stream": {}}, "description": "The document itself."}
}
PICTURE: dict[int | str, dict[str, Any]] = {
    200: {"content": {"image/jpeg": {}}, "description": "A picture without metadata."}
}


@router.get("/documents/{document_id}/content", response_class=StreamingResponse, responses=CONTENT)
async def open_document(
    request: Request, context: ContextDep, document_id: UUID, link: LinkQuery = None
) -> StreamingResponse:
    """Return the document itself, to its owner, to staff, or to the bearer of a link of the claims service."""
    opened = await _opened(request, context, document_id, link)
    return _answer(await content.stream(opened, vault=vault_of(context)))


@router.get("/documents/{document_id}/thumbnail", response_class=StreamingResponse, responses=PICTURE)
async def open_thumbnail(
    request: Request, context: ContextDep, document_id: UUID, link: LinkQuery = None
) -> StreamingResponse:
    """Return a small picture of the first page (at most 320 pixels), to whoever may see the document."""
    opened = await _opened(request, context, document_id, link)
    return _answer(await content.stream_thumbnail(opened, vault=vault_of(context)))


@router.get("/documents/{document_id}/pages/{page}", response_class=StreamingResponse, responses=PICTURE)
async def open_page(
    request: Request,
    context: ContextDep,
    document_id: UUID,
    page: Annotated[int, Path(ge=0, le=999)],
    link: LinkQuery = None,
) -> StreamingResponse:
    """Return the picture of a page (from 0) that was read, upright: the boxes of the fields count on it."""
    opened = await _opened(request, context, document_id, link)
    return _answer(await content.stream_page(opened, page, vault=vault_of(context)))


async def _opened(
    request: Request, context: ServiceContext, document_id: UUID, link: str | None
) -> content.Opened:
    vault, keyring = vault_of(context), context.keyring
    if link is not None:
        shown = content.open_link(link, document_id=document_id, key=context.link_key)
        async with context.db.transaction(shown.tenant_id) as session:
            return await content.open_by_link(session, link=shown, vault=vault, keyring=keyring)
    actor = await authenticate(request)
    async with context.db.transaction(actor.tenant_id) as session:
        return await content.open_by_actor(
            session, actor=actor, document_id=document_id, vault=vault, keyring=keyring
        )


def _answer(found: content.Content) -> StreamingResponse:
    headers = {
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cache-Control": "private, no-store",
        "Content-Disposition": found.disposition,
    }
    if found.size is not None:
        headers["Content-Length"] = str(found.size)
    return StreamingResponse(found.chunks, media_type=found.media_type, headers=headers)
