"""The worker's jobs: fetch dropped files, read files, decide lines chunk by chunk; one that fails stops no other."""

from typing import cast
from uuid import UUID

import structlog

from common.consumer.runtime import describe
from common.crypto import TenantKeys
from common.failures import is_infrastructure
from common.http import ServiceContext
from common.ids import new_id
from common.storage import StorageUnavailable
from common.text import Text

from ..settings import ClaimsSettings
from .deciding import decide_lines
from .importing import Reader
from .models import FeedFile
from .receiving import keep_file, too_large
from .repository import FeedRepository
from .rules import LineReason
from .schemas import ReceivedFile
from .service import OBJECT_KEY, receive_file
from .store import Dropped, FeedStore

log = structlog.get_logger()
CHUNK = 200
CHUNKS = 50
"""Chunks of one tenant before the next tenant has its turn."""
FAILED = LineReason(
    "feed.failed",
    Text("处理时出错，请联系管理员后重新导入", "this line failed; tell the administrator, import it again"),
)


async def fetch_drops(context: ServiceContext, tenant_id: UUID) -> None:
    """Take over the files of the watched prefix; each is removed there when it is safe here."""
    store = FeedStore.of(context)
    most = cast(ClaimsSettings, context.settings).feed_max_bytes
    try:
        for dropped in await store.dropped(tenant_id):
            await _take_over(context, store, tenant_id, dropped, most=most)
    except StorageUnavailable as error:
        log.warning("feed.store_away", kind=type(error).__name__)


async def _take_over(
    context: ServiceContext, store: FeedStore, tenant_id: UUID, dropped: Dropped, *, most: int
) -> None:
    file_id = new_id()
    received = ReceivedFile(
        id=file_id, format="csv", origin="drop", name=dropped.name, size=dropped.size, problem=too_large(most)
    )
    if dropped.size <= most:
        async with store.fetched(dropped.object_name) as file:
            received = await keep_file(store, tenant_id, file_id, file, name=dropped.name, origin="drop")
    async with context.db.transaction(tenant_id) as session:
        keys = await context.keyring.for_tenant(session)
        await receive_file(session, tenant_id=tenant_id, actor=None, received=received, keys=keys)
    await store.remove(dropped.object_name)


async def read_files(context: ServiceContext, tenant_id: UUID) -> None:
    """Read the files that wait, the oldest first."""
    while (found := await _lease(context, tenant_id)) is not None:
        file, keys = found
        try:
            key = keys.open_bytes(file.object_key or "", context=OBJECT_KEY)
            async with FeedStore.of(context).opened(file.object_name or "", key) as source:
                reader = Reader(context, tenant_id, file.id, keys)
                finished = await reader.read(source, already=file.lines)
            if finished:
                await FeedStore.of(context).remove(file.object_name or "")
        except StorageUnavailable as error:
            log.warning("feed.store_away", kind=type(error).__name__)
            return


async def _lease(context: ServiceContext, tenant_id: UUID) -> tuple[FeedFile, TenantKeys] | None:
    async with context.db.transaction(tenant_id) as session:
        file = await FeedRepository(session, tenant_id).unread()
        if file is None:
            return None
        file.lease()
        return file, await context.keyring.for_tenant(session)


async def import_and_decide(context: ServiceContext, tenant_id: UUID) -> None:
    """Read what came, then decide what waits."""
    await read_files(context, tenant_id)
    await decide_feed(context, tenant_id)


async def decide_feed(context: ServiceContext, tenant_id: UUID) -> None:
    """Decide a tenant's waiting lines."""
    for _ in range(CHUNKS):
        try:
            taken = await _chunk(context, tenant_id, CHUNK)
        except Exception as error:
            if is_infrastructure(error):
                raise
            log.error("feed.chunk_failed", tenant=str(tenant_id), kind=describe(error))
            await _one_by_one(context, tenant_id)
            continue
        if taken == 0:
            return


async def _chunk(context: ServiceContext, tenant_id: UUID, most: int, only: UUID | None = None) -> int:
    async with context.db.transaction(tenant_id) as session:
        keys = await context.keyring.for_tenant(session)
        return await decide_lines(session, tenant_id=tenant_id, keys=keys, most=most, only=only)


async def _one_by_one(context: ServiceContext, tenant_id: UUID) -> None:
    """Each line in a transaction of its own; the one that fails is listed with a reason."""
    async with context.db.transaction(tenant_id) as session:
        waiting = await FeedRepository(session, tenant_id).waiting(CHUNK)
    for line_id in waiting:
        try:
            await _chunk(context, tenant_id, 1, only=line_id)
        except Exception as error:
            if is_infrastructure(error):
                raise
            log.error("feed.line_failed", tenant=str(tenant_id), line=str(line_id), kind=describe(error))
            async with context.db.transaction(tenant_id) as session:
                for line in await FeedRepository(session, tenant_id).take(1, only=line_id):
                    line.end("failed", FAILED.as_dict())
