"""Handler of what claims says of a claim."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from common.consumer import ConsumerContext, Subscription, subscribe
from common.contracts.claims import (
    ClaimAdvanced,
    ClaimApproved,
    ClaimFact,
    ClaimRejected,
    ClaimReopened,
    ClaimReturned,
    ClaimSubmitted,
    ClaimWithdrawn,
)
from common.contracts.claims_snapshot import ClaimsSnapshot

from .repository import CaseRepository

EVENTS: tuple[type[Any], ...] = (
    ClaimSubmitted, ClaimReturned, ClaimAdvanced, ClaimApproved, ClaimRejected, ClaimWithdrawn, ClaimReopened,
)  # fmt: skip
KEPT = ("version", "number", "person_id", "product_code", "status", "event_on", "amount")
TO_UPLOAD = "to_upload"
"""Opened for a person who has not handed in yet (待上传)."""


async def on_claim_told(session: AsyncSession, event: Any, context: ConsumerContext) -> None:
    """Keep how far a claim is."""
    await _keep(session, context, [event.claim])


async def on_claims_snapshot(session: AsyncSession, event: ClaimsSnapshot, context: ConsumerContext) -> None:
    """Keep how far claims are, told again; what is newer here stays."""
    await _keep(session, context, event.claims)


async def _keep(session: AsyncSession, context: ConsumerContext, claims: Sequence[ClaimFact]) -> None:
    """Keep claims under a product that were handed in; subsidies of members without cover are nobody's refund."""
    rows = [
        {"id": claim.claim_id} | {name: getattr(claim, name) for name in KEPT}
        for claim in claims
        if claim.product_code and claim.status != TO_UPLOAD
    ]
    await CaseRepository(session, context.envelope.tenantid).keep(rows)


SUBSCRIPTIONS: tuple[Subscription[Any], ...] = (
    *(subscribe(event, on_claim_told) for event in EVENTS),
    subscribe(ClaimsSnapshot, on_claims_snapshot),
)
