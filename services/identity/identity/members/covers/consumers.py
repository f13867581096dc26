"""What the register learns of members' cover. Replays rebuild it: nothing here reaches outside."""

from functools import partial
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from common.consumer import ConsumerContext, Subscription, subscribe
from common.contracts.claims import (
    ClaimAdvanced,
    ClaimApproved,
    ClaimOpened,
    ClaimRejected,
    ClaimReopened,
    ClaimReturned,
    ClaimSubmitted,
    ClaimWithdrawn,
    PayoutCompleted,
    PayoutFailed,
    PayoutRequested,
)
from common.contracts.enrollment import PoliciesIssued, PolicyTerminated

from . import service

CLAIM_EVENTS: tuple[type[Any], ...] = (
    ClaimOpened, ClaimSubmitted, ClaimReturned, ClaimAdvanced, ClaimApproved, ClaimRejected, ClaimWithdrawn,
    ClaimReopened,
)  # fmt: skip
PAYOUT_EVENTS: dict[type[Any], str] = {
    PayoutRequested: "requested",
    PayoutCompleted: "paid",
    PayoutFailed: "failed",
}


async def on_policies_issued(session: AsyncSession, event: PoliciesIssued, context: ConsumerContext) -> None:
    """Keep policies, new ones or told again."""
    await service.keep_policies(session, policies=event.policies)


async def on_policy_terminated(
    session: AsyncSession, event: PolicyTerminated, context: ConsumerContext
) -> None:
    """Keep the last day of a policy."""
    await service.keep_policies(session, policies=[event.policy], ended_on=event.ended_on)


async def on_claim_told(session: AsyncSession, event: Any, context: ConsumerContext) -> None:
    """Keep how far a claim is."""
    await service.keep_claim(session, claim=event.claim)


async def on_payout_told(session: AsyncSession, event: Any, context: ConsumerContext, *, status: str) -> None:
    """Keep how far a payout is."""
    await service.keep_payout(session, payout=event.payout, status=status)


SUBSCRIPTIONS: tuple[Subscription[Any], ...] = (
    subscribe(PoliciesIssued, on_policies_issued),
    subscribe(PolicyTerminated, on_policy_terminated),
    *(subscribe(event, on_claim_told) for event in CLAIM_EVENTS),
    *(subscribe(event, partial(on_payout_told, status=status)) for event, status in PAYOUT_EVENTS.items()),
)
