"""The worker's loop over settlement lines: chunk by chunk; a line that cannot be decided stops no other."""

from uuid import UUID

import structlog

from common.consumer.runtime import describe
from common.failures import is_infrastructure
from common.http import ServiceContext
from common.text import Text

from .deciding import decide_lines
from .repository import FeedRepository
from .rules import LineReason

log = structlog.get_logger()
CHUNK = 200
CHUNKS = 50
"""Chunks of one tenant before the next tenant has its turn."""
FAILED = LineReason(
    "feed.failed",
    Text("处理时出错，请联系管理员后重新导入", "this line failed; tell the administrator, import it again"),
)


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
