"""What the register learns of enrolment."""

from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from common.consumer import ConsumerContext, Subscription, subscribe
from common.contracts.enrollment import PersonEnrolled

from . import rosters


async def on_person_enrolled(session: AsyncSession, event: PersonEnrolled, context: ConsumerContext) -> None:
    """Register the people of a confirmed order. It acts: a replay of old orders must not move people back."""
    await rosters.register_enrolled(session, context=context.service, people=event.people)


SUBSCRIPTIONS: tuple[Subscription[Any], ...] = (subscribe(PersonEnrolled, on_person_enrolled, acts=True),)
