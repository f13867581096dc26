"""Scheduled work: what unfinished uploads and failed commits left in the store goes; older PDFs get their pages."""

from datetime import UTC, datetime, timedelta
from functools import partial
from uuid import UUID

from common.clock import now
from common.http import ServiceContext
from common.storage import object_name

from .documents.repository import DocumentRepository
from .documents.vault import FOLDER, PAGES, THUMBNAILS
from .extras import uploads_of, vault_of
from .queue.older import queue_older

ORPHAN_AGE = timedelta(hours=1)
BATCH = 1000


async def sweep_uploads(context: ServiceContext, tenant_id: UUID) -> None:
    """Remove the parts of uploads that ended or expired."""
    transactions = partial(context.db.transaction, tenant_id)
    while await uploads_of(context).sweep(transactions, limit=100):
        pass


async def remove_orphans(context: ServiceContext, tenant_id: UUID) -> None:
    """Remove contents and pictures of no document (stored, and then something died), and of erased ones.

    What was erased cannot be opened any more where its key was destroyed; what lay under a unit's or clerk's key, as
    every paper of theirs did before, goes by this alone.
    """
    store = vault_of(context).store
    for folder in (FOLDER, THUMBNAILS, PAGES):
        prefix = object_name(tenant_id, folder)
        names = [name for name in await store.names(prefix) if made_at(made_as(name)) < now() - ORPHAN_AGE]
        for start in range(0, len(names), BATCH):
            batch = names[start : start + BATCH]
            async with context.db.transaction(tenant_id) as session:
                gone = await DocumentRepository.of(session).without_content([made_as(name) for name in batch])
            for name in batch:
                if made_as(name) in gone:
                    await store.delete(name)


async def picture_older(context: ServiceContext, tenant_id: UUID) -> None:
    """Queue PDFs of before pictures of pages were made, a few at a time."""
    async with context.db.transaction(tenant_id) as session:
        await queue_older(session)


def made_as(name: str) -> UUID:
    """Return the document whose content or picture has this name: "<tenant>/<folder>/<document>…"."""
    return UUID(name.split("/")[2])


def made_at(document_id: UUID) -> datetime:
    """Return when a UUIDv7 was made: its first 48 bits are milliseconds."""
    return datetime.fromtimestamp((document_id.int >> 80) / 1000, UTC)
