"""The worker's job: say once that a claim's day is near, and once that it is over."""

from datetime import date, timedelta
from typing import cast
from uuid import UUID

from common.clock import today
from common.contracts.claims import PayoutDeadlineNear
from common.events import emit
from common.http import ServiceContext

from ..intake.facts import claim_fact
from ..settings import ClaimsSettings
from .repository import DeadlineRepository

CHUNK = 500


async def watch_deadlines(context: ServiceContext, tenant_id: UUID) -> None:
    """Tell of every claim that is due soon or overdue and of which nobody was told."""
    day, near = today(), timedelta(days=cast(ClaimsSettings, context.settings).deadline_near_days)
    for level, first, last in (("over", date.min, day - timedelta(days=1)), ("near", day, day + near)):
        while await _tell(context, tenant_id, level, first, last) == CHUNK:
            pass


async def _tell(context: ServiceContext, tenant_id: UUID, level: str, first: date, last: date) -> int:
    async with context.db.transaction(tenant_id) as session:
        repository = DeadlineRepository(session, tenant_id)
        claims = await repository.untold(first, last, level, CHUNK)
        if not claims:
            return 0
        noted = await repository.note(claims, level)
        for claim in claims:
            if claim.id in noted and claim.due_on is not None:
                left = (claim.due_on - today()).days
                waiting = claim.status == "in_review"
                emit(
                    session,
                    PayoutDeadlineNear(
                        claim=claim_fact(claim),
                        due_on=claim.due_on,
                        days_left=left,
                        role=claim.node_role if waiting else None,
                        org_path=claim.org_path,
                        handler_id=claim.handler_id if waiting else None,
                    ),
                )
        return len(claims)
