"""Rewards as they are shown: with campaign, code, slot and person of each, read in one go for a page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.clock import today
from common.crypto import TenantKeys
from common.identifiers import mask_name

from ..bookings.models import Slot
from ..bookings.repository import SlotRepository
from ..campaigns.models import Campaign
from ..campaigns.repository import CampaignRepository
from ..copies.models import PersonCopy, UnitCopy
from ..copies.repository import CopyRepository
from ..stock.repository import Given, StockRepository
from ..stock.rules import ending
from .models import Reward
from .schemas import CollectionRead, RewardManaged, RewardRead, RewardSealed

CODE, PIN, WORDS = "code", "code.pin", "words"


@dataclass(frozen=True)
class Surroundings:
    """What a page of rewards needs besides the rewards."""

    campaigns: dict[UUID, Campaign]
    codes: dict[UUID, Given]
    slots: dict[UUID, Slot]
    persons: dict[UUID, PersonCopy]
    units: dict[UUID, UnitCopy]

    @classmethod
    async def of(
        cls, session: AsyncSession, rewards: Sequence[Reward], *, with_people: bool = False
    ) -> "Surroundings":
        """Read it, in one statement for each kind."""
        tenant_id = session.info["tenant_id"]
        copies = CopyRepository(session, tenant_id)
        slots = {reward.slot_id for reward in rewards if reward.slot_id is not None}
        return cls(
            await CampaignRepository(session, tenant_id).by_ids([reward.campaign_id for reward in rewards]),
            await StockRepository(session, tenant_id).of_rewards([reward.id for reward in rewards]),
            await SlotRepository(session, tenant_id).by_ids(slots),
            await copies.persons({reward.person_id for reward in rewards}) if with_people else {},
            await copies.units({reward.unit_id for reward in rewards}) if with_people else {},
        )

    def name_of(self, reward: Reward, keys: TenantKeys) -> str:
        """Return the masked name of a reward's person; nothing if the register has not told it."""
        person = self.persons.get(reward.person_id)
        return mask_name(keys.open(person.name, context="person.name")) if person else ""


def last_day(reward: Reward, campaign: Campaign) -> date:
    """Return the last day on which a reward can be used or collected."""
    return reward.expires_on or campaign.valid_until


def read_sealed(reward: Reward, around: Surroundings) -> RewardSealed:
    """Return a reward as its owner sees it, code and reason still sealed."""
    campaign, slot = around.campaigns[reward.campaign_id], around.slots.get(reward.slot_id or reward.id)
    given = around.codes.get(reward.id)
    return RewardSealed(
        id=reward.id,
        campaign_id=campaign.id,
        campaign_title=campaign.title,
        gives=reward.gives,
        code=given.code if given else None,
        pin=given.pin if given else None,
        number=reward.number,
        place=(slot.place if slot else "") or campaign.place,
        starts_at=slot.starts_at if slot else None,
        ends_at=slot.ends_at if slot else None,
        state=reward.state,
        expired=reward.state == "issued" and today() > last_day(reward, campaign),
        created_at=reward.created_at,
        valid_until=last_day(reward, campaign),
        collected_at=reward.collected_at,
        reason=reward.reason,
    )


def opened(reward: RewardSealed, keys: TenantKeys) -> RewardRead:
    """Open code, pin and reason for the owner."""
    shown = reward.model_dump()
    for name, context in (("code", CODE), ("pin", PIN), ("reason", WORDS)):
        if shown[name] is not None:
            shown[name] = keys.open(shown[name], context=context)
    return RewardRead(**shown)


def read_collection(reward: Reward, around: Surroundings, keys: TenantKeys) -> CollectionRead:
    """Return a reward as the counter sees it."""
    campaign = around.campaigns[reward.campaign_id]
    return CollectionRead(
        id=reward.id,
        campaign_id=campaign.id,
        campaign_title=campaign.title,
        gives=reward.gives,
        number=reward.number,
        name=around.name_of(reward, keys),
        state=reward.state,
        created_at=reward.created_at,
        collected_at=reward.collected_at,
    )


def read_managed(reward: Reward, around: Surroundings, keys: TenantKeys) -> RewardManaged:
    """Return a reward as the campaign's staff see it."""
    given, slot = around.codes.get(reward.id), around.slots.get(reward.slot_id or reward.id)
    unit = around.units.get(reward.unit_id) if reward.unit_id else None
    return RewardManaged(
        **read_collection(reward, around, keys).model_dump(),
        person_id=reward.person_id,
        unit_name=unit.name if unit else "",
        code_ending=ending(keys.open(given.code, context=CODE)) if given else None,
        starts_at=slot.starts_at if slot else None,
        given_back_at=reward.given_back_at,
        reason=keys.open(reward.reason, context=WORDS) if reward.reason else None,
    )
