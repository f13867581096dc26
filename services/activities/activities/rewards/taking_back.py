"""Staff take a reward back, or give another code for one that does not work; each with a reason that is told."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.audit import record
from common.auth import Actor
from common.clock import today
from common.contracts.activities import RewardRevoked
from common.crypto import TenantKeys
from common.errors import NotFound
from common.events import emit

from ..bookings.repository import SlotRepository
from ..campaigns.models import Campaign
from ..campaigns.repository import CampaignRepository
from ..participations.service import put_state
from ..stock.repository import StockRepository
from .errors import NoneLeft, RewardWithoutCode
from .models import Reward
from .reading import WORDS, Surroundings, read_managed
from .repository import RewardRepository
from .schemas import RewardManaged
from .service import issued


async def revoke_reward(
    session: AsyncSession, *, actor: Actor, keys: TenantKeys, reward_id: UUID, reason: str
) -> RewardManaged:
    """收回: the code is void for ever, a booked place is free again, the person is told why."""
    reward, campaign = await managed_reward(session, actor, reward_id)
    reward.revoke(by=actor.id, reason=keys.seal(reason, context=WORDS))
    await StockRepository(session, actor.tenant_id).void(reward.id)
    if reward.slot_id is not None:
        await SlotRepository(session, actor.tenant_id).release(reward.slot_id)
    await put_state(
        session, campaign_id=campaign.id, person_id=reward.person_id, unit_id=reward.unit_id, state="over"
    )
    await _note(session, actor, "reward.revoked", reward)
    emit(
        session,
        RewardRevoked(
            reward_id=reward.id, campaign_id=campaign.id, campaign_title=campaign.title,
            person_id=reward.person_id, unit_id=reward.unit_id, reason=keys.sealed_words(reason),
        ),
    )  # fmt: skip
    around = await Surroundings.of(session, [reward], with_people=True)
    return read_managed(reward, around, keys)


async def replace_code(
    session: AsyncSession, *, actor: Actor, keys: TenantKeys, reward_id: UUID, reason: str
) -> RewardManaged:
    """换码: the old code is void, the person gets the next one and a new message; the reason is kept in the log."""
    reward, campaign = await managed_reward(session, actor, reward_id)
    if reward.gives != "code":
        raise RewardWithoutCode
    stock = StockRepository(session, actor.tenant_id)
    await stock.void(reward.id)
    given = await stock.take(campaign.id, reward_id=reward.id, on=today())
    if given is None:
        raise NoneLeft
    reward.replace_code(expires_on=given.expires_on)
    reward.reason = keys.seal(reason, context=WORDS)
    await _note(session, actor, "reward.code_replaced", reward)
    emit(session, issued(reward, campaign, given, keys, replaced=True))
    around = await Surroundings.of(session, [reward], with_people=True)
    return read_managed(reward, around, keys)


async def managed_reward(session: AsyncSession, actor: Actor, reward_id: UUID) -> tuple[Reward, Campaign]:
    """Return a reward of a campaign within the caller's reach, locked."""
    reward = await RewardRepository(session, actor.tenant_id).find(Reward, reward_id, lock=True)
    if reward is None:
        raise NotFound
    campaign = await CampaignRepository(session, actor.tenant_id).managed(actor, reward.campaign_id)
    if campaign is None:
        raise NotFound
    return reward, campaign


async def _note(session: AsyncSession, actor: Actor, action: str, reward: Reward) -> None:
    await record(
        session,
        actor_id=actor.id,
        action=action,
        subject=f"reward:{reward.id}",
        detail={"campaign": str(reward.campaign_id)},
    )
