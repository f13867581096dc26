"""Handlers of events of activities; what they say is in `activities`."""

from sqlalchemy.ext.asyncio import AsyncSession

from common.consumer import ConsumerContext, subscribe
from common.contracts.activities import BookingConfirmed, CodesRunningLow, RewardCollected, RewardRevoked

from . import activities
from .consumers import scene_of


async def on_booking_confirmed(
    session: AsyncSession, event: BookingConfirmed, context: ConsumerContext
) -> None:
    """Tell the member where and when to collect."""
    await activities.tell_booking(await scene_of(session, context), event)


async def on_reward_collected(
    session: AsyncSession, event: RewardCollected, context: ConsumerContext
) -> None:
    """Tell the member that it was handed out."""
    await activities.tell_collected(await scene_of(session, context), event)


async def on_reward_revoked(session: AsyncSession, event: RewardRevoked, context: ConsumerContext) -> None:
    """Tell the member why it was taken back."""
    await activities.tell_revoked(await scene_of(session, context), event)


async def on_codes_running_low(
    session: AsyncSession, event: CodesRunningLow, context: ConsumerContext
) -> None:
    """Tell the campaign's staff."""
    await activities.tell_low_stock(await scene_of(session, context), event)


SUBSCRIPTIONS = (
    subscribe(BookingConfirmed, on_booking_confirmed, acts=True),
    subscribe(RewardCollected, on_reward_collected, acts=True),
    subscribe(RewardRevoked, on_reward_revoked, acts=True),
    subscribe(CodesRunningLow, on_codes_running_low, acts=True),
)
