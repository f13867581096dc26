"""The worker's job: at the pack's times, what waits goes into batches that people then check and release (B.09)."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.clock import BUSINESS_ZONE, now
from common.contracts.pack import TenantPack
from common.http import ServiceContext
from common.tenancy import current_pack

from ..repository import PayoutRepository
from ..rules import slot_of
from .service import collect

PURPOSES = {"claim": "", "refund": "/refund"}
"""What lies in batches of its own, with the end of its slot's name."""


async def prepare_batches(context: ServiceContext, tenant_id: UUID) -> None:
    """Prepare the batches of the last moment of the schedule, once for each fund and moment.

    Each in a transaction of its own: one that cannot be prepared keeps no other waiting, and is tried again.
    """
    async with context.db.transaction(tenant_id) as session:
        pack = await current_pack(session)
    schedule = pack.bank.batch.schedule
    moment: datetime = now().astimezone(BUSINESS_ZONE)
    slot = slot_of(schedule, moment) if schedule else None
    if slot is None:
        return
    problems: list[Exception] = []
    for fund in pack.funds:
        for purpose, suffix in PURPOSES.items():
            try:
                async with context.db.transaction(tenant_id) as session:
                    if await PayoutRepository(session, tenant_id).take_slot(fund.code, slot + suffix):
                        await _collect_all(session, pack, tenant_id, fund=fund.code, purpose=purpose)
            except Exception as error:
                problems.append(error)
    if problems:
        raise ExceptionGroup("batches that could not be prepared", problems)


async def _collect_all(
    session: AsyncSession, pack: TenantPack, tenant_id: UUID, *, fund: str, purpose: str
) -> None:
    """Make batches until nothing waits: a bank takes only so many lines at once."""
    while await collect(session, pack=pack, tenant_id=tenant_id, fund=fund, purpose=purpose, maker=None):
        pass
