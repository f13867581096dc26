"""What the service itself says is counted: once for each event; replays count nothing again."""

from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.clock import business_day
from common.consumer import ConsumerContext, Subscription, subscribe
from common.contracts.activities import (
    ActivityJoined,
    BookingCancelled,
    BookingConfirmed,
    QuizFinished,
    RewardCollected,
    RewardIssued,
    RewardRevoked,
)

from .service import count


class _OfCampaign(Protocol):
    @property
    def campaign_id(self) -> UUID: ...

    @property
    def unit_id(self) -> UUID | None: ...


async def _count(
    session: AsyncSession,
    event: _OfCampaign,
    context: ConsumerContext,
    measure: str,
    at: datetime | None = None,
) -> None:
    await count(
        session,
        tenant_id=context.envelope.tenantid,
        campaign_id=event.campaign_id,
        unit_id=event.unit_id,
        day=business_day(at or context.envelope.time),
        measure=measure,
    )


async def on_activity_joined(session: AsyncSession, event: ActivityJoined, context: ConsumerContext) -> None:
    """Count a participant."""
    await _count(session, event, context, "joined", event.joined_at)


async def on_quiz_finished(session: AsyncSession, event: QuizFinished, context: ConsumerContext) -> None:
    """Count an attempt that passed or failed."""
    await _count(session, event, context, "passed" if event.passed else "failed", event.finished_at)


async def on_reward_issued(session: AsyncSession, event: RewardIssued, context: ConsumerContext) -> None:
    """Count a code, unless it stands for another one."""
    if not event.replaced:
        await _count(session, event, context, "issued")


async def on_booking_confirmed(
    session: AsyncSession, event: BookingConfirmed, context: ConsumerContext
) -> None:
    """Count a booking, unless it only moved."""
    if not event.moved:
        await _count(session, event, context, "booked")


async def on_booking_cancelled(
    session: AsyncSession, event: BookingCancelled, context: ConsumerContext
) -> None:
    """Count a booking that was given back."""
    await _count(session, event, context, "cancelled")


async def on_reward_collected(
    session: AsyncSession, event: RewardCollected, context: ConsumerContext
) -> None:
    """Count a collection on the day it was made."""
    await _count(session, event, context, "collected", event.collected_at)


async def on_reward_revoked(session: AsyncSession, event: RewardRevoked, context: ConsumerContext) -> None:
    """Count what staff took back."""
    await _count(session, event, context, "revoked")


SUBSCRIPTIONS: tuple[Subscription[Any], ...] = (
    subscribe(ActivityJoined, on_activity_joined, acts=True),
    subscribe(QuizFinished, on_quiz_finished, acts=True),
    subscribe(RewardIssued, on_reward_issued, acts=True),
    subscribe(BookingConfirmed, on_booking_confirmed, acts=True),
    subscribe(BookingCancelled, on_booking_cancelled, acts=True),
    subscribe(RewardCollected, on_reward_collected, acts=True),
    subscribe(RewardRevoked, on_reward_revoked, acts=True),
)
