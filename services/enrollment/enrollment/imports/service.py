"""Use cases of roster files beside the upload itself: look, cancel."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.auth import Actor
from common.errors import NotFound

from ..people.service import order_of
from .errors import CheckOver
from .models import RosterImport
from .repository import ImportRepository


async def list_imports(session: AsyncSession, *, actor: Actor, order_id: UUID) -> Sequence[RosterImport]:
    """Return the rosters uploaded to an order, newest first."""
    order = await order_of(session, actor=actor, order_id=order_id)
    return await ImportRepository(session, actor.tenant_id).imports(order.id)


async def find_import(
    session: AsyncSession, *, actor: Actor, order_id: UUID, import_id: UUID, lock: bool = False
) -> RosterImport:
    """Return a roster that was uploaded to an order in the caller's scope; NotFound otherwise."""
    order = await order_of(session, actor=actor, order_id=order_id)
    found = await ImportRepository(session, actor.tenant_id).import_by_id(order.id, import_id, lock=lock)
    if found is None:
        raise NotFound
    return found


async def cancel_import(
    session: AsyncSession, *, actor: Actor, order_id: UUID, import_id: UUID
) -> RosterImport:
    """Stop a check that waits or runs; CheckOver afterwards. The check notices at its next part."""
    found = await find_import(session, actor=actor, order_id=order_id, import_id=import_id, lock=True)
    if found.state not in ("queued", "checking"):
        raise CheckOver
    found.cancel()
    return found
