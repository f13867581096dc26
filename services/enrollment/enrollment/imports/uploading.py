"""The use case of a roster upload: recognise the file, check it in a process of its own, place its people.

A small file is answered at once; a large one is kept, sealed, and a worker checks it (`checking.py` has the check).
"""

import asyncio
import base64
import os
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

from common.auth import Actor
from common.clock import now
from common.errors import DomainError, NotFound
from common.http import ServiceContext
from common.http.incoming import CHUNK, Incoming
from common.storage import ObjectStore, object_name, write_sealed

from ..orders.models import Order, OrderStatus
from ..orders.repository import OrderRepository
from ..people.context import CheckContext, check_context
from ..people.repository import Counts, PeopleRepository
from .checking import RosterCheck, Source
from .errors import RosterBeingChecked
from .models import RosterImport
from .repository import ImportRepository

ABANDONED_AFTER = timedelta(minutes=5)
FILE_KEY = "enrollment.roster_file"


@dataclass(frozen=True)
class Uploaded:
    """The import, the people of the whole order, and whether the file had been uploaded before."""

    roster: RosterImport
    counts: Counts
    repeated: bool


def roster_object(tenant_id: UUID, import_id: UUID) -> str:
    """Return the name of the object in which a roster waits for its worker."""
    return object_name(tenant_id, "rosters", import_id)


class RosterUpload:
    """One upload; short transactions around the check, which has its own."""

    def __init__(
        self, context: ServiceContext, actor: Actor, order_id: UUID, *, amount: Decimal | None = None
    ) -> None:
        self._context = context
        self._actor = actor
        self._order_id = order_id
        self._amount = amount

    async def prepare(self) -> CheckContext:
        """Refuse before the file is read where the order is not the caller's or no draft."""
        async with self._context.db.transaction(self._actor.tenant_id) as session:
            order = await self._draft(OrderRepository(session, self._actor.tenant_id))
            most: int = getattr(self._context.settings, "roster_max_bytes", 20_000_000)
            return await check_context(session, order, most_bytes=most, amount=self._amount)

    async def _draft(self, repository: OrderRepository) -> Order:
        order = await repository.visible(self._actor, self._order_id)
        if order is None:
            raise NotFound
        order.require(OrderStatus.DRAFT)
        return order

    async def run(self, file: Incoming, check: CheckContext) -> Uploaded:
        """Check the file and place its people, or keep it for a worker; what refuses the file is raised."""
        begun = await self._begin(file)
        if isinstance(begun, Uploaded):
            return begun
        if file.size > getattr(self._context.settings, "roster_inline_bytes", 300_000):
            return await self._keep(file, begun)
        try:
            return await self._check(file.path, check, begun)
        except DomainError as error:
            await self._refuse(begun, error.code)
            raise

    async def _check(self, path: Path, check: CheckContext, begun: RosterImport) -> Uploaded:
        source = Source(self._order_id, begun.id, path=path, started_at=begun.started_at)
        roster = await RosterCheck(self._context, self._actor, check).run(source)
        async with self._context.db.transaction(self._actor.tenant_id) as session:
            people = PeopleRepository(session, self._actor.tenant_id)
            return Uploaded(roster, await people.counts(self._order_id), repeated=False)

    async def _begin(self, file: Incoming) -> RosterImport | Uploaded:
        """Note that the file is being checked; the same file again gets the first answer."""
        async with self._context.db.transaction(self._actor.tenant_id) as session:
            people = PeopleRepository(session, self._actor.tenant_id)
            imports = ImportRepository(session, self._actor.tenant_id)
            values: dict[str, Any] = {
                "order_id": self._order_id,
                "id": file.id,
                "sha256": file.sha256,
                "size": file.size,
                "uploaded_by": self._actor.id,
                "uploaded_human": self._actor.human,
                "amount": self._amount,
            }
            begun = await imports.begin_import(values)
            if begun is not None:
                return begun
            seen = await imports.import_of(self._order_id, file.sha256, lock=True)
            if seen is None:
                raise RosterBeingChecked
            if seen.settled:
                return Uploaded(seen, await people.counts(self._order_id), repeated=True)
            if seen.state == "checking" and now() - seen.beat_at < ABANDONED_AFTER:
                raise RosterBeingChecked
            await imports.forget_staged(seen.id)
            seen.begin_again(self._actor)
            seen.amount = self._amount
            return seen

    async def _keep(self, file: Incoming, begun: RosterImport) -> Uploaded:
        """Store the file, sealed under a key of its own, and leave it to a worker."""
        store: ObjectStore = self._context.extras["store"]
        key = os.urandom(32)
        name = roster_object(self._actor.tenant_id, begun.id)
        await store.ensure_bucket()
        await write_sealed(store, name, _chunks(file.path), key=key)
        async with self._context.db.transaction(self._actor.tenant_id) as session:
            people = PeopleRepository(session, self._actor.tenant_id)
            imports = ImportRepository(session, self._actor.tenant_id)
            keys = await self._context.keyring.for_tenant(session)
            current = await imports.import_of(self._order_id, begun.sha256, lock=True)
            if current is None or current.started_at != begun.started_at:
                raise RosterBeingChecked
            current.object_key = keys.seal(base64.b64encode(key).decode(), context=FILE_KEY)
            current.queue()
            return Uploaded(current, await people.counts(self._order_id), repeated=False)

    async def _refuse(self, begun: RosterImport, code: str) -> None:
        """Note why the file was refused, unless another attempt has taken over."""
        async with self._context.db.transaction(self._actor.tenant_id) as session:
            imports = ImportRepository(session, self._actor.tenant_id)
            current = await imports.import_of(self._order_id, begun.sha256, lock=True)
            if current is not None and current.started_at == begun.started_at and current.state == "checking":
                current.refuse(code)


async def _chunks(path: Path) -> AsyncIterator[bytes]:
    with await asyncio.to_thread(path.open, "rb") as source:
        while chunk := await asyncio.to_thread(source.read, CHUNK):
            yield chunk
