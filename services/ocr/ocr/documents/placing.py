"""Puts a received file into the store before the transaction that makes it a document: no database connection waits
for the store. A content whose row is never committed is removed by the worker (`jobs.remove_orphans`)."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import Depends

from common.auth import Actor
from common.http import ContextDep, OnceDep, ServiceContext
from common.ids import new_id
from common.storage import StoredFile

from ..auth import UploaderDep
from ..errors import TooManyWaiting
from ..extras import scanner_of, settings_of, uploads_of, vault_of
from ..queue.repository import QueueRepository
from . import rules
from .models import Document
from .receiving import Received, ReceivedDep, most_bytes, received, too_large
from .repository import DocumentRepository


@dataclass
class Placed:
    """A file in the store that is no document yet; `used` once a document is made of it."""

    document_id: UUID
    stored: StoredFile
    file: Received
    used: bool = False


async def place(
    context: ServiceContext, file: Received, *, tenant_id: UUID, document_id: UUID, key: bytes
) -> Placed:
    """Encrypt and store a content and its small picture."""
    vault = vault_of(context)
    stored = await vault.write(tenant_id, document_id, file.content(), key=key)
    if file.thumbnail is not None:
        await vault.write_thumbnail(tenant_id, document_id, file.thumbnail, key=key)
    return Placed(document_id, stored, file)


async def place_received(actor: UploaderDep, file: ReceivedDep, context: ContextDep) -> AsyncIterator[Placed]:
    """Store the request's body; TooManyWaiting, OwnerErased. A request sent twice leaves its file once."""
    document_id = new_id()
    async with context.db.transaction(actor.tenant_id) as session:
        waiting = await QueueRepository.of(session).count_of(actor.id)
        key = await vault_of(context).key_for_writing(session, rules.owner_of(actor).key_id(document_id))
    check_waiting(context, waiting)
    placed = await place(context, file, tenant_id=actor.tenant_id, document_id=document_id, key=key)
    yield placed
    if not placed.used:  # answered from memory; after a failure nobody knows, and the worker looks later
        await vault_of(context).remove(actor.tenant_id, placed.document_id)


PlacedDep = Annotated[Placed, Depends(place_received, scope="function")]


def check_waiting(context: ServiceContext, waiting: int) -> None:
    """TooManyWaiting when so many of a sender's documents wait that more would only stand in others' way."""
    most = settings_of(context).most_waiting
    if waiting >= most:
        raise TooManyWaiting(waiting=waiting, most=most)


@asynccontextmanager
async def _opened(context: ServiceContext, actor: Actor, upload_id: UUID) -> AsyncIterator[Placed | None]:
    """The complete upload as a placed file; None if it is a document already."""
    uploads, vault = uploads_of(context), vault_of(context)
    async with context.db.transaction(actor.tenant_id) as session:
        known = await DocumentRepository.of(session).find(Document, upload_id)
        if known is None:
            waiting = await QueueRepository.of(session).count_of(actor.id)
            key = await vault.key_for_writing(session, rules.owner_of(actor).key_id(upload_id))
            upload = await uploads.find(session, upload_id, actor_id=actor.id)
            keys = await context.keyring.for_tenant(session)
            name = rules.filename_of(keys.open(upload.name, context="upload.name").replace("%", "%25")) or ""
            most = await most_bytes(session, settings_of(context))
            body = await uploads.content(session, upload)
    if known is not None:
        yield None
        return
    check_waiting(context, waiting)
    if upload.length > most:
        raise too_large(most)
    looked = received(
        body, filename=name, settings=settings_of(context), scanner=scanner_of(context), most=most
    )
    async with looked as file:
        yield await place(context, file, tenant_id=actor.tenant_id, document_id=upload_id, key=key)


async def place_upload(
    actor: UploaderDep, once: OnceDep, context: ContextDep, upload_id: UUID
) -> AsyncIterator[Placed | None]:
    """Store a complete upload; NotFound, UploadIncomplete, UploadExpired, or what the file is refused for."""
    async with _opened(context, actor, upload_id) as placed:
        yield placed


PlacedUploadDep = Annotated[Placed | None, Depends(place_upload, scope="function")]
