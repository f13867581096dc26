"""What activities says: who takes part, quizzes finished, rewards given, collected, taken back, stock that runs low."""

from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from ..events.contract import Event, Sealed


class _CampaignEvent(Event):
    """A fact of one person and one campaign; the campaign orders them."""

    campaign_id: UUID
    person_id: UUID
    unit_id: UUID | None = None
    """The person's unit when it happened, if the register had told it."""


class ActivityJoined(_CampaignEvent):
    """A person takes part in a campaign (参与活动): said once for each person and campaign."""

    wire: ClassVar[str] = "activities.activity_joined.v1"
    joined_at: datetime

    @property
    def key(self) -> str:
        """Person."""
        return str(self.person_id)


class QuizFinished(_CampaignEvent):
    """A person's attempt at a quiz came to its end."""

    wire: ClassVar[str] = "activities.quiz_finished.v1"
    attempt_id: UUID
    passed: bool
    right: int
    asked: int
    finished_at: datetime

    @property
    def key(self) -> str:
        """Attempt."""
        return str(self.attempt_id)


class _RewardEvent(Event):
    reward_id: UUID
    campaign_id: UUID
    campaign_title: str = ""
    person_id: UUID
    unit_id: UUID | None = None
    """The person's unit when the reward was given, if the register had told it."""

    @property
    def key(self) -> str:
        """Reward."""
        return str(self.reward_id)


class RewardIssued(_RewardEvent):
    """A person was given a code of a campaign's stock."""

    wire: ClassVar[str] = "activities.reward_issued.v1"
    campaign_title: str
    code: Sealed
    valid_until: date | None = None
    replaced: bool = False
    """Whether the code stands for one that was taken back, so that nothing new was given."""


class BookingConfirmed(_RewardEvent):
    """Something was booked for a person, to be collected at a place (预定成功)."""

    wire: ClassVar[str] = "activities.booking_confirmed.v1"
    number: str
    """预定号, said at the counter; not a secret."""
    place: str = ""
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    moved: bool = False
    """Whether the booking was there before and has another time now."""


class BookingCancelled(_RewardEvent):
    """A person gave a booking back; its place is free again."""

    wire: ClassVar[str] = "activities.booking_cancelled.v1"


class RewardCollected(_RewardEvent):
    """A reward was handed out at the counter."""

    wire: ClassVar[str] = "activities.reward_collected.v1"
    collected_at: datetime | None = None


class RewardRevoked(_RewardEvent):
    """Staff took a reward back, with a reason."""

    wire: ClassVar[str] = "activities.reward_revoked.v1"
    reason: Sealed


class CodesRunningLow(Event):
    """A campaign's stock has fallen to the number at which its staff want to be told; said once until it is filled."""

    wire: ClassVar[str] = "activities.codes_running_low.v1"
    campaign_id: UUID
    campaign_title: str
    left: int
    account_id: UUID
    """The member of staff who is told: whoever published the campaign."""

    @property
    def key(self) -> str:
        """Campaign."""
        return str(self.campaign_id)
