"""Answers about participations."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, Field

from ..campaigns.models import Campaign
from .models import Participation


class ParticipationRead(BaseModel):
    """One of the caller's activities."""

    id: UUID
    campaign_id: UUID
    campaign_title: str
    gives: Literal["code", "goods", "nothing"]
    state: Literal["taking_part", "waiting", "received", "over"] = Field(
        description="taking_part 参与中，waiting 待发放（已通过待领取，或已预定待领取），received 已发放，over 已结束"
    )
    place: str
    valid_until: date
    joined_at: datetime
    changed_at: datetime

    @classmethod
    def of(cls, row: Participation, campaign: Campaign, *, lapsed: bool = False) -> "ParticipationRead":
        """Return a participation as its owner sees it."""
        return cls(
            id=row.id,
            campaign_id=campaign.id,
            campaign_title=campaign.title,
            gives=campaign.gives,
            state="over" if lapsed else row.state,
            place=campaign.place,
            valid_until=campaign.valid_until,
            joined_at=row.created_at,
            changed_at=row.changed_at,
        )
