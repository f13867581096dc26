"""The whole of a tenant's rows of one service moved under the newest key, with progress: a job of every worker."""

import time
from collections.abc import Callable
from uuid import UUID

import structlog
from prometheus_client import Counter, Gauge

from ..crypto.rotation import reseal_batch, rows_left, sealed_tables
from ..crypto.sealed import SealedValues
from ..http.context import ServiceContext

log = structlog.get_logger()
LEFT = Gauge("huzhu_sealed_rows_left", "Rows with a value under an older tenant key", ["service", "tenant"])
RESEALED = Counter("huzhu_resealed_rows_total", "Rows moved under the newest tenant key", ["service"])
LOOK_AGAIN_SECONDS = 24 * 3600.0
Told = Callable[[int, int], None]
"""Called with the rows done and the rows there were."""


async def left_of(context: ServiceContext, tenant_id: UUID) -> dict[str, int]:
    """Return how many rows of each table of a tenant stand under an older key."""
    async with context.db.transaction(tenant_id) as session:
        keys = await context.keyring.for_tenant(session)
        left = {}
        if len(keys.versions) > 1:
            left = await rows_left(session, keys, await sealed_tables(session))
    LEFT.labels(context.service, str(tenant_id)).set(sum(left.values()))
    return left


async def reseal_tenant(
    context: ServiceContext, tenant_id: UUID, values: SealedValues, *, told: Told | None = None
) -> int:
    """Move a tenant's rows under its newest key, a transaction for each batch; return how many could not be.

    Killed anywhere it loses a batch at most; several at once share the work, since locked rows are passed over.
    """
    before = await left_of(context, tenant_id)
    total, done = sum(before.values()), 0
    for name in before:
        after: UUID | None = None
        more = True
        while more:
            async with context.db.transaction(tenant_id) as session:
                keys = await context.keyring.for_tenant(session)
                (table,) = [one for one in await sealed_tables(session) if one.name == name]
                progress = await reseal_batch(session, keys, table=table, values=values, after=after)
            after, more = progress.after, progress.after is not None
            done += progress.changed
            RESEALED.labels(context.service).inc(progress.changed)
            LEFT.labels(context.service, str(tenant_id)).set(max(total - done, 0))
            if told is not None and progress.seen:
                told(done, total)
    return sum((await left_of(context, tenant_id)).values()) if total else 0


class Resealing:
    """What a worker's job runs: a tenant that is through is looked at again once a day only."""

    def __init__(self, values: SealedValues) -> None:
        self._values = values
        self._clean: dict[UUID, tuple[int, float]] = {}

    async def run(self, context: ServiceContext, tenant_id: UUID) -> None:
        """Move what is left of a tenant."""
        async with context.db.transaction(tenant_id) as session:
            newest = (await context.keyring.for_tenant(session)).newest
        version, at = self._clean.get(tenant_id, (0, 0.0))
        if version == newest and time.monotonic() - at < LOOK_AGAIN_SECONDS:
            return
        left = await reseal_tenant(context, tenant_id, self._values)
        if left:
            log.warning("values.left", service=context.service, tenant=str(tenant_id), rows=left)
        else:
            self._clean[tenant_id] = newest, time.monotonic()
