"""The worker's job: at the pack's times, what waits goes into batches that people then check and release (B.09)."""

from datetime import datetime
from uuid import UUID

from common.clock import BUSINESS_ZONE, now
from common.http import ServiceContext
from common.tenancy import current_pack

from ..repository import PayoutRepository
from ..rules import slot_of
from .service import collect


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
            while await collect(session, pack=pack, tenant_id=tenant_id, fund=fund.code, maker=None):
                pass
