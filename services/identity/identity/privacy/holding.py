"""What still needs a person's data, from the register's copies of cover and claims."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from ..members.covers.repository import CoverRepository
from . import rules


async def held_by(session: AsyncSession, person_id: UUID) -> rules.Held:
    """Return what still needs a person's data."""
    covers = CoverRepository.of(session)
    policies, claims = await covers.policies(person_id), await covers.claims(person_id)
    return rules.Held(
        [min(p.ends_on, p.ended_on) if p.ended_on else p.ends_on for p in policies],
        [claim.status for claim in claims],
        [payout.status for payout in await covers.payouts(person_id)],
        [refund.status for refund in await covers.refunds(person_id)],
        [rules.Matter(matter.kind, matter.number) for matter in await covers.matters(person_id)],
        [claim.number or str(claim.id) for claim in claims if claim.status not in rules.DECIDED],
    )
