"""What activities says: rewards given and collected."""

from datetime import date
from typing import ClassVar
from uuid import UUID

from ..events.contract import Event, Sealed


class RewardIssued(Event):
    """A person was given a code of a campaign's stock."""

    wire: ClassVar[str] = "activities.reward_issued.v1"
    reward_id: UUID
    campaign_id: UUID
    campaign_title: str
    person_id: UUID
    code: Sealed
    valid_until: date | None = None

    @property
    def key(self) -> str:
        """Reward."""
        return str(self.reward_id)


class RewardCollected(Event):
    """A reward was handed out at the counter."""

    wire: ClassVar[str] = "activities.reward_collected.v1"
    reward_id: UUID
    campaign_id: UUID
    campaign_title: str = ""
    person_id: UUID

    @property
    def key(self) -> str:
        """Reward."""
        return str(self.reward_id)
