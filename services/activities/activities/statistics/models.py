"""Counters by campaign, day and unit."""

from datetime import date
from uuid import UUID

from sqlalchemy.orm import Mapped

from common.db import Base, TenantRow

NO_UNIT = UUID(int=0)
"""Stands for people whose unit was not known when it happened."""


class CampaignDay(TenantRow, Base):
    """What happened on a day (Asia/Shanghai) in a campaign to the people of a unit."""

    __tablename__ = "campaign_day"
    campaign_id: Mapped[UUID]
    day: Mapped[date]
    unit_id: Mapped[UUID]
    joined: Mapped[int]
    passed: Mapped[int]
    failed: Mapped[int]
    issued: Mapped[int]
    booked: Mapped[int]
    collected: Mapped[int]
    cancelled: Mapped[int]
    revoked: Mapped[int]
