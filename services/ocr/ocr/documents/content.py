"""The bytes of a document for those who may see them: its owner, staff, or the bearer of a signed link."""

from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.auth import Actor
from common.crypto import Keyring, LinkExpired, LinkForged, Tampered, verify
from common.errors import NotFound
from common.storage import ObjectMissing

from ..errors import DocumentDamaged, DocumentErased, PictureMissing
from . import rules
from .models import ERASED, Document
from .repository import DocumentRepository
from .service import FILENAME, note_reading
from .vault import Vault, page_name, thumbnail_name

LINK = "document-link"


@dataclass(frozen=True)
class Link:
    """A signed link of the claims service: this document, this tenant, this reader."""

    document_id: UUID
    tenant_id: UUID
    reader_id: str


def open_link(token: str, *, document_id: UUID, key: bytes) -> Link:
    """Return what a link allows; LinkForged (also for another document) or LinkExpired."""
    claims: dict[str, Any] = verify(LINK, token, key)
    try:
        link = Link(
            UUID(claims["document_id"]), UUID(claims["tenant_id"]), str(claims.get("reader_id") or "")
        )
    except (KeyError, ValueError, TypeError, AttributeError):
        raise LinkForged from None
    if link.document_id != document_id:
        raise LinkForged
    return link


def linked_reader(token: str | None, *, document_id: UUID, key: bytes) -> str | None:
    """Return whom a link was given to; None without one, and for one that is no longer good."""
    try:
        return open_link(token, document_id=document_id, key=key).reader_id if token else None
    except (LinkForged, LinkExpired):
        return None


@dataclass(frozen=True)
class Content:
    """What is sent: the decrypted stream, whose first bytes have been verified, and what it is."""

    chunks: AsyncIterator[bytes]
    media_type: str
    size: int | None
    """Announced, where it is known."""
    disposition: str


@dataclass(frozen=True)
class Opened:
    """A document that the caller may see, with its key and name."""

    document: Document
    key: bytes
    filename: str


async def open_by_link(session: AsyncSession, *, link: Link, vault: Vault, keyring: Keyring) -> Opened:
    """Open a document for the bearer of a link; NotFound, DocumentErased."""
    document = await DocumentRepository.of(session).get(link.document_id)
    if link.reader_id != str(document.owner_id):
        reader = link.reader_id or "link"
        await note_reading(session, document, reader_id=reader, action="document.opened_by_link")
    return await _open(session, document, vault, keyring)


async def open_by_actor(
    session: AsyncSession, *, actor: Actor, document_id: UUID, vault: Vault, keyring: Keyring
) -> Opened:
    """Open a document for its owner or staff; NotFound, DocumentErased."""
    document = await DocumentRepository.of(session).seen_by(actor, document_id)
    if not rules.is_own(actor, owner_id=document.owner_id, person_id=document.person_id):
        await note_reading(session, document, reader_id=actor.id, action="document.opened")
    return await _open(session, document, vault, keyring)


async def _open(session: AsyncSession, document: Document, vault: Vault, keyring: Keyring) -> Opened:
    if document.state == ERASED or document.filename is None:
        raise DocumentErased
    key = await vault.key_for_reading(session, document)
    return Opened(document, key, await keyring.open(session, document.filename, context=FILENAME))


async def stream(opened: Opened, *, vault: Vault) -> Content:
    """Begin to read a content, after the transaction; NotFound if it is not in the store, DocumentDamaged.

    A later damage breaks the answer off before its announced end, so that nobody takes it for the whole.
    """
    document = opened.document
    chunks = await _begun(vault, document.object_name, opened.key)
    disposition = rules.disposition(opened.filename, document.media_type)
    return Content(chunks, document.media_type, document.size, disposition)


async def stream_thumbnail(opened: Opened, *, vault: Vault) -> Content:
    """Begin to read a document's small picture; PictureMissing."""
    document = opened.document
    if not document.thumbnail:
        raise PictureMissing
    return await _picture(vault, thumbnail_name(document.tenant_id, document.id), opened.key)


async def stream_page(opened: Opened, page: int, *, vault: Vault) -> Content:
    """Begin to read the picture of a page; PictureMissing."""
    document = opened.document
    if page >= document.pages:
        raise PictureMissing
    return await _picture(vault, page_name(document.tenant_id, document.id, page), opened.key)


async def _picture(vault: Vault, name: str, key: bytes) -> Content:
    return Content(await _begun(vault, name, key), rules.JPEG, None, "inline")


async def _begun(vault: Vault, name: str, key: bytes) -> AsyncIterator[bytes]:
    source = vault.read(name, key=key)
    try:
        first = await anext(source, b"")
    except ObjectMissing:
        raise NotFound from None
    except Tampered:
        raise DocumentDamaged from None

    async def chunks() -> AsyncIterator[bytes]:
        async with aclosing(source) as rest:  # type: ignore[type-var]
            yield first
            async for chunk in rest:
                yield chunk

    return chunks()
