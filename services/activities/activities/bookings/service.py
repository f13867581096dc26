"""Use cases of bookings: book, move, cancel."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.auth import Actor
from common.clock import now
from common.contracts.activities import BookingCancelled, BookingConfirmed
from common.crypto import TenantKeys
from common.errors import NotFound
from common.events import emit

from ..campaigns.models import Campaign
from ..campaigns.repository import CampaignRepository
from ..participations.service import person_of, put_state
from ..rewards.models import Reward
from ..rewards.reading import Surroundings, read_sealed
from ..rewards.repository import RewardRepository
from ..rewards.schemas import RewardSealed
from ..rewards.service import next_reward, open_campaign
from .errors import BookingNotBookable, SlotFull, SlotPast, SlotUnknown
from .models import Slot
from .repository import SlotRepository
from .rules import is_past


async def book(
    session: AsyncSession, *, actor: Actor, campaign_id: UUID, slot_id: UUID | None, keys: TenantKeys
) -> RewardSealed:
    """预定: take a place for the caller; SlotUnknown, SlotPast, SlotFull."""
    campaign, person_id, unit_id = await open_campaign(
        session, actor=actor, campaign_id=campaign_id, gives="goods", keys=keys
    )
    slot = await _chosen(session, campaign, slot_id)
    reward = await next_reward(
        session, campaign, person_id, gives="goods", unit_id=unit_id, slot_id=slot.id, expires_on=slot.day
    )
    # Last, because everybody who books the slot waits for this row.
    if not await SlotRepository(session, actor.tenant_id).take(slot.id):
        raise SlotFull
    await put_state(session, campaign_id=campaign_id, person_id=person_id, unit_id=unit_id, state="waiting")
    emit(session, _confirmed(reward, campaign, slot))
    return read_sealed(reward, Surroundings({campaign.id: campaign}, {}, {slot.id: slot}, {}, {}))


async def _chosen(session: AsyncSession, campaign: Campaign, slot_id: UUID | None) -> Slot:
    repository = SlotRepository(session, campaign.tenant_id)
    if slot_id is None:
        slots = await repository.of_campaign(campaign.id)
        slot = slots[0] if len(slots) == 1 and slots[0].starts_at is None else None
    else:
        slot = await repository.in_campaign(campaign.id, slot_id)
    if slot is None:
        raise SlotUnknown
    if is_past(slot.starts_at, at=now()):
        raise SlotPast
    return slot


async def move_booking(
    session: AsyncSession, *, actor: Actor, reward_id: UUID, slot_id: UUID
) -> RewardSealed:
    """改约: take a place in another slot and give the present one back, both or neither."""
    reward, campaign, old = await _own_booking(session, actor, reward_id)
    campaign.check_open()
    new = await _chosen(session, campaign, slot_id)
    repository = SlotRepository(session, actor.tenant_id)
    if new.id != old.id:
        await repository.lock_in_order([old.id, new.id])
        if not await repository.take(new.id):
            raise SlotFull
        await repository.release(old.id)
        reward.slot_id, reward.expires_on = new.id, new.day
        reward.touch()
        emit(session, _confirmed(reward, campaign, new, moved=True))
    return read_sealed(reward, Surroundings({campaign.id: campaign}, {}, {new.id: new}, {}, {}))


async def cancel_booking(session: AsyncSession, *, actor: Actor, reward_id: UUID) -> RewardSealed:
    """取消预定: until its slot begins; the place is free again, and the person may book anew."""
    reward, campaign, slot = await _own_booking(session, actor, reward_id)
    reward.cancel(by=actor.id)
    await SlotRepository(session, actor.tenant_id).release(slot.id)
    await put_state(
        session, campaign_id=campaign.id, person_id=reward.person_id, unit_id=reward.unit_id,
        state="taking_part",
    )  # fmt: skip
    emit(
        session,
        BookingCancelled(
            reward_id=reward.id, campaign_id=campaign.id, campaign_title=campaign.title,
            person_id=reward.person_id, unit_id=reward.unit_id,
        ),
    )  # fmt: skip
    return read_sealed(reward, Surroundings({campaign.id: campaign}, {}, {slot.id: slot}, {}, {}))


async def _own_booking(session: AsyncSession, actor: Actor, reward_id: UUID) -> tuple[Reward, Campaign, Slot]:
    rewards = RewardRepository(session, actor.tenant_id)
    reward = await rewards.of_person(reward_id, person_of(actor), lock=True)
    if reward is None:
        raise NotFound
    if reward.slot_id is None:
        raise BookingNotBookable
    slot = (await SlotRepository(session, actor.tenant_id).by_ids([reward.slot_id]))[reward.slot_id]
    if reward.state == "issued" and is_past(slot.starts_at, at=now()):
        raise SlotPast
    campaigns = await CampaignRepository(session, actor.tenant_id).by_ids([reward.campaign_id])
    return reward, campaigns[reward.campaign_id], slot


def _confirmed(reward: Reward, campaign: Campaign, slot: Slot, *, moved: bool = False) -> BookingConfirmed:
    return BookingConfirmed(
        reward_id=reward.id,
        campaign_id=campaign.id,
        campaign_title=campaign.title,
        person_id=reward.person_id,
        unit_id=reward.unit_id,
        number=reward.number or "",
        place=slot.place or campaign.place,
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        moved=moved,
    )
