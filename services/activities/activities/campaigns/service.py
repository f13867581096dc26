"""Use cases of campaigns for staff: draft, edit, publish, pause, end, look at."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.audit import record
from common.auth import Actor
from common.auth.scope import path_range, reaches, reaches_whole_tenant
from common.clock import today
from common.errors import NotFound
from common.http import Cursor, Page
from common.http.edits import check_version
from common.ids import new_id
from common.tenancy import current_pack
from common.text import Text

from ..audience.rules import Audience
from ..bookings.repository import SlotRepository
from ..copies.repository import CopyRepository
from ..quizzes.repository import QuizRepository
from ..stock.repository import Stock, StockRepository
from .errors import AudienceUnknown, CampaignDaysInvalid, CampaignInUse, CampaignOutOfReach, PlaceMissing
from .models import Campaign
from .repository import CampaignRepository
from .rules import closing, day_out_of_order, opening
from .schemas import CampaignCreate, CampaignRead

SENTENCES = {
    "closes_on": Text("结束日期不能早于开始日期。", "It cannot end before it begins."),
    "closes_time": Text("结束时刻须晚于开始时刻。", "It ends later than it begins."),
    "valid_until": Text("最后使用日期不能早于结束日期。", "It cannot expire before the campaign ends."),
    "branches": Text("机构 {name} 不存在。", "There is no branch {name}."),
    "units": Text("单位 {name} 不存在。", "There is no unit {name}."),
    "covered_by": Text("保障产品 {name} 不存在。", "There is no product {name}."),
}


async def create_campaign(session: AsyncSession, *, actor: Actor, body: CampaignCreate) -> CampaignRead:
    """新建活动: draft a campaign; CampaignDaysInvalid, AudienceUnknown, CampaignOutOfReach say what is wrong."""
    values = await _checked(session, actor, body)
    row = Campaign(id=new_id(), state="draft", version=1, **values)
    campaign = CampaignRepository(session, actor.tenant_id).add(row)
    await _note(session, actor, "campaign.drafted", campaign)
    await session.flush()
    return (await read_all(session, [campaign]))[0]


async def edit_campaign(
    session: AsyncSession, *, actor: Actor, campaign_id: UUID, body: CampaignCreate, version: int
) -> CampaignRead:
    """修改活动: a draft in all, a published one in what is still free to change."""
    campaign = await managed(session, actor, campaign_id, lock=True)
    check_version(campaign, version)
    campaign.change(await _checked(session, actor, body, present=campaign))
    await _note(session, actor, "campaign.edited", campaign)
    await session.flush()
    return (await read_all(session, [campaign]))[0]


async def _checked(
    session: AsyncSession, actor: Actor, body: CampaignCreate, *, present: Campaign | None = None
) -> dict[str, Any]:
    valid_until = body.valid_until or body.closes_on
    _check_days(body, valid_until)
    place = present.org_path if present and body.org_path is None else _branch_of(actor, body)
    if not reaches(actor, place):
        raise CampaignOutOfReach
    await _check_audience(session, actor, body.audience, within=place)
    if body.gives == "goods" and not body.place:
        message = PlaceMissing.text.in_language()
        raise PlaceMissing(errors=[{"field": "place", "code": PlaceMissing.code, "message": message}])
    values = body.model_dump(exclude={"audience"})
    audience = body.audience.model_dump(mode="json", exclude_defaults=True)
    return {**values, "audience": audience, "valid_until": valid_until, "org_path": place}


def _branch_of(actor: Actor, body: CampaignCreate) -> str:
    own = "/" if reaches_whole_tenant(actor) else path_range(actor.org_path)[0]
    return body.org_path or own


def _check_days(body: CampaignCreate, valid_until: Any) -> None:
    field = day_out_of_order(opens_on=body.opens_on, closes_on=body.closes_on, valid_until=valid_until)
    if field is None and closing(body.closes_on, body.closes_time) <= opening(body.opens_on, body.opens_time):
        field = "closes_time"
    if field:
        message = SENTENCES[field].in_language()
        raise CampaignDaysInvalid(errors=[{"field": field, "code": "day.out_of_order", "message": message}])


async def _check_audience(session: AsyncSession, actor: Actor, audience: Audience, *, within: str) -> None:
    """Raise CampaignOutOfReach or AudienceUnknown for a rule that names what the branch or the union has not."""
    if any(not path.startswith(within) for path in audience.branches):
        raise CampaignOutOfReach
    copies = CopyRepository(session, actor.tenant_id)
    units = await copies.units(audience.units)
    if any(not unit.org_path.startswith(within) for unit in units.values()):
        raise CampaignOutOfReach
    pack = await current_pack(session)
    known = {branch.code for branch in pack.organisation.branches}
    wrong: list[tuple[str, str]] = [("units", str(one)) for one in audience.units if one not in units]
    for path in audience.branches:
        code = path.strip("/").rsplit("/", 1)[-1]
        if code and code not in known and not await copies.has_units_below(*path_range(path)):
            wrong.append(("branches", path))
    products = {product.code for product in pack.products}
    wrong += [("covered_by", code) for code in audience.covered_by if code not in products]
    if wrong:
        raise AudienceUnknown(
            errors=[
                {
                    "field": f"audience.{field}",
                    "code": "audience.unknown",
                    "message": SENTENCES[field].format(name=name).in_language(),
                }
                for field, name in wrong
            ]
        )


async def managed(session: AsyncSession, actor: Actor, campaign_id: UUID, *, lock: bool = False) -> Campaign:
    """Return a campaign within the caller's reach; NotFound for any other."""
    campaign = await CampaignRepository(session, actor.tenant_id).managed(actor, campaign_id, lock=lock)
    if campaign is None:
        raise NotFound
    return campaign


async def list_campaigns(
    session: AsyncSession, *, actor: Actor, cursor: Cursor, state: str | None, words: str | None
) -> Page[CampaignRead]:
    """Return the campaigns within the caller's reach with what they have to give, newest first."""
    rows = await CampaignRepository(session, actor.tenant_id).page(actor, cursor, state=state, words=words)
    shown = {read.id: read for read in await read_all(session, rows)}
    return cursor.page(rows, lambda row: shown[row.id])


async def read_campaign(session: AsyncSession, *, actor: Actor, campaign_id: UUID) -> CampaignRead:
    """Return a campaign as staff see it."""
    return (await read_all(session, [await managed(session, actor, campaign_id)]))[0]


async def publish_campaign(session: AsyncSession, *, actor: Actor, campaign_id: UUID) -> CampaignRead:
    """发布活动: offer it to the members."""
    campaign = await managed(session, actor, campaign_id, lock=True)
    campaign.publish(to_give=await to_give(session, campaign), by=actor.id)
    await _note(session, actor, "campaign.published", campaign)
    return (await read_all(session, [campaign]))[0]


async def to_give(session: AsyncSession, campaign: Campaign) -> int:
    """Return whether there is something to give or to ask: its codes, its free places, its quiz."""
    if campaign.gives == "code":
        stock = StockRepository(session, campaign.tenant_id)
        return await stock.left(campaign.id, on=today(), most=1)
    if campaign.gives == "goods":
        slots = await SlotRepository(session, campaign.tenant_id).of_campaign(campaign.id)
        return sum(slot.capacity - slot.taken for slot in slots)
    return int(await QuizRepository(session, campaign.tenant_id).quiz_of(campaign.id) is not None)


async def pause_campaign(session: AsyncSession, *, actor: Actor, campaign_id: UUID) -> CampaignRead:
    """暂停活动."""
    campaign = await managed(session, actor, campaign_id, lock=True)
    campaign.pause()
    await _note(session, actor, "campaign.paused", campaign)
    return (await read_all(session, [campaign]))[0]


async def resume_campaign(session: AsyncSession, *, actor: Actor, campaign_id: UUID) -> CampaignRead:
    """恢复活动."""
    campaign = await managed(session, actor, campaign_id, lock=True)
    campaign.resume()
    await _note(session, actor, "campaign.resumed", campaign)
    return (await read_all(session, [campaign]))[0]


async def end_campaign(session: AsyncSession, *, actor: Actor, campaign_id: UUID) -> CampaignRead:
    """结束活动."""
    campaign = await managed(session, actor, campaign_id, lock=True)
    campaign.end()
    await _note(session, actor, "campaign.ended", campaign)
    return (await read_all(session, [campaign]))[0]


async def delete_draft(session: AsyncSession, *, actor: Actor, campaign_id: UUID, version: int) -> None:
    """删除草稿, with its quiz, codes and slots."""
    campaign = await managed(session, actor, campaign_id, lock=True)
    check_version(campaign, version)
    if campaign.state != "draft":
        raise CampaignInUse
    await QuizRepository(session, actor.tenant_id).clear(campaign_id)
    await StockRepository(session, actor.tenant_id).clear(campaign_id)
    await SlotRepository(session, actor.tenant_id).clear(campaign_id)
    await _note(session, actor, "campaign.deleted", campaign)
    await CampaignRepository(session, actor.tenant_id).remove(campaign)


async def read_all(session: AsyncSession, rows: Sequence[Campaign]) -> list[CampaignRead]:
    """Return campaigns as staff see them; stock, places and quizzes of all in one statement each."""
    tenant_id, ids = session.info["tenant_id"], [row.id for row in rows]
    stock = await StockRepository(session, tenant_id).counted(ids, on=today())
    places = await SlotRepository(session, tenant_id).counted(ids)
    quizzes = await QuizRepository(session, tenant_id).quizzes_of(ids)

    def read(row: Campaign) -> CampaignRead:
        shown = {name: getattr(row, name) for name in CampaignRead.model_fields if hasattr(row, name)}
        counted, (capacity, booked) = stock.get(row.id, Stock()), places.get(row.id, (0, 0))
        return CampaignRead(
            **{**shown, "standing": row.standing().value, "audience": Audience.model_validate(row.audience)},
            has_quiz=row.id in quizzes,
            codes=counted.codes,
            codes_left=counted.left,
            capacity=capacity,
            booked=booked,
        )

    return [read(row) for row in rows]


async def _note(session: AsyncSession, actor: Actor, action: str, campaign: Campaign) -> None:
    await record(session, actor_id=actor.id, action=action, subject=f"campaign:{campaign.id}")
