"""Keeping which messages members want (设置), as identity says it."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.contracts.identity import PreferencesChanged

from .models import Preference
from .repository import CopyRepository


async def keep_preferences(session: AsyncSession, *, tenant_id: UUID, event: PreferencesChanged) -> None:
    """Keep a member's switches; older ones than those known change nothing."""
    await CopyRepository(session, tenant_id).put_preference(
        {
            "id": event.person_id,
            "version": event.version,
            "enrolment_sms": event.enrolment_sms,
            "service_notices": event.service_notices,
        }
    )


async def preferences_of(
    session: AsyncSession, *, tenant_id: UUID, person_ids: Iterable[UUID]
) -> dict[UUID, Preference]:
    """Return the switches of those who have chosen."""
    return await CopyRepository(session, tenant_id).preferences(person_ids)
