"""Requests and answers about slots and bookings."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from ..campaigns.schemas import Place
from .rules import MOST_SLOTS

Capacity = Annotated[int, Field(ge=1, le=1_000_000)]


class SlotCreate(BaseModel):
    """A time slot with places, or a number of things without a time."""

    model_config = ConfigDict(extra="forbid")

    starts_at: AwareDatetime | None = Field(None, description="开始时间（含时区）；不分时段的不填")
    ends_at: AwareDatetime | None = Field(None, description="结束时间，与开始同一天")
    place: Place = Field("", description="与活动地点不同时填写")
    capacity: Capacity = Field(description="名额")


class SlotsCreate(BaseModel):
    """Slots to be added."""

    model_config = ConfigDict(extra="forbid")

    slots: Annotated[list[SlotCreate], Field(min_length=1, max_length=MOST_SLOTS)]


class SlotEdit(BaseModel):
    """New places of a slot."""

    model_config = ConfigDict(extra="forbid")

    capacity: Capacity
    place: Place = ""


class SlotRead(BaseModel):
    """A slot as everybody sees it."""

    id: UUID
    version: int
    starts_at: datetime | None
    ends_at: datetime | None
    place: str
    capacity: int
    left: int = Field(description="剩余名额")
    bookable: bool = Field(description="现在可以预定：有余量且未开始")


class SlotList(BaseModel):
    """All slots of a campaign in the order of their times."""

    items: list[SlotRead]


class BookingCreate(BaseModel):
    """Which slot is booked."""

    model_config = ConfigDict(extra="forbid")

    slot_id: UUID | None = Field(None, description="预约时段；活动不分时段时不填")


class BookingMove(BaseModel):
    """To which slot a booking moves."""

    model_config = ConfigDict(extra="forbid")

    slot_id: UUID
