"""Ends policies before their term: the one way, whether a person left, a unit amended or a termination was approved."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.contracts.enrollment import PolicyTerminated
from common.events import emit

from ..issuing.repository import IssuingRepository
from .facts import policy_fact
from .models import Policy

NOTHING = Decimal("0.00")


async def end_all(
    session: AsyncSession,
    policies: Sequence[Policy],
    *,
    on: date,
    refunds: Mapping[UUID, Decimal] | None = None,
) -> None:
    """End locked policies with the day `on`, free their covers and say so; PolicyNotInForce if one has ended.

    `refunds`: what comes back in yuan, for the messages to the people; whoever ends the policies owes it.
    """
    if not policies:
        return
    for policy in policies:
        policy.end(on=on)
    repository = IssuingRepository(session, policies[0].tenant_id)
    await repository.shorten_covers(policies)
    await repository.count_ends(policies)
    for policy in policies:
        refund = (refunds or {}).get(policy.id, NOTHING)
        ended_on = policy.ended_on or on
        emit(session, PolicyTerminated(policy=policy_fact(policy), ended_on=ended_on, refund=refund))
