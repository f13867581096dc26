"""Job: tells whoever published a campaign that its stock runs low, once until it is filled."""

from uuid import UUID

from common.clock import now, today
from common.contracts.activities import CodesRunningLow
from common.events import emit
from common.http import ServiceContext

from ..campaigns.repository import CampaignRepository
from .repository import StockRepository


async def watch_stock(context: ServiceContext, tenant_id: UUID) -> None:
    """Look at the campaigns that are watched; counting stops at each one's number."""
    async with context.db.transaction(tenant_id) as session:
        campaigns = CampaignRepository(session, tenant_id)
        for campaign in await campaigns.watched():
            left = await StockRepository(session, tenant_id).left(
                campaign.id, on=today(), most=campaign.low_stock + 1
            )
            if left > campaign.low_stock or campaign.manager_id is None:
                continue
            if await campaigns.say_low(campaign.id, at=now()):
                emit(
                    session,
                    CodesRunningLow(
                        campaign_id=campaign.id, campaign_title=campaign.title, left=left,
                        account_id=campaign.manager_id,
                    ),
                )  # fmt: skip
