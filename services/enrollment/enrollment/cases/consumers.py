"""Handler of what claims says of a claim."""

from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from common.consumer import ConsumerContext, Subscription, subscribe
from common.contracts.claims import (
    ClaimAdvanced,
    ClaimApproved,
    ClaimRejected,
    ClaimReopened,
    ClaimReturned,
    ClaimSubmitted,
    ClaimWithdrawn,
)

from .repository import CaseRepository

EVENTS: tuple[type[Any], ...] = (
    ClaimSubmitted, ClaimReturned, ClaimAdvanced, ClaimApproved, ClaimRejected, ClaimWithdrawn, ClaimReopened,
)  # fmt: skip


async def on_claim_told(session: AsyncSession, event: Any, context: ConsumerContext) -> None:
    """Keep how far a claim under a product is; subsidies of members without cover are nobody's refund."""
    claim = event.claim
    if not claim.product_code:
        return
    values = {
        name: getattr(claim, name)
        for name in ("version", "number", "person_id", "product_code", "status", "event_on", "amount")
    }
    await CaseRepository(session, context.envelope.tenantid).keep(claim.claim_id, values)


SUBSCRIPTIONS: tuple[Subscription[Any], ...] = tuple(subscribe(event, on_claim_told) for event in EVENTS)
