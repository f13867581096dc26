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
    PayoutWithdrawn,
    RefundFailed,
    RefundPaid,
)
from common.contracts.claims_snapshot import ClaimsSnapshot
from common.contracts.enrollment import PoliciesIssued, PolicyTerminated, RefundDue, RefundReturned
from common.contracts.matters import MemberMatterChanged

from . import service

CLAIM_EVENTS: tuple[type[Any], ...] = (
    ClaimOpened, ClaimSubmitted, ClaimReturned, ClaimAdvanced, ClaimApproved, ClaimRejected, ClaimWithdrawn,
    ClaimReopened,
)  # fmt: skip
ONLINE = 1
"""The version of a refund that went back online: claims makes no payout of it then."""
REFUND_EVENTS: dict[type[Any], str] = {RefundPaid: "paid", RefundFailed: "failed"}
PAYOUT_EVENTS: dict[type[Any], str] = {
    PayoutRequested: "requested",
    PayoutWithdrawn: "withdrawn",
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
    await service.keep_claims(session, claims=[event.claim])


async def on_claims_snapshot(session: AsyncSession, event: ClaimsSnapshot, context: ConsumerContext) -> None:
    """Keep how far claims are, told again."""
    await service.keep_claims(session, claims=event.claims)


async def on_payout_told(session: AsyncSession, event: Any, context: ConsumerContext, *, status: str) -> None:
    """Keep how far a payout is."""
    await service.keep_payout(session, payout=event.payout, status=status)


async def on_refund_due(session: AsyncSession, event: RefundDue, context: ConsumerContext) -> None:
    """Keep that money is owed to a member; what a unit paid is the unit's."""
    if event.payee == "member" and event.person_id is not None:
        await service.keep_refund(
            session, refund_id=event.refund_id, person_id=event.person_id, status="due", version=0
        )


async def on_refund_returned(session: AsyncSession, event: RefundReturned, context: ConsumerContext) -> None:
    """Keep that a refund went back online."""
    await service.keep_refund(
        session, refund_id=event.refund_id, person_id=None, status="paid", version=ONLINE
    )


async def on_refund_told(session: AsyncSession, event: Any, context: ConsumerContext, *, status: str) -> None:
    """Keep what the union's bank made of a refund to a member."""
    fact = event.refund
    if fact.payee == "member":
        await service.keep_refund(
            session, refund_id=fact.refund_id, person_id=fact.person_id, status=status, version=fact.version
        )


async def on_member_matter_changed(
    session: AsyncSession, event: MemberMatterChanged, context: ConsumerContext
) -> None:
    """Keep what of a member is under way."""
    await service.keep_matter(session, event=event)


SUBSCRIPTIONS: tuple[Subscription[Any], ...] = (
    subscribe(PoliciesIssued, on_policies_issued),
    subscribe(PolicyTerminated, on_policy_terminated),
    *(subscribe(event, on_claim_told) for event in CLAIM_EVENTS),
    subscribe(ClaimsSnapshot, on_claims_snapshot),
    *(subscribe(event, partial(on_payout_told, status=status)) for event, status in PAYOUT_EVENTS.items()),
    subscribe(MemberMatterChanged, on_member_matter_changed),
    subscribe(RefundDue, on_refund_due),
    subscribe(RefundReturned, on_refund_returned),
    *(subscribe(event, partial(on_refund_told, status=status)) for event, status in REFUND_EVENTS.items()),
)
