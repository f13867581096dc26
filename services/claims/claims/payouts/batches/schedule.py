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

PURPOSES = ("claim", "refund")


async def prepare_batches(context: ServiceContext, tenant_id: UUID) -> None:
    """Prepare the batches of the last moment of the schedule, once for each fund and moment."""
    async with context.db.transaction(tenant_id) as session:
        pack = await current_pack(session)
        schedule = pack.bank.batch.schedule
        if schedule is None:
            return
        moment: datetime = now().astimezone(BUSINESS_ZONE)
        slot = slot_of(schedule, moment)
        if slot is None:
            return
        repository = PayoutRepository(session, tenant_id)
        for fund in pack.funds:
            if not await repository.take_slot(fund.code, slot):
                continue
            for purpose in PURPOSES:
                await _collect_all(session, pack, tenant_id, fund=fund.code, purpose=purpose)


async def _collect_all(
    session: AsyncSession, pack: TenantPack, tenant_id: UUID, *, fund: str, purpose: str
) -> None:
    """Make batches until nothing waits: a bank takes only so many lines at once."""
    while await collect(session, pack=pack, tenant_id=tenant_id, fund=fund, purpose=purpose, maker=None):
        pass
