"""Resumable uploads: bytes are stored first and counted after, so that no crash loses or doubles any.

Nothing holds a database connection while bytes come in: a slow sender costs memory for one part, no more.
"""

import os
from collections.abc import AsyncIterable, AsyncIterator, Callable, Iterable
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from ...clock import now
from ...crypto import Keyring
from ...errors import DomainError
from ...ids import new_id
from ..sealed import StoredFile, write_sealed
from ..store import ObjectStore, object_name
from .errors import (
    TooManyUploads,
    UploadChecksumMismatch,
    UploadDamaged,
    UploadExpired,
    UploadIncomplete,
    UploadPurposeUnknown,
    UploadTooLarge,
)
from .models import RECEIVED, RECEIVING, StoredPart, Upload, due_before
from .parts import PART_BYTES, PartStore, cut
from .repository import UploadRepository
from .rules import Checksum, UploadPurpose

Transactions = Callable[[], AbstractAsyncContextManager[AsyncSession]]
"""Opens a transaction of one tenant that commits at its end: `partial(db.transaction, tenant_id)`."""


class ResumableUploads:
    """The uploads of a service. `part_bytes` is what a request holds in memory and a crash may lose."""

    def __init__(
        self,
        store: ObjectStore,
        keyring: Keyring,
        purposes: Iterable[UploadPurpose],
        *,
        lifetime: timedelta = timedelta(hours=24),
        part_bytes: int = PART_BYTES,
    ) -> None:
        self.purposes = {purpose.name: purpose for purpose in purposes}
        self._store = store
        self._keyring = keyring
        self._lifetime = lifetime
        self._part_bytes = part_bytes

    @property
    def max_bytes(self) -> int:
        """The largest file that any purpose takes."""
        return max(purpose.max_bytes for purpose in self.purposes.values())

    async def create(
        self,
        session: AsyncSession,
        *,
        actor_id: UUID,
        purpose: str,
        length: int,
        name: str = "",
        content_type: str = "",
        sha256: str | None = None,
        most: int | None = None,
    ) -> Upload:
        """Begin an upload of `length` bytes, `most` at most; UploadPurposeUnknown, UploadTooLarge, TooManyUploads."""
        allowed = self.purposes.get(purpose)
        if allowed is None or (allowed.content_types and content_type not in allowed.content_types):
            raise UploadPurposeUnknown
        limit = min(allowed.max_bytes, most) if most else allowed.max_bytes
        if length > limit:
            raise UploadTooLarge(max_bytes=limit)
        keys = await self._keyring.for_tenant(session)
        uploads = UploadRepository(session, keys.tenant_id)
        if await uploads.count_open(actor_id) >= allowed.max_open:
            raise TooManyUploads
        upload_id = new_id()
        upload = Upload(
            id=upload_id,
            actor_id=actor_id,
            purpose=purpose,
            length=length,
            received=0,
            parts=[],
            name=keys.seal(name, context="upload.name"),
            content_type=content_type,
            key=keys.seal_bytes(os.urandom(32), context=_key_context(upload_id)),
            announced_sha256=sha256,
            state=RECEIVED if length == 0 else RECEIVING,
            expires_at=now() + self._lifetime,
        )
        uploads.add(upload)
        await session.flush()
        return upload

    async def find(self, session: AsyncSession, upload_id: UUID, *, actor_id: UUID) -> Upload:
        """Return the actor's upload; NotFound, or UploadExpired when it is over."""
        upload = await _repository(session).of_actor(upload_id, actor_id)
        upload.check_open()
        return upload

    async def append(
        self,
        transactions: Transactions,
        upload_id: UUID,
        *,
        actor_id: UUID,
        offset: int,
        body: AsyncIterable[bytes],
        checksum: Checksum | None = None,
    ) -> Upload:
        """Receive bytes that begin at `offset` and return the upload as it is then.

        Without a checksum every part counts as soon as it is stored; with one, all or nothing.
        UploadOffsetConflict, UploadTooLarge, UploadChecksumMismatch, UploadExpired, NotFound.
        """
        async with transactions() as session:
            upload = await _repository(session).of_actor(upload_id, actor_id)
            upload.check_offset(offset)
            parts = await self._parts(session, upload) if offset < upload.length else None
        if parts is None:  # complete already: an empty request is welcome, a byte is too much
            async for _ in cut(body, size=1, limit=0):
                pass
            return upload
        digest = checksum.start() if checksum else None
        waiting: list[StoredPart] = []
        async for block in cut(body, size=self._part_bytes, limit=upload.length - offset):
            waiting.append(await parts.write(offset, block))
            offset += len(block)
            if digest is None:
                upload = await self._count(transactions, upload, parts, waiting)
                waiting = []
            else:
                digest.update(block)
        if checksum is not None and digest is not None:
            if digest.digest() != checksum.digest:
                await parts.remove(waiting)
                raise UploadChecksumMismatch
            upload = await self._count(transactions, upload, parts, waiting)
        return upload

    async def _count(
        self, transactions: Transactions, upload: Upload, parts: PartStore, stored: list[StoredPart]
    ) -> Upload:
        try:
            async with transactions() as session:
                current = await _repository(session).of_actor(upload.id, upload.actor_id, lock=True)
                current.append(stored)
        except DomainError:
            # A refusal comes before the commit; after any other failure only the row knows, and `sweep` clears.
            await parts.remove(stored)
            raise
        return current

    async def terminate(self, transactions: Transactions, upload_id: UUID, *, actor_id: UUID) -> None:
        """End an upload and remove what was received; NotFound or UploadExpired."""
        async with transactions() as session:
            upload = await _repository(session).of_actor(upload_id, actor_id, lock=True)
            if not upload.open:
                raise UploadExpired
            upload.end()
        await self._store.delete_all(upload.folder)

    async def content(self, session: AsyncSession, upload: Upload) -> AsyncIterator[bytes]:
        """Return a complete upload's bytes, for a service that parses the file; UploadIncomplete."""
        if upload.state != RECEIVED:
            raise UploadIncomplete
        parts = await self._parts(session, upload)
        return parts.read(upload.stored_parts)

    async def finish(
        self, session: AsyncSession, upload_id: UUID, *, actor_id: UUID, purpose: str, key: bytes
    ) -> StoredFile:
        """Make the complete upload one file under `key` (a person's), and return where it is.

        Doing it again gives the same file; stopped in the middle, the next time writes it anew to the same
        name. NotFound (also for another purpose), UploadIncomplete, UploadExpired, and UploadDamaged if it is
        not the file whose SHA-256 was announced. The parts are removed by `sweep`.
        """
        upload = await _repository(session).of_actor(upload_id, actor_id, lock=True)
        if upload.purpose != purpose:
            raise UploadPurposeUnknown
        upload.check_open()
        done = upload.stored_file()
        if done is not None:
            return done
        content = await self.content(session, upload)
        file = await write_sealed(self._store, _file_name(upload), content, key=key)
        if upload.announced_sha256 not in (None, file.sha256):
            await self._store.delete(file.name)
            raise UploadDamaged
        upload.store(file)
        await session.flush()
        return file

    async def adopt(
        self,
        session: AsyncSession,
        upload_id: UUID,
        *,
        actor_id: UUID,
        purpose: str,
        file: StoredFile,
        sha256: str,
    ) -> None:
        """Note that the service has itself stored what it made of the upload's `content`, as `file`.

        For a service that looks into or changes the content: it stores outside of any transaction, then adopts.
        `sha256` is the received content's. The refusals are those of `finish`.
        """
        upload = await _repository(session).of_actor(upload_id, actor_id, lock=True)
        if upload.purpose != purpose:
            raise UploadPurposeUnknown
        upload.check_open()
        if upload.announced_sha256 not in (None, sha256):
            raise UploadDamaged
        upload.store(file)
        await session.flush()

    async def sweep(self, transactions: Transactions, *, limit: int = 100) -> int:
        """Clear away what uploads left behind that ended over an hour ago; return how many were done.

        Run it on a schedule for each tenant; stopped anywhere, the next run goes on.
        """
        async with transactions() as session:
            due = await _repository(session).due(due_before(), limit)
            for upload in due:
                upload.end()
        for upload in due:
            await self._store.delete_all(upload.folder)
            if upload.stored_file() is None:  # written, but never committed
                await self._store.delete(_file_name(upload))
        if due:
            async with transactions() as session:
                await _repository(session).mark_purged([upload.id for upload in due])
        return len(due)

    async def _parts(self, session: AsyncSession, upload: Upload) -> PartStore:
        if upload.key is None:
            raise UploadExpired
        keys = await self._keyring.for_tenant(session)
        key = keys.open_bytes(upload.key, context=_key_context(upload.id))
        return PartStore(self._store, upload.folder, key)


def _file_name(upload: Upload) -> str:
    return object_name(upload.tenant_id, "files", upload.id)


def _key_context(upload_id: UUID) -> str:
    return f"upload_key:{upload_id}"


def _repository(session: AsyncSession) -> UploadRepository:
    return UploadRepository(session, session.info["tenant_id"])
