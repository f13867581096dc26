"""Use case: the claims whose day of payment is near or over."""

from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from common.auth import Actor
from common.clock import today
from common.http import Cursor, Page
from common.tenancy import current_pack

from ..intake.models import Claim
from .repository import DeadlineRepository
from .schemas import DeadlineRead


async def list_deadlines(
    session: AsyncSession, *, actor: Actor, cursor: Cursor, within_days: int
) -> Page[DeadlineRead]:
    """Return unpaid claims due within so many days or overdue, of what the caller's scope reaches."""
    until = today() + timedelta(days=within_days)
    rows = await DeadlineRepository(session, actor.tenant_id).page(actor, cursor, until=until)
    titles = {kind.code: kind.title.text().in_language() for kind in (await current_pack(session)).claims}

    def read(claim: Claim) -> DeadlineRead:
        due_on = claim.due_on or until
        return DeadlineRead(
            claim_id=claim.id,
            number=claim.number,
            kind=claim.kind,
            title=titles.get(claim.kind, claim.kind),
            status=claim.status,
            node=claim.node,
            opened_by=claim.opened_by,
            amount=claim.amount,
            due_on=due_on,
            days_left=(due_on - today()).days,
        )

    return cursor.page(rows, read)
