"""Use cases of rewards: receiving a code, one's own rewards, the list of a campaign."""

import secrets
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.auth import Actor
from common.clock import today
from common.contracts.activities import RewardIssued
from common.crypto import TenantKeys
from common.errors import NotFound
from common.events import Sealed, emit
from common.http import Cursor, Page
from common.identifiers import luhn_digit

from ..audience.service import check_audience
from ..campaigns.models import Campaign
from ..campaigns.repository import CampaignRepository
from ..campaigns.rules import next_place
from ..participations.service import person_of, put_state
from ..quizzes.service import check_passed
from ..stock.repository import Given, StockRepository
from .errors import AlreadyBooked, AlreadyReceived, NoneLeft
from .models import Reward
from .reading import Surroundings, opened, read_managed, read_sealed
from .repository import RewardRepository
from .schemas import RewardManaged, RewardRead, RewardSealed

MORE_NUMBERS = 2
"""How often another number is drawn, should one be taken already."""


async def open_campaign(
    session: AsyncSession, *, actor: Actor, campaign_id: UUID, gives: str, keys: TenantKeys
) -> tuple[Campaign, UUID, UUID | None]:
    """Return a campaign from which the caller may receive now, the caller's person and unit."""
    person_id = person_of(actor)
    campaign = await CampaignRepository(session, actor.tenant_id).known(campaign_id)
    if campaign is None:
        raise NotFound
    campaign.check_gives(gives)
    campaign.check_open()
    unit_id = await check_audience(session, audience=campaign.rule, person_id=person_id, keys=keys)
    await check_passed(session, campaign_id=campaign_id, person_id=person_id)
    return campaign, person_id, unit_id


async def receive_reward(
    session: AsyncSession, *, actor: Actor, campaign_id: UUID, keys: TenantKeys
) -> RewardSealed:
    """领取: give the caller a code of the campaign's stock; `opened` is for its owner."""
    campaign, person_id, unit_id = await open_campaign(
        session, actor=actor, campaign_id=campaign_id, gives="code", keys=keys
    )
    # The reward first: a person's second request waits here and never touches the stock.
    reward = await next_reward(session, campaign, person_id, gives="code", unit_id=unit_id)
    given = await StockRepository(session, actor.tenant_id).take(campaign_id, reward_id=reward.id, on=today())
    if given is None:
        raise NoneLeft
    reward.expires_on = given.expires_on
    await put_state(session, campaign_id=campaign_id, person_id=person_id, unit_id=unit_id, state="received")
    emit(session, issued(reward, campaign, given, keys))
    return read_sealed(reward, Surroundings({campaign.id: campaign}, {reward.id: given}, {}, {}, {}))


def issued(
    reward: Reward, campaign: Campaign, given: Given, keys: TenantKeys, *, replaced: bool = False
) -> RewardIssued:
    """Return what is said of a code that was given; a pin stands behind its code."""
    code = given.code
    if given.pin is not None:
        both = f"{keys.open(code, context='code')}（密码 {keys.open(given.pin, context='code.pin')}）"
        code = keys.seal(both, context="code")
    return RewardIssued(
        reward_id=reward.id,
        campaign_id=campaign.id,
        campaign_title=campaign.title,
        person_id=reward.person_id,
        unit_id=reward.unit_id,
        code=Sealed(ciphertext=code),
        valid_until=given.expires_on or campaign.valid_until,
        replaced=replaced,
    )


def booking_number() -> str:
    """Draw a booking number of ten digits, the last of which checks the others."""
    digits = f"{secrets.randbelow(900_000_000) + 100_000_000}"
    return digits + luhn_digit(digits)


async def next_reward(session: AsyncSession, campaign: Campaign, person_id: UUID, **more: Any) -> Reward:
    """Add the person's next reward of a campaign; AlreadyBooked or AlreadyReceived if they have all of theirs."""
    repository = RewardRepository(session, campaign.tenant_id)
    for _ in range(campaign.per_person + MORE_NUMBERS):
        taken = await repository.places(person_id, campaign.id)
        place = next_place(taken, per_person=campaign.per_person)
        if place is None:
            break
        number = booking_number() if campaign.gives == "goods" else None
        reward = await repository.add_at(
            campaign_id=campaign.id, person_id=person_id, place=place, number=number, **more
        )
        if reward is not None:
            return reward
    if campaign.gives == "goods" and await repository.waiting(person_id, campaign.id):
        raise AlreadyBooked(per_person=campaign.per_person)
    raise AlreadyReceived(per_person=campaign.per_person)


async def list_rewards(
    session: AsyncSession, *, actor: Actor, keys: TenantKeys, cursor: Cursor, state: str | None
) -> Page[RewardRead]:
    """Return the caller's rewards with their codes, newest first."""
    rows = await RewardRepository(session, actor.tenant_id).page_of(
        person_of(actor), cursor=cursor, state=state
    )
    around = await Surroundings.of(session, rows)
    return cursor.page(rows, lambda row: opened(read_sealed(row, around), keys))


async def read_reward(
    session: AsyncSession, *, actor: Actor, keys: TenantKeys, reward_id: UUID
) -> RewardRead:
    """Return one of the caller's rewards."""
    reward = await RewardRepository(session, actor.tenant_id).of_person(reward_id, person_of(actor))
    if reward is None:
        raise NotFound
    return opened(read_sealed(reward, await Surroundings.of(session, [reward])), keys)


async def list_given(
    session: AsyncSession,
    *,
    actor: Actor,
    keys: TenantKeys,
    campaign_id: UUID,
    cursor: Cursor,
    state: str | None,
) -> Page[RewardManaged]:
    """发放记录: what a campaign has given, newest first, names masked."""
    campaign = await CampaignRepository(session, actor.tenant_id).managed(actor, campaign_id)
    if campaign is None:
        raise NotFound
    rows = await RewardRepository(session, actor.tenant_id).page_in(campaign_id, cursor=cursor, state=state)
    around = await Surroundings.of(session, rows, with_people=True)
    return cursor.page(rows, lambda row: read_managed(row, around, keys))
