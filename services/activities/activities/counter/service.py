"""Use cases of the counter with network: passes, looking, collecting one reward, the member who scans the counter."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.audit import record
from common.auth import Actor, ActorKind
from common.clock import business_day, now, today
from common.contracts.activities import RewardCollected
from common.crypto import TenantKeys
from common.errors import NotFound
from common.events import emit

from ..campaigns.models import Campaign
from ..campaigns.repository import CampaignRepository
from ..participations.service import person_of, put_state
from ..rewards.errors import RewardGivenBack
from ..rewards.models import Reward
from ..rewards.reading import Surroundings, last_day, read_collection, read_sealed
from ..rewards.repository import RewardRepository
from ..rewards.schemas import CollectionRead, RewardSealed
from .errors import CollectedTooEarly, CounterOnly, PassExpired, PassForged
from .models import CounterScan
from .repository import CounterRepository
from .rules import CLOCK_SLACK, MOST_AGE, PASS_SECONDS, POSTER_SECONDS, on_one_line, timing
from .schemas import CounterCampaign, ManifestRead, PassRead, PosterRead
from .signing import Pass, public_keys, sign_pass, signing_key, verify_pass


async def show_pass(session: AsyncSession, *, actor: Actor, keys: TenantKeys, reward_id: UUID) -> PassRead:
    """出示领取码: sign a pass for one of the caller's rewards that waits to be collected."""
    reward = await RewardRepository(session, actor.tenant_id).of_person(reward_id, person_of(actor))
    if reward is None:
        raise NotFound
    if reward.state != "issued":
        raise RewardGivenBack
    issued_at, seconds = now(), PASS_SECONDS
    what = Pass(
        subject=reward.id, campaign_id=reward.campaign_id, issued_at=issued_at,
        expires_at=issued_at + timedelta(seconds=seconds), number=reward.number or "",
    )  # fmt: skip
    token = sign_pass(await signing_key(session, keys), "pass", what)
    return PassRead(token=token, number=reward.number, expires_at=what.expires_at, seconds=seconds)


async def show_poster(
    session: AsyncSession, *, actor: Actor, keys: TenantKeys, campaign_id: UUID
) -> PosterRead:
    """展示取货码: sign that this counter hands out a campaign now, for members who scan it themselves."""
    _staff_only(actor)
    campaign = (await CampaignRepository(session, actor.tenant_id).by_ids([campaign_id])).get(campaign_id)
    if campaign is None or not handles(actor, campaign):
        raise NotFound
    issued_at, seconds = now(), POSTER_SECONDS
    what = Pass(
        subject=campaign_id, campaign_id=campaign_id, issued_at=issued_at,
        expires_at=issued_at + timedelta(seconds=seconds), account_id=actor.id,
    )  # fmt: skip
    token = sign_pass(await signing_key(session, keys), "here", what)
    return PosterRead(token=token, campaign_id=campaign_id, expires_at=what.expires_at, seconds=seconds)


def handles(actor: Actor, campaign: Campaign) -> bool:
    """Whether staff may hand out a campaign: one of their branch, of a branch below, or of one above it."""
    return campaign.state != "draft" and on_one_line(actor.org_path or "/", campaign.org_path)


def _staff_only(actor: Actor) -> None:
    if actor.kind is not ActorKind.STAFF:
        raise CounterOnly


async def read_manifest(session: AsyncSession, *, actor: Actor, keys: TenantKeys) -> ManifestRead:
    """Return what a counter app keeps to verify passes without network."""
    _staff_only(actor)
    rows = await CounterRepository(session, actor.tenant_id).handed_out()
    campaigns = [
        CounterCampaign(
            id=row.id, title=row.title, gives=row.gives, place=row.place, valid_until=row.valid_until
        )
        for row in rows
        if handles(actor, row) and row.valid_until >= today()
    ]
    return ManifestRead(
        tenant=actor.tenant,
        keys=await public_keys(session, keys),
        campaigns=campaigns,
        slack_seconds=int(CLOCK_SLACK.total_seconds()),
        most_age_days=MOST_AGE.days,
        server_time=now(),
    )


async def look_at_pass(
    session: AsyncSession, *, actor: Actor, keys: TenantKeys, token: str
) -> CollectionRead:
    """查验领取码: what a pass is for, without collecting; PassForged, PassExpired."""
    _staff_only(actor)
    what = verify_pass(await public_keys(session, keys), token, "pass")
    _check_time(what)
    reward = await RewardRepository(session, actor.tenant_id).find(Reward, what.subject)
    return await _shown(session, actor, reward, keys)


async def look_at_number(
    session: AsyncSession, *, actor: Actor, keys: TenantKeys, number: str
) -> CollectionRead:
    """按预定号查: for a member whose phone cannot show the pass; staff look at the ID card instead."""
    _staff_only(actor)
    reward = await RewardRepository(session, actor.tenant_id).by_number(number)
    return await _shown(session, actor, reward, keys)


async def _shown(
    session: AsyncSession, actor: Actor, reward: Reward | None, keys: TenantKeys
) -> CollectionRead:
    if reward is None:
        raise NotFound
    around = await Surroundings.of(session, [reward], with_people=True)
    if not handles(actor, around.campaigns[reward.campaign_id]):
        raise NotFound
    return read_collection(reward, around, keys)


def _check_time(what: Pass) -> None:
    if (
        timing(issued_at=what.issued_at, expires_at=what.expires_at, scanned_at=now(), received_at=now())
        != "good"
    ):
        raise PassExpired


async def collect_reward(
    session: AsyncSession, *, actor: Actor, keys: TenantKeys, reward_id: UUID
) -> CollectionRead:
    """核销领取: staff at the counter hand a reward out, having seen the person."""
    _staff_only(actor)
    reward = await RewardRepository(session, actor.tenant_id).find(Reward, reward_id, lock=True)
    if reward is None:
        raise NotFound
    around = await Surroundings.of(session, [reward], with_people=True)
    if not handles(actor, around.campaigns[reward.campaign_id]):
        raise NotFound
    await hand_out(session, reward, around, by=actor.id)
    return read_collection(reward, around, keys)


async def hand_out(
    session: AsyncSession,
    reward: Reward,
    around: Surroundings,
    *,
    by: UUID,
    scan: CounterScan | None = None,
) -> None:
    """Hand a reward out, now or when it was scanned: state, log, event."""
    campaign, slot = around.campaigns[reward.campaign_id], around.slots.get(reward.slot_id or reward.id)
    at = scan.scanned_at if scan else now()
    on = business_day(at)
    if reward.state == "issued" and slot is not None and slot.day is not None and on < slot.day:
        raise CollectedTooEarly(day=slot.day.isoformat())
    reward.collect(
        by=by, on=on, valid_until=last_day(reward, campaign), at=at, scan_id=scan.id if scan else None
    )
    await put_state(
        session, campaign_id=campaign.id, person_id=reward.person_id, unit_id=reward.unit_id,
        state="received",
    )  # fmt: skip
    await record(session, actor_id=by, action="reward.collected", subject=f"reward:{reward.id}")
    emit(
        session,
        RewardCollected(
            reward_id=reward.id, campaign_id=campaign.id, campaign_title=campaign.title,
            person_id=reward.person_id, unit_id=reward.unit_id, collected_at=reward.collected_at,
        ),
    )  # fmt: skip


async def collect_here(
    session: AsyncSession, *, actor: Actor, keys: TenantKeys, reward_id: UUID, token: str
) -> RewardSealed:
    """扫一扫领取: the member scans the counter's picture and so collects, at that counter and now."""
    reward = await RewardRepository(session, actor.tenant_id).of_person(
        reward_id, person_of(actor), lock=True
    )
    if reward is None:
        raise NotFound
    here = verify_pass(await public_keys(session, keys), token, "here")
    if here.campaign_id != reward.campaign_id or here.account_id is None:
        raise PassForged
    _check_time(here)
    around = await Surroundings.of(session, [reward])
    await hand_out(session, reward, around, by=here.account_id)
    return read_sealed(reward, around)
