"""Where contents lie: encrypted under the key of whose they are, in the object store."""

from collections.abc import AsyncIterable, AsyncIterator
from contextlib import aclosing
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.crypto import Keyring, PersonErased
from common.crypto.persons import PersonKeys
from common.storage import ObjectStore, StoredFile, object_name, read_sealed, write_sealed

from ..errors import DocumentErased, OwnerErased
from .models import Document

FOLDER, THUMBNAILS, PAGES = "documents", "thumbnails", "pages"


def thumbnail_name(tenant_id: UUID, document_id: UUID) -> str:
    """Where a document's small picture lies."""
    return object_name(tenant_id, THUMBNAILS, document_id)


def page_name(tenant_id: UUID, document_id: UUID, page: int) -> str:
    """Where the picture of a page lies; pages count from 0."""
    return object_name(tenant_id, PAGES, document_id, page)


async def _whole(picture: bytes) -> AsyncIterator[bytes]:
    yield picture


class Vault:
    """Contents of documents. Storage failures are OSErrors (503 at the edge, tried again by the recogniser)."""

    def __init__(self, store: ObjectStore, keyring: Keyring) -> None:
        self.store = store
        self._keys = PersonKeys(keyring)

    async def key_for_writing(self, session: AsyncSession, key_id: UUID) -> bytes:
        """Return the key of a person, unit or account, made at the first time; OwnerErased."""
        try:
            return await self._keys.obtain(session, key_id)
        except PersonErased:
            raise OwnerErased from None

    async def key_for_reading(self, session: AsyncSession, document: Document) -> bytes:
        """Return the key of a document's content; DocumentErased."""
        try:
            return await self._keys.find(session, document.key_id)
        except PersonErased:
            raise DocumentErased from None

    async def destroy_key(self, session: AsyncSession, key_id: UUID) -> None:
        """Make everything under a key unreadable for ever, copies and backups of the store included."""
        await self._keys.destroy(session, key_id)

    async def write(
        self, tenant_id: UUID, document_id: UUID, content: AsyncIterable[bytes], *, key: bytes
    ) -> StoredFile:
        """Encrypt and store a content; when it fails nothing is left behind."""
        name = object_name(tenant_id, FOLDER, document_id)
        return await write_sealed(self.store, name, content, key=key)

    async def write_thumbnail(
        self, tenant_id: UUID, document_id: UUID, picture: bytes, *, key: bytes
    ) -> None:
        """Encrypt and store a document's small picture, instead of one that is there."""
        await write_sealed(self.store, thumbnail_name(tenant_id, document_id), _whole(picture), key=key)

    async def write_page(
        self, tenant_id: UUID, document_id: UUID, page: int, picture: bytes, *, key: bytes
    ) -> None:
        """Encrypt and store the picture of a page, instead of one that is there."""
        await write_sealed(self.store, page_name(tenant_id, document_id, page), _whole(picture), key=key)

    async def remove(self, tenant_id: UUID, document_id: UUID) -> None:
        """Delete a content and its small picture, of which no document was made."""
        await self.store.delete(object_name(tenant_id, FOLDER, document_id))
        await self.store.delete(thumbnail_name(tenant_id, document_id))

    async def read(self, name: str, *, key: bytes) -> AsyncIterator[bytes]:
        """Decrypt a content; ObjectMissing or Tampered."""
        async with aclosing(read_sealed(self.store, name, key=key)) as content:  # type: ignore[type-var]
            async for chunk in content:
                yield chunk
