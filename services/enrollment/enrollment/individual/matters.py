"""An application for cover is told while it is under way: its person's data stays until it is over."""

from sqlalchemy.ext.asyncio import AsyncSession

from common.clock import now
from common.contracts.matters import MemberMatterChanged
from common.events import emit

from .models import Application, ApplicationStatus

UNDER_WAY = (ApplicationStatus.SUBMITTED, ApplicationStatus.TO_PAY)


def tell_application(session: AsyncSession, application: Application) -> None:
    """Say whether an application is under way."""
    emit(
        session,
        MemberMatterChanged(
            matter_id=application.id,
            person_id=application.person_id,
            kind="application",
            number=application.number,
            open=application.status in UNDER_WAY,
            told_at=now(),
        ),
    )
