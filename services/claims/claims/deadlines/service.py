"""Use case: the claims whose day of payment is near or over."""

from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from common.auth import Actor
from common.clock import today
from common.crypto import TenantKeys
from common.http import Cursor, Page
from common.identifiers import mask_name
from common.tenancy import current_pack

from ..copies.repository import CopyRepository
from ..intake.dossier import NAME
from ..intake.models import Claim
from ..intake.taken import taken_of
from .repository import DeadlineRepository
from .schemas import DeadlineRead


async def list_deadlines(
    session: AsyncSession, *, actor: Actor, cursor: Cursor, within_days: int, keys: TenantKeys
) -> Page[DeadlineRead]:
    """Return unpaid claims due within so many days or overdue, of what the caller's scope reaches."""
    until = today() + timedelta(days=within_days)
    rows = await DeadlineRepository(session, actor.tenant_id).page(actor, cursor, until=until)
    pack, copies = await current_pack(session), CopyRepository(session, actor.tenant_id)
    titles = {kind.code: kind.title.text().in_language() for kind in pack.claims}
    nodes = {
        node.code: node.title.text().in_language() for chain in pack.chains.claims for node in chain.nodes
    }
    names = await copies.names_of(rows)
    units = await copies.units({row.unit_id for row in rows if row.unit_id})

    def read(claim: Claim) -> DeadlineRead:
        due_on = claim.due_on or until
        taken, unit = taken_of(claim), units.get(claim.unit_id) if claim.unit_id else None
        return DeadlineRead(
            claim_id=claim.id,
            number=claim.number,
            kind=claim.kind,
            title=titles.get(claim.kind, claim.kind),
            status=claim.status,
            node=claim.node,
            node_title=nodes.get(claim.node, claim.node) if claim.node else "",
            person_name=mask_name(keys.open(names[claim.id], context=NAME)) if claim.id in names else None,
            unit_name=unit.name if unit else None,
            handler_id=taken.handler_id if taken else None,
            handler=taken.handler if taken else "",
            opened_by=claim.opened_by,
            amount=claim.amount,
            due_on=due_on,
            days_left=(due_on - today()).days,
        )

    return cursor.page(rows, read)
