"""Scheduled work: large rosters that wait for a worker, one for each tenant and turn."""

import base64
import tempfile
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import structlog

from common.auth import Actor
from common.clock import now
from common.errors import DomainError, NotFound
from common.http import ServiceContext
from common.storage import ObjectStore, StorageUnavailable, read_sealed

from ..orders.repository import OrderRepository
from ..people.context import CheckContext, check_context
from .checking import RosterCheck, Source
from .errors import CheckInterrupted
from .models import RosterImport
from .repository import ImportRepository
from .uploading import FILE_KEY, roster_object

log = structlog.get_logger()
GONE_AFTER = timedelta(seconds=20)
"""A worker says every half second how far it has come; one that is silent for so long has gone."""
MOST_ATTEMPTS = 3


async def check_rosters(context: ServiceContext, tenant_id: UUID) -> None:
    """Check the roster of a tenant that has waited longest, if there is one."""
    taken = await _take(context, tenant_id)
    if taken is None:
        return
    roster, key = taken
    try:
        if roster.attempts > MOST_ATTEMPTS:
            raise CheckInterrupted
        check = await _context(context, roster)
        with tempfile.TemporaryDirectory(prefix="huzhu-roster-") as folder:
            path = Path(folder) / "roster.xlsx"
            await _fetch(context, roster, key, path)
            source = Source(roster.order_id, roster.id, path=path, started_at=roster.started_at)
            await RosterCheck(context, Actor.system(tenant_id), check).run(source)
    except StorageUnavailable:
        log.warning("roster.store_away", import_id=str(roster.id))
        return  # Another turn takes it up again.
    except DomainError as error:
        await _refuse(context, roster, error.code)
    await _forget(context, roster)


async def _take(context: ServiceContext, tenant_id: UUID) -> tuple[RosterImport, bytes] | None:
    async with context.db.transaction(tenant_id) as session:
        roster = await ImportRepository(session, tenant_id).next_to_check(now() - GONE_AFTER)
        if roster is None or roster.object_key is None:
            return None
        roster.take_up()
        keys = await context.keyring.for_tenant(session)
        return roster, base64.b64decode(keys.open(roster.object_key, context=FILE_KEY))


async def _context(context: ServiceContext, roster: RosterImport) -> CheckContext:
    async with context.db.transaction(roster.tenant_id) as session:
        actor = Actor.system(roster.tenant_id)
        order = await OrderRepository(session, roster.tenant_id).visible(actor, roster.order_id)
        if order is None:
            raise NotFound
        most: int = getattr(context.settings, "roster_max_bytes", 20_000_000)
        return await check_context(session, order, most_bytes=most, amount=roster.amount)


async def _fetch(context: ServiceContext, roster: RosterImport, key: bytes, path: Path) -> None:
    store: ObjectStore = context.extras["store"]
    with path.open("wb") as out:
        async for chunk in read_sealed(store, roster_object(roster.tenant_id, roster.id), key=key):
            out.write(chunk)


async def _refuse(context: ServiceContext, roster: RosterImport, code: str) -> None:
    async with context.db.transaction(roster.tenant_id) as session:
        people = ImportRepository(session, roster.tenant_id)
        current = await people.import_by_id(roster.order_id, roster.id, lock=True)
        if current is not None and current.started_at == roster.started_at and current.state == "checking":
            current.refuse(code)


async def _forget(context: ServiceContext, roster: RosterImport) -> None:
    """The file is not needed any more: its key goes first, so that what is left of it is noise."""
    async with context.db.transaction(roster.tenant_id) as session:
        people = ImportRepository(session, roster.tenant_id)
        current = await people.import_by_id(roster.order_id, roster.id, lock=True)
        if current is not None and current.started_at == roster.started_at and current.state != "checking":
            current.object_key = None
    store: ObjectStore = context.extras["store"]
    await store.delete(roster_object(roster.tenant_id, roster.id))
