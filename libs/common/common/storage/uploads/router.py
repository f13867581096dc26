"""The HTTP side of resumable uploads: tus 1.0 with creation, expiration, checksum and termination."""

import asyncio
from collections.abc import AsyncIterable, AsyncIterator, Awaitable, Callable
from email.utils import format_datetime
from functools import partial
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from ...auth.actor import Actor
from ...auth.permissions import Permission
from ...http.context import ServiceContext
from ...http.deps import context_of, requires
from .errors import UploadMediaType, UploadStalled, UploadTooLarge, UploadVersionUnsupported
from .models import Upload
from .resumable import ResumableUploads, Transactions
from .rules import (
    ALGORITHMS,
    EXTENSIONS,
    TUS,
    parse_checksum,
    parse_metadata,
    parse_sha256,
    parse_size,
)
from .schemas import UploadRead

BODY_TYPE = "application/offset+octet-stream"
PATIENCE_SECONDS = 60.0
UploadsOf = Callable[[ServiceContext], ResumableUploads]
MostOf = Callable[[ServiceContext, AsyncSession], Awaitable[int]]
"""How many bytes the union of a transaction lets an upload have, where that is less than the purpose's limit."""


def from_extras(context: ServiceContext) -> ResumableUploads:
    """Return the uploads that a service keeps in its context under "uploads"."""
    uploads: ResumableUploads = context.extras["uploads"]
    return uploads


def check_version(tus_resumable: Annotated[str | None, Header()] = None) -> None:
    """Refuse other versions of the protocol."""
    if tus_resumable != TUS:
        raise UploadVersionUnsupported


def upload_router(
    permission: Permission,
    *,
    prefix: str = "/uploads",
    uploads_of: UploadsOf = from_extras,
    patience: float = PATIENCE_SECONDS,
    most_of: MostOf | None = None,
) -> APIRouter:
    """Return the five endpoints of uploads under `prefix`, for callers with `permission`.

    Every caller sees their own uploads only. Transactions are opened here, not by SessionDep, because no
    connection may wait for a sender. `patience` is for how many seconds a sender may be silent.
    """
    router = APIRouter(prefix=prefix, tags=["uploads"])
    Caller = Annotated[Actor, requires(permission)]  # noqa: N806 (a type)
    versioned = [Depends(check_version)]

    def transactions(request: Request, actor: Actor) -> Transactions:
        return partial(context_of(request).db.transaction, actor.tenant_id)

    @router.options("", status_code=204)
    async def describe_uploads(request: Request, actor: Caller) -> Response:
        """Say what this server can do (tus discovery)."""
        headers = {
            "Tus-Version": TUS,
            "Tus-Extension": EXTENSIONS,
            "Tus-Max-Size": str(uploads_of(context_of(request)).max_bytes),
            "Tus-Checksum-Algorithm": ",".join(ALGORITHMS),
        }
        return answer(204, **headers)

    @router.post("", status_code=201, dependencies=versioned)
    async def create_upload(
        request: Request,
        response: Response,
        actor: Caller,
        upload_length: Annotated[str | None, Header()] = None,
        upload_metadata: Annotated[str | None, Header()] = None,
    ) -> UploadRead:
        """Begin an upload. Metadata: purpose (required), filename, filetype, sha256 of the whole file (hex)."""
        metadata = parse_metadata(upload_metadata)
        async with transactions(request, actor)() as session:
            context = context_of(request)
            upload = await uploads_of(context).create(
                session,
                most=await most_of(context, session) if most_of else None,
                actor_id=actor.id,
                purpose=metadata.get("purpose", ""),
                length=parse_size(upload_length, name="Upload-Length"),
                name=metadata.get("filename", ""),
                content_type=metadata.get("filetype", ""),
                sha256=parse_sha256(metadata.get("sha256")),
            )
        response.headers.update(headers_of(upload))
        response.headers["Location"] = f"{request.url.path.rstrip('/')}/{upload.id}"
        return UploadRead.of(upload)

    @router.head("/{upload_id}", dependencies=versioned)
    async def read_upload(request: Request, upload_id: UUID, actor: Caller) -> Response:
        """Say how much has been received."""
        async with transactions(request, actor)() as session:
            upload = await uploads_of(context_of(request)).find(session, upload_id, actor_id=actor.id)
        return answer(200, **headers_of(upload))

    @router.patch("/{upload_id}", status_code=204, dependencies=versioned)
    async def append_to_upload(
        request: Request,
        upload_id: UUID,
        actor: Caller,
        upload_offset: Annotated[str | None, Header()] = None,
        upload_checksum: Annotated[str | None, Header()] = None,
    ) -> Response:
        """Receive the bytes that begin at Upload-Offset; 409 with the right offset if it is another."""
        if request.headers.get("content-type") != BODY_TYPE:
            raise UploadMediaType
        uploads = uploads_of(context_of(request))
        announced = request.headers.get("content-length")
        if announced and parse_size(announced, name="Content-Length") > uploads.max_bytes:
            raise UploadTooLarge(max_bytes=uploads.max_bytes)
        upload = await uploads.append(
            transactions(request, actor),
            upload_id,
            actor_id=actor.id,
            offset=parse_size(upload_offset, name="Upload-Offset"),
            body=patient(request.stream(), patience),
            checksum=parse_checksum(upload_checksum),
        )
        return answer(204, **headers_of(upload))

    @router.delete("/{upload_id}", status_code=204, dependencies=versioned)
    async def terminate_upload(request: Request, upload_id: UUID, actor: Caller) -> Response:
        """Give an upload up and remove what was received."""
        uploads = uploads_of(context_of(request))
        await uploads.terminate(transactions(request, actor), upload_id, actor_id=actor.id)
        return answer(204)

    return router


async def patient(body: AsyncIterable[bytes], seconds: float) -> AsyncIterator[bytes]:
    """Pass a body on; UploadStalled when nothing comes for so many seconds."""
    chunks = aiter(body)
    while True:
        try:
            async with asyncio.timeout(seconds):
                chunk = await anext(chunks)
        except StopAsyncIteration:
            return
        except TimeoutError:
            raise UploadStalled from None
        yield chunk


def headers_of(upload: Upload) -> dict[str, str]:
    """Return what tus says about an upload."""
    return {
        "Tus-Resumable": TUS,
        "Upload-Offset": str(upload.received),
        "Upload-Length": str(upload.length),
        "Upload-Expires": format_datetime(upload.expires_at, usegmt=True),
        "Cache-Control": "no-store",
    }


def answer(status: int, **headers: str) -> Response:
    """Return an answer without a body."""
    return Response(status_code=status, headers={"Tus-Resumable": TUS, **headers})
