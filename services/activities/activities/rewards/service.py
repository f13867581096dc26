"""Use cases of rewards."""

from typing import Literal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.audit import record
from common.auth import Actor, ActorKind
from common.clock import today
from common.contracts.activities import RewardCollected, RewardIssued
from common.crypto import TenantKeys
from common.errors import NotFound
from common.events import Sealed, emit
from common.http import Cursor, Page

from ..campaigns.models import Campaign
from ..campaigns.repository import CampaignRepository
from ..campaigns.rules import next_place
from ..errors import AlreadyReceived, CounterOnly, MembersOnly, NoneLeft
from ..stock.repository import StockRepository
from .models import Reward
from .repository import RewardRepository
from .schemas import CollectionRead, RewardRead, RewardSealed


async def receive_reward(session: AsyncSession, *, actor: Actor, campaign_id: UUID) -> RewardSealed:
    """领取: give the caller a code of the campaign's stock; `opened` is for its owner."""
    person_id = person_of(actor)
    campaign = await CampaignRepository(session, actor.tenant_id).published(campaign_id)
    if campaign is None:
        raise NotFound
    campaign.check_open(today())
    # The reward first: a person's second request waits here and never touches the stock.
    reward = await _next_reward(session, campaign, person_id)
    sealed = await StockRepository(session, actor.tenant_id).take(campaign_id, reward_id=reward.id)
    if sealed is None:
        raise NoneLeft
    emit(
        session,
        RewardIssued(
            reward_id=reward.id,
            campaign_id=campaign_id,
            campaign_title=campaign.title,
            person_id=person_id,
            code=Sealed(ciphertext=sealed),
            valid_until=campaign.valid_until,
        ),
    )
    return _sealed(reward, campaign, sealed)


async def _next_reward(session: AsyncSession, campaign: Campaign, person_id: UUID) -> Reward:
    repository = RewardRepository(session, campaign.tenant_id)
    for _ in range(campaign.per_person):
        taken = (await repository.received(person_id, [campaign.id])).get(campaign.id, 0)
        place = next_place(taken, per_person=campaign.per_person)
        if place is None:
            break
        reward = await repository.add_at(campaign_id=campaign.id, person_id=person_id, place=place)
        if reward is not None:
            return reward
    raise AlreadyReceived(per_person=campaign.per_person)


def person_of(actor: Actor) -> UUID:
    """Return the person of a member's account; MembersOnly for any other."""
    if actor.person_id is None:
        raise MembersOnly
    return actor.person_id


async def list_rewards(
    session: AsyncSession,
    *,
    actor: Actor,
    keys: TenantKeys,
    cursor: Cursor,
    state: Literal["issued", "collected"] | None,
) -> Page[RewardRead]:
    """我的活动: the caller's rewards with their codes, newest first."""
    rows = await RewardRepository(session, actor.tenant_id).page_of(
        person_of(actor), cursor=cursor, state=state
    )
    campaigns = await CampaignRepository(session, actor.tenant_id).by_ids([row.campaign_id for row in rows])
    codes = await StockRepository(session, actor.tenant_id).of_rewards([row.id for row in rows])
    return cursor.page(
        rows, lambda row: opened(_sealed(row, campaigns[row.campaign_id], codes[row.id]), keys)
    )


async def collect_reward(session: AsyncSession, *, actor: Actor, reward_id: UUID) -> CollectionRead:
    """核销领取: staff at the counter hand a reward out."""
    if actor.kind is not ActorKind.STAFF:
        raise CounterOnly
    reward = await RewardRepository(session, actor.tenant_id).find(Reward, reward_id, lock=True)
    if reward is None:
        raise NotFound
    campaigns = await CampaignRepository(session, actor.tenant_id).by_ids([reward.campaign_id])
    campaign = campaigns[reward.campaign_id]
    reward.collect(by=actor.id, on=today(), valid_until=campaign.valid_until)
    await record(session, actor_id=actor.id, action="reward.collected", subject=f"reward:{reward_id}")
    emit(
        session,
        RewardCollected(
            reward_id=reward_id,
            campaign_id=campaign.id,
            campaign_title=campaign.title,
            person_id=reward.person_id,
        ),
    )
    return CollectionRead(
        id=reward.id,
        campaign_id=campaign.id,
        campaign_title=campaign.title,
        state=reward.state,
        created_at=reward.created_at,
        collected_at=reward.collected_at,
    )


def opened(reward: RewardSealed, keys: TenantKeys) -> RewardRead:
    """Open the code of a reward for its owner."""
    return RewardRead(**{**reward.model_dump(), "code": keys.open(reward.code, context="code")})


def _sealed(reward: Reward, campaign: Campaign, code: str) -> RewardSealed:
    return RewardSealed(
        id=reward.id,
        campaign_id=campaign.id,
        campaign_title=campaign.title,
        code=code,
        state=reward.state,
        created_at=reward.created_at,
        valid_until=campaign.valid_until,
        collected_at=reward.collected_at,
    )
