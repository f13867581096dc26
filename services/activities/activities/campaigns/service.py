"""Use cases of campaigns."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.audit import record
from common.auth import Actor
from common.clock import today
from common.errors import NotFound
from common.http import Cursor, Page
from common.ids import new_id
from common.text import Text

from ..errors import CampaignDaysInvalid
from ..rewards.repository import RewardRepository
from ..stock.repository import Stock, StockRepository
from .models import Campaign
from .repository import CampaignRepository
from .rules import day_out_of_order
from .schemas import CampaignCreate, CampaignOffer, CampaignRead

SENTENCES = {
    "closes_on": Text("结束日期不能早于开始日期。", "It cannot end before it begins."),
    "valid_until": Text("最后使用日期不能早于结束日期。", "It cannot expire before the campaign ends."),
}


async def create_campaign(session: AsyncSession, *, actor: Actor, body: CampaignCreate) -> CampaignRead:
    """新建活动: draft a campaign; CampaignDaysInvalid if its days are not in order."""
    valid_until = body.valid_until or body.closes_on
    field = day_out_of_order(opens_on=body.opens_on, closes_on=body.closes_on, valid_until=valid_until)
    if field:
        message = SENTENCES[field].in_language()
        raise CampaignDaysInvalid(errors=[{"field": field, "code": "day.out_of_order", "message": message}])
    row = Campaign(id=new_id(), state="draft", version=1, **{**body.model_dump(), "valid_until": valid_until})
    campaign = CampaignRepository(session, actor.tenant_id).add(row)
    return _read(campaign, Stock())


async def list_campaigns(session: AsyncSession, *, actor: Actor, cursor: Cursor) -> Page[CampaignRead]:
    """Return all campaigns with their stock, newest first."""
    rows = await CampaignRepository(session, actor.tenant_id).page(cursor)
    stock = await StockRepository(session, actor.tenant_id).counted([row.id for row in rows])
    return cursor.page(rows, lambda row: _read(row, stock.get(row.id, Stock())))


async def publish_campaign(session: AsyncSession, *, actor: Actor, campaign_id: UUID) -> CampaignRead:
    """发布活动: offer it to the members."""
    campaign = await CampaignRepository(session, actor.tenant_id).locked(campaign_id)
    if campaign is None:
        raise NotFound
    counted = await StockRepository(session, actor.tenant_id).counted([campaign_id])
    stock = counted.get(campaign_id, Stock())
    campaign.publish(codes=stock.left, on=today())
    await record(
        session, actor_id=actor.id, action="campaign.published", subject=f"campaign:{campaign_id}",
        detail={"codes": stock.codes},
    )  # fmt: skip
    return _read(campaign, stock)


async def list_offers(session: AsyncSession, *, actor: Actor, cursor: Cursor) -> Page[CampaignOffer]:
    """Return the campaigns that are open today, with what the caller has received of each."""
    rows = await CampaignRepository(session, actor.tenant_id).open_page(cursor, on=today())
    ids = [row.id for row in rows]
    available = await StockRepository(session, actor.tenant_id).available(ids)
    received = await RewardRepository(session, actor.tenant_id).received(actor.person_id, ids)

    def offer(row: Campaign) -> CampaignOffer:
        shown = {name: getattr(row, name) for name in CampaignOffer.model_fields if hasattr(row, name)}
        return CampaignOffer(available=row.id in available, received=received.get(row.id, 0), **shown)

    return cursor.page(rows, offer)


def _read(row: Campaign, stock: Stock) -> CampaignRead:
    shown = {name: getattr(row, name) for name in CampaignRead.model_fields if hasattr(row, name)}
    return CampaignRead(codes=stock.codes, codes_left=stock.left, **shown)
