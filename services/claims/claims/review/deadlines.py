"""Job: watch the deadlines of nodes and appeals; each is told once when near and once when over."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.clock import today
from common.contracts.claims import ClaimDeadlineNear
from common.contracts.pack import TenantPack
from common.events import emit
from common.http import ServiceContext
from common.tenancy import pack_of_version

from ..appeals.models import Appeal
from ..appeals.repository import AppealRepository
from ..intake.facts import claim_fact
from ..intake.models import Claim
from ..intake.repository import ClaimRepository
from .papers import remind_of_papers
from .repository import ReviewRepository, days_until
from .rules import deadline_of, reminder_of

AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Due:
    """A reminder that is due: of which claim, under which mark, what it says."""

    claim: Claim
    mark: str
    deadline: str
    day: date
    role: str | None
    handler_id: UUID | None


async def watch_tasks(context: ServiceContext, tenant_id: UUID) -> None:
    """Send the reminders of a tenant that are due, in batches; running it again sends nothing twice."""
    after: UUID | None = None
    while True:
        async with context.db.transaction(tenant_id) as session:
            claims = await ReviewRepository(session, tenant_id).under_way(after, AT_ONCE)
            await remind_of_claims(session, tenant_id=tenant_id, claims=claims)
            after = claims[-1].id if claims else None
        if len(claims) < AT_ONCE:
            break
    async with context.db.transaction(tenant_id) as session:
        await _remind_of_appeals(session, tenant_id=tenant_id)
    await remind_of_papers(context, tenant_id)


async def remind_of_claims(session: AsyncSession, *, tenant_id: UUID, claims: Sequence[Claim]) -> int:
    """Send what is due about these claims; return how many reminders went out."""
    due = []
    for claim in claims:
        pack = await pack_of_version(session, claim.pack_version)
        due += list(_due(claim, pack))
    return await _send(session, tenant_id, due)


def _due(claim: Claim, pack: TenantPack) -> Iterator[Due]:
    chain = pack.claim_chain(claim.kind)
    if claim.status == "in_review" and claim.node in {node.code for node in chain.nodes}:
        node = chain.node(claim.node)
        deadline = deadline_of(node, claim.node_since)
        which = reminder_of(deadline, today())
        if deadline and which:
            mark = f"node:{claim.round}:{node.code}:{which}"
            yield Due(claim, mark, "node", deadline, node.role, claim.handler_id)


async def _remind_of_appeals(session: AsyncSession, *, tenant_id: UUID) -> None:
    appeals: Sequence[Appeal] = await AppealRepository(session, tenant_id).unanswered()
    claims = await ClaimRepository(session, tenant_id).by_ids({appeal.claim_id for appeal in appeals})
    due = [
        Due(
            claims[appeal.claim_id],
            f"appeal:{appeal.id}:{which}",
            "appeal",
            appeal.due_on,
            appeal.node_role,
            None,
        )
        for appeal in appeals
        if (which := reminder_of(appeal.due_on, today(), near=2))
    ]
    await _send(session, tenant_id, due)


async def _send(session: AsyncSession, tenant_id: UUID, due: Sequence[Due]) -> int:
    new = await ReviewRepository(session, tenant_id).remind([(item.claim.id, item.mark) for item in due])
    for item in due:
        if (item.claim.id, item.mark) in new:
            emit(
                session,
                ClaimDeadlineNear(
                    claim=claim_fact(item.claim),
                    deadline=item.deadline,
                    days=days_until(item.day, today()),
                    role=item.role,
                    org_path=item.claim.org_path,
                    handler_id=item.handler_id,
                ),
            )
    return len(new)
