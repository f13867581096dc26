"""Use cases of roster files beside the upload itself: look, cancel, accept by a second person (row P.02)."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.audit import record
from common.auth import Actor, Eyes
from common.errors import NotFound
from common.http import Cursor

from ..people.errors import ChooseWhom
from ..people.reasons import ALREADY_ON_ORDER, reason_json
from ..people.service import order_of
from .errors import CheckOver, NotStaged, RowsNotAcceptable, SecondPersonNeeded
from .models import RosterImport, StagedRow
from .repository import ImportRepository
from .schemas import RosterAccept


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


async def staged_rows(
    session: AsyncSession,
    *,
    actor: Actor,
    order_id: UUID,
    import_id: UUID,
    cursor: Cursor,
    insurable: bool | None,
) -> Sequence[StagedRow]:
    """Return a page of the rows of a staged roster, one more than it holds."""
    found = await find_import(session, actor=actor, order_id=order_id, import_id=import_id)
    return await ImportRepository(session, actor.tenant_id).staged_page(
        found.id, insurable=insurable, after=cursor.after, limit=cursor.limit + 1
    )


async def accept_rows(
    session: AsyncSession, *, actor: Actor, order_id: UUID, import_id: UUID, body: RosterAccept
) -> RosterImport:
    """Accept all or part of a staged roster; what is not accepted is rejected and comes back as a file.

    NotStaged, SecondPersonNeeded for whoever uploaded it, RowsNotAcceptable.
    """
    order = await order_of(session, actor=actor, order_id=order_id, draft=True)
    found = await find_import(session, actor=actor, order_id=order_id, import_id=import_id, lock=True)
    if found.state != "staged":
        raise NotStaged
    if Eyes.of(actor).are(Eyes(found.uploaded_by, found.uploaded_human)):
        raise SecondPersonNeeded
    if body.all == (body.ids is not None):
        raise ChooseWhom
    accepted, rejected = await ImportRepository(session, actor.tenant_id).accept(
        found.id, None if body.all else body.ids, double=[reason_json(ALREADY_ON_ORDER)]
    )
    if body.ids is not None and accepted < len(set(body.ids)):
        raise RowsNotAcceptable(count=len(set(body.ids)) - accepted)
    found.decide(by=actor.id, accepted=accepted, rejected=rejected)
    order.touch()
    detail = {"accepted": accepted, "rejected": rejected}
    await record(
        session, actor_id=actor.id, action="roster.accepted", subject=f"import:{found.id}", detail=detail
    )
    return found
