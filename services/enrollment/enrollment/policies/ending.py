"""Ends a policy before its term: the one way, whether a person left, a unit amended or a termination was approved."""

from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from common.contracts.enrollment import PolicyTerminated
from common.events import emit

from ..issuing.repository import IssuingRepository
from .facts import policy_fact
from .models import Policy


async def end_policy(session: AsyncSession, policy: Policy, *, on: date) -> None:
    """End a locked policy with the day `on`, free its cover and say so; PolicyNotInForce if it has ended."""
    policy.end(on=on)
    await IssuingRepository(session, policy.tenant_id).shorten_cover(policy)
    ended_on = policy.ended_on or on
    emit(session, PolicyTerminated(policy=policy_fact(policy), ended_on=ended_on))
