"""Scheduled work: what unfinished uploads and failed commits left in the store is removed."""

from datetime import UTC, datetime, timedelta
from functools import partial
from uuid import UUID

from common.clock import now
from common.http import ServiceContext
from common.storage import object_name

from .documents.repository import DocumentRepository
from .documents.vault import FOLDER
from .extras import uploads_of, vault_of

ORPHAN_AGE = timedelta(hours=1)
BATCH = 1000


async def sweep_uploads(context: ServiceContext, tenant_id: UUID) -> None:
    """Remove the parts of uploads that ended or expired."""
    transactions = partial(context.db.transaction, tenant_id)
    while await uploads_of(context).sweep(transactions, limit=100):
        pass


async def remove_orphans(context: ServiceContext, tenant_id: UUID) -> None:
    """Remove contents whose document was never committed: stored, and then the process or the database died."""
    store = vault_of(context).store
    names = {made_as(name): name for name in await store.names(object_name(tenant_id, FOLDER))}
    old = [each for each in names if made_at(each) < now() - ORPHAN_AGE]
    for start in range(0, len(old), BATCH):
        async with context.db.transaction(tenant_id) as session:
            missing = await DocumentRepository.of(session).missing(old[start : start + BATCH])
        for document_id in missing:
            await store.delete(names[document_id])


def made_as(name: str) -> UUID:
    """Return the document whose content has this name."""
    return UUID(name.rsplit("/", 1)[-1])


def made_at(document_id: UUID) -> datetime:
    """Return when a UUIDv7 was made: its first 48 bits are milliseconds."""
    return datetime.fromtimestamp((document_id.int >> 80) / 1000, UTC)
