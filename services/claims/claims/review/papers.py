"""Job: remind members of claims that wait for their papers (待上传, 退回补正): every week, three times."""

from uuid import UUID

from common.clock import now
from common.contracts.claims import ClaimPapersDue
from common.events import emit
from common.http import ServiceContext

from ..intake.facts import claim_fact
from .repository import ReviewRepository
from .rules import EVERY_DAYS, papers_reminder

AT_ONCE = 500


async def remind_of_papers(context: ServiceContext, tenant_id: UUID) -> None:
    """Send the reminders that are due, in batches; each of the three once for each round of a claim."""
    after: UUID | None = None
    while True:
        async with context.db.transaction(tenant_id) as session:
            repository = ReviewRepository(session, tenant_id)
            claims = await repository.waiting_for_papers(after, AT_ONCE, days=EVERY_DAYS)
            due = {}
            for claim in claims:
                days = (now() - (claim.returned_at or claim.created_at)).days
                if which := papers_reminder(days):
                    due[claim.id, f"papers:{claim.round}:{which}"] = (claim, days, which)
            for key in await repository.remind(list(due)):
                claim, days, which = due[key]
                emit(session, ClaimPapersDue(claim=claim_fact(claim), waiting_days=days, reminder=which))
            after = claims[-1].id if claims else None
        if len(claims) < AT_ONCE:
            return
