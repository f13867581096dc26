"""Use cases of the queue: take a document, keep it, end its reading. Each is one short transaction."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy.ext.asyncio import AsyncSession

from common.contracts.ocr import DocumentRecognized
from common.crypto import Keyring, PersonErased
from common.errors import NotFound
from common.events import emit

from ..documents.models import ERASED, RECOGNIZED, Document
from ..documents.repository import DocumentRepository
from ..documents.service import RECOGNITION
from ..documents.vault import Vault
from ..errors import DocumentErased
from ..settings import OcrSettings
from . import rules
from .models import QueuedDocument
from .repository import QueueRepository


@dataclass(frozen=True)
class Reading:
    """A document that this recogniser is reading: its lease, and where its content is."""

    tenant_id: UUID
    document_id: UUID
    lease: UUID
    object_name: str
    key: bytes
    pictures_only: bool = False


@dataclass(frozen=True)
class Outcome:
    """What a reading gave: type, fields and checks; or the problem for which there are none."""

    document_type: str = "other"
    recognition: dict[str, Any] | None = None
    problem: dict[str, Any] | None = None
    pages: int = 0
    phash: str | None = None


async def take(
    session: AsyncSession, *, document_id: UUID, settings: OcrSettings, vault: Vault, keyring: Keyring
) -> Reading | None:
    """Begin to read a document; None if another recogniser has it, or if it is hopeless and was given up now."""
    queue = QueueRepository.of(session)
    row = await queue.due(document_id)
    if row is None:
        return None
    try:
        document = await DocumentRepository.of(session).get(document_id, lock=True)
    except NotFound:
        await queue.remove(row)
        return None
    key = await _key(session, document, vault)
    if key is None:
        await queue.remove(row)
        return None
    if not row.pictures_only:
        document.begin_recognition()
    if _is_hopeless(row, settings):
        await _end(session, row, document, Outcome(problem=rules.problem(rules.CRASHED)), keyring)
        return None
    lease = row.take(timedelta(seconds=settings.lease_seconds))
    return Reading(document.tenant_id, document.id, lease, document.object_name, key, row.pictures_only)


async def renew(session: AsyncSession, reading: Reading, *, settings: OcrSettings) -> bool:
    """Keep a document; False if the lease was lost meanwhile."""
    row = await QueueRepository.of(session).under(reading.document_id, reading.lease)
    if row is None:
        return False
    row.renew(timedelta(seconds=settings.lease_seconds))
    return True


async def release(session: AsyncSession, reading: Reading) -> None:
    """Put a document back without a result, for a reason that is not its own."""
    row = await QueueRepository.of(session).under(reading.document_id, reading.lease)
    if row is not None:
        row.release(crashed=False)


async def finish(session: AsyncSession, reading: Reading, outcome: Outcome, *, keyring: Keyring) -> bool:
    """Write what was read and say it; False, and nothing written, if the lease was lost meanwhile."""
    row = await QueueRepository.of(session).under(reading.document_id, reading.lease)
    if row is None:
        return False
    document = await DocumentRepository.of(session).get(reading.document_id, lock=True)
    await _end(session, row, document, outcome, keyring)
    return True


async def note_crash(
    session: AsyncSession, reading: Reading, *, problem: str, settings: OcrSettings, keyring: Keyring
) -> None:
    """The reading died or was too long: another try, or after too many the document is unreadable."""
    row = await QueueRepository.of(session).under(reading.document_id, reading.lease)
    if row is None:
        return
    row.release(crashed=True)
    if _is_hopeless(row, settings):
        document = await DocumentRepository.of(session).get(reading.document_id, lock=True)
        await _end(session, row, document, Outcome(problem=rules.problem(problem)), keyring)


def _is_hopeless(row: QueuedDocument, settings: OcrSettings) -> bool:
    return rules.is_hopeless(
        attempts=row.attempts,
        crashes=row.crashes,
        most_attempts=settings.most_attempts,
        most_crashes=settings.most_crashes,
    )


async def _key(session: AsyncSession, document: Document, vault: Vault) -> bytes | None:
    """The key of a document's content; None if it was erased."""
    if document.state == ERASED:
        return None
    try:
        return await vault.key_for_reading(session, document)
    except (DocumentErased, PersonErased):
        return None


async def _end(
    session: AsyncSession, row: QueuedDocument, document: Document, outcome: Outcome, keyring: Keyring
) -> None:
    await QueueRepository.of(session).remove(row)
    if document.state == ERASED:
        return
    if row.pictures_only:
        # Where they cannot be made it is downloaded; nothing was to be read, so nothing is said.
        document.show(pages=outcome.pages, phash=outcome.phash, thumbnail=outcome.pages > 0)
        return
    keys = await keyring.for_tenant(session)
    found = orjson.dumps(outcome.recognition or rules.EMPTY).decode()
    recognition = keys.sealed(found, context=RECOGNITION)
    if outcome.problem is None:
        document.recognize(outcome.document_type, recognition.ciphertext)
        document.show(pages=outcome.pages, phash=outcome.phash, thumbnail=outcome.pages > 0)
    else:
        document.give_up(outcome.problem, recognition.ciphertext)
    emit(
        session,
        DocumentRecognized(
            document_id=document.id,
            owner_id=document.owner_id,
            person_id=document.person_id,
            outcome=document.state,
            document_type=document.document_type or "other",
            sha256=document.sha256,
            recognition=recognition,
            problem=document.problem if document.state != RECOGNIZED else None,
            phash=document.phash,
        ),
    )
