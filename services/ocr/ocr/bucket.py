"""The bucket is made at the start of each process; while the store is away the rest of the service works."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import structlog

from common.http import ServiceContext
from common.storage import ObjectStore, StorageUnavailable

from .extras import vault_of

log = structlog.get_logger()
FIRST_SECONDS = 10.0
RETRY_SECONDS = 2.0


async def _ensure(store: ObjectStore) -> None:
    while True:
        try:
            await store.ensure_bucket()
            return
        except StorageUnavailable:
            log.warning("bucket.waiting", bucket=store.bucket)
            await asyncio.sleep(RETRY_SECONDS)


@asynccontextmanager
async def bucket_ready(context: ServiceContext) -> AsyncIterator[None]:
    """Make the bucket, in the background if the store does not answer soon; give the store up at the end."""
    store = vault_of(context).store
    making = asyncio.create_task(_ensure(store))
    try:
        await asyncio.wait({making}, timeout=FIRST_SECONDS)
        if making.done():
            making.result()
        yield
    finally:
        making.cancel()
        with suppress(asyncio.CancelledError, StorageUnavailable):
            await making
        store.close()
