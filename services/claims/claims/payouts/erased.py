"""Payouts of erased people: what is owed is still paid; name and account go when it has been.

Blanked before, a payout could be paid to nobody, and the bank's answer would fit no line of its batch.
"""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.crypto import TenantKeys
from common.erasure import ERASED

from .repository import PayoutRepository
from .service import CARD, NAME


async def erase_payouts(session: AsyncSession, *, person_id: UUID, keys: TenantKeys) -> int:
    """Blank the paid payouts of a person and mark the others to be blanked; return how many rows were blanked."""
    repository = PayoutRepository(session, keys.tenant_id)
    return await _blank(repository, await repository.mark_erased(person_id), keys)


async def blank_paid(session: AsyncSession, *, payouts: Collection[UUID], keys: TenantKeys) -> None:
    """Blank those of some payouts whose person was erased before they were paid."""
    repository = PayoutRepository(session, keys.tenant_id)
    await _blank(repository, payouts, keys)


async def _blank(repository: PayoutRepository, payouts: Collection[UUID], keys: TenantKeys) -> int:
    return await repository.blank_erased(
        payouts, name=keys.seal(ERASED, context=NAME), card=keys.seal(ERASED, context=CARD)
    )
