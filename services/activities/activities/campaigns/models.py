"""A campaign and its states."""

from datetime import date, datetime

from sqlalchemy.orm import Mapped

from common.clock import now
from common.db import Base, VersionedRow

from ..errors import CampaignEnded, CampaignNotBegun, CampaignNotDraft, CampaignWithoutCodes
from .rules import Standing, standing


class Campaign(VersionedRow, Base):
    """活动: drafted by staff, published once; members receive a code of its stock from its first day to its last."""

    __tablename__ = "campaign"
    title: Mapped[str]
    body: Mapped[str]
    opens_on: Mapped[date]
    closes_on: Mapped[date]
    valid_until: Mapped[date]
    per_person: Mapped[int]
    state: Mapped[str]
    published_at: Mapped[datetime | None]

    def publish(self, *, codes: int, on: date) -> None:
        """发布: offer it to the members; it needs codes and a day that is still to come."""
        if self.state != "draft":
            raise CampaignNotDraft
        if not codes:
            raise CampaignWithoutCodes
        if standing(on, opens_on=self.opens_on, closes_on=self.closes_on) is Standing.ENDED:
            raise CampaignEnded(closes_on=self.closes_on.isoformat())
        self.state, self.published_at = "published", now()
        self.touch()

    def check_open(self, on: date) -> None:
        """Raise CampaignNotBegun or CampaignEnded unless it gives rewards on this day."""
        found = standing(on, opens_on=self.opens_on, closes_on=self.closes_on)
        if found is Standing.NOT_BEGUN:
            raise CampaignNotBegun(opens_on=self.opens_on.isoformat())
        if found is Standing.ENDED:
            raise CampaignEnded(closes_on=self.closes_on.isoformat())
