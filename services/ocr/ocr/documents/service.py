"""Use cases of documents: hand in, read."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy.ext.asyncio import AsyncSession

from common.audit import record
from common.auth import Actor
from common.auth.permissions import meaning_of
from common.contracts.ocr import DocumentStored
from common.crypto import Keyring, TenantKeys, sign
from common.errors import NotFound, NotPermitted
from common.events import emit
from common.http import Cursor, Page
from common.storage.uploads import ResumableUploads

from ..auth import READ, UPLOAD
from ..queue.models import QueuedDocument
from ..queue.repository import QueueRepository
from . import rules
from .models import Document
from .placing import Placed
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
    placed: Placed,
    recognize: bool,
    vault: Vault,
    keys: TenantKeys,
    receipts: Receipts,
) -> DocumentCreated:
    """Make a document of a file that lies in the store; OwnerErased."""
    document = await _new_document(session, actor, placed, vault=vault, keys=keys)
    return receipts.of(await _hand_in(session, document, recognize=recognize))


async def store_upload(
    session: AsyncSession,
    *,
    actor: Actor,
    upload_id: UUID,
    placed: Placed | None,
    purpose: str,
    recognize: bool,
    vault: Vault,
    uploads: ResumableUploads,
    keys: TenantKeys,
    receipts: Receipts,
) -> DocumentCreated:
    """Make a document of a complete resumable upload, whose id it gets: asked again, it is the same document.

    NotFound, UploadIncomplete, UploadExpired, UploadDamaged, OwnerErased.
    """
    known = await DocumentRepository.of(session).find(Document, upload_id)
    if known is not None:
        if known.owner_id != actor.id:
            raise NotFound
        return receipts.of(known)
    if placed is None:
        raise NotFound
    await uploads.adopt(
        session,
        upload_id,
        actor_id=actor.id,
        purpose=purpose,
        file=placed.stored,
        sha256=placed.file.sha256,
    )
    # Another request may have been faster while this one waited for the upload's row.
    known = await DocumentRepository.of(session).find(Document, upload_id)
    if known is not None:
        return receipts.of(known)
    document = await _new_document(session, actor, placed, vault=vault, keys=keys)
    return receipts.of(await _hand_in(session, document, recognize=recognize))


async def _new_document(
    session: AsyncSession, actor: Actor, placed: Placed, *, vault: Vault, keys: TenantKeys
) -> Document:
    owner, placed.used = rules.owner_of(actor), True
    key_id = owner.key_id(placed.document_id)
    await vault.key_for_writing(session, key_id)  # erased meanwhile? then what was stored cannot be opened
    return Document(
        id=placed.document_id,
        owner_id=owner.account_id,
        person_id=owner.person_id,
        unit_id=owner.unit_id,
        key_id=key_id,
        object_name=placed.stored.name,
        filename=keys.seal(placed.file.filename, context=FILENAME),
        media_type=placed.file.media_type,
        size=placed.stored.size,
        sha256=placed.file.sha256,
        phash=placed.file.phash,
        thumbnail=placed.file.thumbnail is not None,
        pages=0,
        state="stored",
    )


async def _hand_in(session: AsyncSession, document: Document, *, recognize: bool) -> Document:
    DocumentRepository.of(session).add(document)
    await session.flush()
    if recognize or document.media_type == rules.PDF:
        # No browser shows the pages of a PDF in a page: pictures of them are made also where nothing is read.
        queued = QueuedDocument.new(document.id, owner_id=document.owner_id, pictures_only=not recognize)
        QueueRepository.of(session).add(queued)
    emit(
        session,
        DocumentStored(
            document_id=document.id,
            owner_id=document.owner_id,
            person_id=document.person_id,
            media_type=document.media_type,
            size=document.size,
            sha256=document.sha256,
            phash=document.phash,
        ),
    )
    return document


async def read_document(
    session: AsyncSession, *, actor: Actor, document_id: UUID, keyring: Keyring, linked: str | None = None
) -> DocumentRead:
    """Return a document and what was read on it; NotFound. That somebody else than its owner looked is recorded.

    `linked`: the reader of a good link to it. Whoever gave it knows that this reader's scope reaches the document;
    who may not read documents sees by it how many pages there are and the name, not the values.
    """
    documents = DocumentRepository.of(session)
    if linked is not None and rules.opens_for(linked, actor):
        document = await documents.get(document_id)
    else:
        if not (actor.may(UPLOAD) or actor.may(READ)):
            raise NotPermitted(permission=READ, action=meaning_of(READ))
        document = await documents.seen_by(actor, document_id)
    own = rules.is_own(actor, owner_id=document.owner_id, person_id=document.person_id)
    if not own:
        await note_reading(session, document, reader_id=actor.id, action="document.read")
    found: dict[str, Any] = {}
    if document.recognition is not None and (own or actor.may(READ)):
        found = orjson.loads(await keyring.open(session, document.recognition, context=RECOGNITION))
    name = await _opened_name(session, document, keyring)
    ahead = await QueueRepository.of(session).ahead_of(document.id)
    read = DocumentRead.of(
        document, name, fields=found.get("fields", {}), checks=found.get("checks", []), ahead=ahead
    )
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
