"""Use cases of documents: hand in, read."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy.ext.asyncio import AsyncSession

from common.audit import record
from common.auth import Actor
from common.contracts.ocr import DocumentStored
from common.crypto import Keyring, TenantKeys, sign
from common.errors import NotFound
from common.events import emit
from common.http import Cursor, Page
from common.ids import new_id
from common.storage import StoredFile
from common.storage.uploads import ResumableUploads

from ..queue.models import QueuedDocument
from ..queue.repository import QueueRepository
from . import rules
from .models import Document
from .receiving import Received, received
from .repository import DocumentRepository
from .schemas import DocumentCreated, DocumentRead, DocumentSummary
from .vault import Vault

RECEIPT = "document-receipt"
FILENAME = "ocr.filename"
RECOGNITION = "ocr.recognition"


class Receipts:
    """Signs receipts of uploads, which the other services verify offline."""

    def __init__(self, key: bytes, lifetime: timedelta) -> None:
        self._key = key
        self._lifetime = lifetime

    def of(self, document: Document) -> DocumentCreated:
        """Return the answer to an upload."""
        claims = {
            "document_id": document.id,
            "tenant_id": document.tenant_id,
            "owner_id": document.owner_id,
            "person_id": document.person_id,
            "unit_id": document.unit_id,
            "sha256": document.sha256,
            "media_type": document.media_type,
        }
        return DocumentCreated(
            document_id=document.id,
            state=document.state,
            media_type=document.media_type,
            size=document.size,
            sha256=document.sha256,
            receipt=sign(RECEIPT, claims, self._key, self._lifetime),
        )


async def store_document(
    session: AsyncSession,
    *,
    actor: Actor,
    file: Received,
    recognize: bool,
    vault: Vault,
    keys: TenantKeys,
    receipts: Receipts,
) -> DocumentCreated:
    """Encrypt and store a received file; OwnerErased. A content whose row is not committed is swept later."""
    owner = rules.owner_of(actor)
    key = await vault.key_for_writing(session, owner.key_id)
    document_id = new_id()
    stored = await vault.write(actor.tenant_id, document_id, file.content(), key=key)
    document = _new_document(document_id, owner, stored, media_type=file.media_type)
    document.filename = keys.seal(file.filename, context=FILENAME)
    return receipts.of(await _hand_in(session, document, recognize=recognize))


async def store_upload(
    session: AsyncSession,
    *,
    actor: Actor,
    upload_id: UUID,
    purpose: str,
    recognize: bool,
    vault: Vault,
    uploads: ResumableUploads,
    keys: TenantKeys,
    receipts: Receipts,
    max_bytes: int,
    max_pixels: int,
) -> DocumentCreated:
    """Make a document of a complete resumable upload, whose id it gets: asked again, it is the same document.

    NotFound, UploadIncomplete, UploadExpired, OwnerErased, or what the file itself is refused for.
    """
    known = await DocumentRepository.of(session).find(Document, upload_id)
    if known is not None:
        if known.owner_id != actor.id:
            raise NotFound
        return receipts.of(known)
    upload = await uploads.find(session, upload_id, actor_id=actor.id)
    name = rules.filename_of(keys.open(upload.name, context="upload.name").replace("%", "%25")) or ""
    owner = rules.owner_of(actor)
    key = await vault.key_for_writing(session, owner.key_id)
    body = await uploads.content(session, upload)
    async with received(body, filename=name, max_bytes=max_bytes, max_pixels=max_pixels) as file:
        media_type = file.media_type
    stored = await uploads.finish(session, upload_id, actor_id=actor.id, purpose=purpose, key=key)
    document = _new_document(upload_id, owner, stored, media_type=media_type)
    document.filename = keys.seal(name, context=FILENAME)
    return receipts.of(await _hand_in(session, document, recognize=recognize))


def _new_document(document_id: UUID, owner: rules.Owner, stored: StoredFile, *, media_type: str) -> Document:
    return Document(
        id=document_id,
        owner_id=owner.account_id,
        person_id=owner.person_id,
        unit_id=owner.unit_id,
        key_id=owner.key_id,
        object_name=stored.name,
        media_type=media_type,
        size=stored.size,
        sha256=stored.sha256,
        state="stored",
    )


async def _hand_in(session: AsyncSession, document: Document, *, recognize: bool) -> Document:
    DocumentRepository.of(session).add(document)
    await session.flush()
    if recognize:
        QueueRepository.of(session).add(QueuedDocument.new(document.id))
    emit(
        session,
        DocumentStored(
            document_id=document.id,
            owner_id=document.owner_id,
            person_id=document.person_id,
            media_type=document.media_type,
            size=document.size,
            sha256=document.sha256,
        ),
    )
    return document


async def read_document(
    session: AsyncSession, *, actor: Actor, document_id: UUID, keyring: Keyring
) -> DocumentRead:
    """Return a document and what was read on it; NotFound. That somebody else than its owner looked is recorded."""
    document = await DocumentRepository.of(session).seen_by(actor, document_id)
    if not rules.is_own(actor, owner_id=document.owner_id, person_id=document.person_id):
        await note_reading(session, document, reader_id=actor.id, action="document.read")
    found: dict[str, Any] = {}
    if document.recognition is not None:
        found = orjson.loads(await keyring.open(session, document.recognition, context=RECOGNITION))
    name = await _opened_name(session, document, keyring)
    read = DocumentRead.of(document, name, fields=found.get("fields", {}), checks=found.get("checks", []))
    return DocumentRead.model_validate(read)


async def list_documents(
    session: AsyncSession, *, actor: Actor, cursor: Cursor, keyring: Keyring
) -> Page[DocumentSummary]:
    """Return the actor's own documents, newest first."""
    rows = await DocumentRepository.of(session).own(actor, cursor)
    names = {row.id: await _opened_name(session, row, keyring) for row in rows}
    page: Page[DocumentSummary] = cursor.page(rows, lambda row: DocumentSummary.of(row, names[row.id]))
    return page


async def _opened_name(session: AsyncSession, document: Document, keyring: Keyring) -> str | None:
    if document.filename is None:
        return None
    return await keyring.open(session, document.filename, context=FILENAME)


async def note_reading(session: AsyncSession, document: Document, *, reader_id: object, action: str) -> None:
    """Record in the audit log that somebody looked at a document that is not their own."""
    await record(session, actor_id=reader_id, action=action, subject=f"document:{document.id}")
