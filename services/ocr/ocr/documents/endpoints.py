"""HTTP of documents."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import StreamingResponse

from common.http import (
    ContextDep,
    CursorDep,
    KeysDep,
    OnceDep,
    Page,
    SessionDep,
    authenticate,
)

from ..auth import ReaderDep, UploaderDep
from ..extras import PURPOSE, settings_of, uploads_of, vault_of
from . import content, service
from .receiving import OnceForContentDep, ReceivedDep
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
    file: ReceivedDep,
    once: OnceForContentDep,
    session: SessionDep,
    keys: KeysDep,
    receipts: ReceiptsDep,
    context: ContextDep,
    recognize: Recognize = True,
) -> DocumentCreated:
    """Hand in a document as the raw body (jpg, png, pdf, ofd); it is recognised in the background."""
    return await once.run(
        session,
        caller=str(actor.id),
        answer=DocumentCreated,
        work=lambda: service.store_document(
            session,
            actor=actor,
            file=file,
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
    session: SessionDep,
    keys: KeysDep,
    receipts: ReceiptsDep,
    context: ContextDep,
    upload_id: UUID,
    recognize: Recognize = True,
) -> DocumentCreated:
    """Hand in a complete resumable upload (tus, purpose "document") as a document."""
    settings = settings_of(context)
    return await once.run(
        session,
        caller=str(actor.id),
        answer=DocumentCreated,
        work=lambda: service.store_upload(
            session,
            actor=actor,
            upload_id=upload_id,
            purpose=PURPOSE,
            recognize=recognize,
            vault=vault_of(context),
            uploads=uploads_of(context),
            keys=keys,
            receipts=receipts,
            max_bytes=settings.max_bytes,
            max_pixels=settings.max_pixels,
        ),
    )


@router.get("/documents")
async def list_documents(
    session: SessionDep, actor: UploaderDep, cursor: CursorDep, context: ContextDep
) -> Page[DocumentSummary]:
    """Return the caller's own documents, newest first."""
    return await service.list_documents(session, actor=actor, cursor=cursor, keyring=context.keyring)


@router.get("/documents/{document_id}")
async def read_document(
    session: SessionDep, actor: ReaderDep, context: ContextDep, document_id: UUID
) -> DocumentRead:
    """Return a document's state and, once it has been read, its type and fields."""
    return await service.read_document(session, actor=actor, document_id=document_id, keyring=context.keyring)


@router.get(
    "/documents/{document_id}/content",
    response_class=StreamingResponse,
    responses={200: {"content": {"application/octet-stream": {}}, "description": "The document itself."}},
)
async def open_document(
    request: Request,
    context: ContextDep,
    document_id: UUID,
    link: Annotated[str | None, Query(description="理赔服务签发的短期链接")] = None,
) -> StreamingResponse:
    """Return the document itself, to its owner, to staff, or to the bearer of a link of the claims service."""
    vault = vault_of(context)
    if link is not None:
        shown = content.open_link(link, document_id=document_id, key=context.link_key)
        async with context.db.transaction(shown.tenant_id) as session:
            opened = await content.open_by_link(session, link=shown, vault=vault, keyring=context.keyring)
    else:
        actor = await authenticate(request)
        async with context.db.transaction(actor.tenant_id) as session:
            opened = await content.open_by_actor(
                session, actor=actor, document_id=document_id, vault=vault, keyring=context.keyring
            )
    found = await content.stream(opened, vault=vault)
    headers = {
        "Content-Disposition": found.disposition,
        "Content-Length": str(found.size),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cache-Control": "private, no-store",
    }
    return StreamingResponse(found.chunks, media_type=found.media_type, headers=headers)
