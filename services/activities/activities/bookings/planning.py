"""Use cases of slots: staff add, change and remove them; everybody looks at them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.audit import record
from common.auth import Actor
from common.clock import now
from common.errors import NotFound
from common.http.edits import check_version
from common.ids import new_id

from ..auth import MANAGE
from ..campaigns.errors import CampaignOver
from ..campaigns.models import Campaign
from ..campaigns.repository import CampaignRepository
from .errors import SlotInUse, SlotsInvalid
from .models import Slot
from .repository import SlotRepository
from .rules import MOST_SLOTS, is_past, slot_faults
from .schemas import SlotCreate, SlotEdit, SlotList, SlotRead


def read_slot(slot: Slot, *, at: datetime) -> SlotRead:
    """Return a slot as everybody sees it."""
    left = slot.capacity - slot.taken
    return SlotRead(
        id=slot.id, version=slot.version, starts_at=slot.starts_at, ends_at=slot.ends_at, place=slot.place,
        capacity=slot.capacity, left=left, bookable=left > 0 and not is_past(slot.starts_at, at=at),
    )  # fmt: skip


async def list_slots(session: AsyncSession, *, actor: Actor, campaign_id: UUID) -> SlotList:
    """Return the slots of a campaign that the caller may know of."""
    campaigns = CampaignRepository(session, actor.tenant_id)
    campaign = await campaigns.known(campaign_id)
    if campaign is None and actor.may(MANAGE):
        campaign = await campaigns.managed(actor, campaign_id)
    if campaign is None:
        raise NotFound
    rows = await SlotRepository(session, actor.tenant_id).of_campaign(campaign_id)
    return SlotList(items=[read_slot(row, at=now()) for row in rows])


async def add_slots(
    session: AsyncSession, *, actor: Actor, campaign_id: UUID, slots: list[SlotCreate]
) -> SlotList:
    """Add slots to a campaign of goods; SlotsInvalid names what is wrong."""
    campaign = await _managed(session, actor, campaign_id)
    campaign.check_gives("goods")
    repository = SlotRepository(session, actor.tenant_id)
    present = await repository.of_campaign(campaign_id)
    times = [(row.starts_at, row.ends_at) for row in present]
    faults = slot_faults(
        [*times, *((slot.starts_at, slot.ends_at) for slot in slots)],
        opens_on=campaign.opens_on,
        valid_until=campaign.valid_until,
    )
    errors = [
        {"field": f"slots.{max(0, place - len(present))}", "code": code, "message": text.in_language()}
        for place, code, text in faults
        if place >= len(present) or code == "slot.timeless"
    ]
    if errors or len(present) + len(slots) > MOST_SLOTS:
        raise SlotsInvalid(errors=errors)
    repository.add_all(
        [
            Slot(id=new_id(), version=1, campaign_id=campaign_id, taken=0, **slot.model_dump())
            for slot in slots
        ]
    )
    await record(
        session, actor_id=actor.id, action="campaign.slots_added", subject=f"campaign:{campaign_id}",
        detail={"slots": len(slots)},
    )  # fmt: skip
    await session.flush()
    rows = await repository.of_campaign(campaign_id)
    return SlotList(items=[read_slot(row, at=now()) for row in rows])


async def edit_slot(
    session: AsyncSession, *, actor: Actor, campaign_id: UUID, slot_id: UUID, body: SlotEdit, version: int
) -> Slot:
    """Change the places of a slot; never below those that are booked."""
    slot = await _slot(session, actor, campaign_id, slot_id)
    check_version(slot, version)
    slot.resize(capacity=body.capacity, place=body.place)
    return slot


async def remove_slot(
    session: AsyncSession, *, actor: Actor, campaign_id: UUID, slot_id: UUID, version: int
) -> None:
    """Remove a slot that nobody has ever booked."""
    slot = await _slot(session, actor, campaign_id, slot_id)
    check_version(slot, version)
    repository = SlotRepository(session, actor.tenant_id)
    if slot.taken or await repository.was_booked(slot_id):
        raise SlotInUse(taken=slot.taken)
    await repository.remove(slot)


async def _slot(session: AsyncSession, actor: Actor, campaign_id: UUID, slot_id: UUID) -> Slot:
    await _managed(session, actor, campaign_id)
    slot = await SlotRepository(session, actor.tenant_id).in_campaign(campaign_id, slot_id, lock=True)
    if slot is None:
        raise NotFound
    return slot


async def _managed(session: AsyncSession, actor: Actor, campaign_id: UUID) -> Campaign:
    campaign = await CampaignRepository(session, actor.tenant_id).managed(actor, campaign_id, lock=True)
    if campaign is None:
        raise NotFound
    if campaign.state == "ended":
        raise CampaignOver
    return campaign
