"""Ends a policy before its term: the one way, whether a person left, a unit amended or a termination was approved."""

from datetime import date
from decimal import Decimal

from sqlalchemy.ext.asyncio import AsyncSession

from common.contracts.enrollment import PolicyTerminated
from common.events import emit

from ..issuing.repository import IssuingRepository
from .facts import policy_fact
from .models import Policy


async def end_policy(
    session: AsyncSession, policy: Policy, *, on: date, refund: Decimal = Decimal("0.00")
) -> None:
    """End a locked policy with the day `on`, free its cover and say so; PolicyNotInForce if it has ended.

    `refund`: what comes back in yuan, for the message to the person; whoever ends the policy owes it.
    """
    policy.end(on=on)
    repository = IssuingRepository(session, policy.tenant_id)
    await repository.shorten_cover(policy)
    await repository.count_end(policy)
    ended_on = policy.ended_on or on
    emit(session, PolicyTerminated(policy=policy_fact(policy), ended_on=ended_on, refund=refund))
