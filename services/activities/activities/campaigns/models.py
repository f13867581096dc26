"""A campaign and its states."""

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy import Time
from sqlalchemy.orm import Mapped, mapped_column

from common.clock import BUSINESS_ZONE, now
from common.db import Base, VersionedRow

from ..audience.rules import Audience
from .errors import (
    CampaignEnded,
    CampaignFixed,
    CampaignGivesOther,
    CampaignNotBegun,
    CampaignNotDraft,
    CampaignNotPublished,
    CampaignOver,
    CampaignPaused,
    CampaignWithoutCodes,
    CampaignWithoutQuiz,
    CampaignWithoutSlots,
)
from .rules import Standing, closing, fixed_changes, opening, standing

NOTHING_TO_GIVE = {
    "code": CampaignWithoutCodes,
    "goods": CampaignWithoutSlots,
    "nothing": CampaignWithoutQuiz,
}


class Campaign(VersionedRow, Base):
    """活动: drafted by staff, published, paused, ended. `gives`: codes of a stock, goods booked and collected, nothing.

    `org_path` is the branch whose it is ("/": the whole union); `code` names a campaign that came with the pack.
    """

    __tablename__ = "campaign"
    code: Mapped[str | None] = mapped_column(default=None)
    pack_version: Mapped[int | None] = mapped_column(default=None)
    org_path: Mapped[str] = mapped_column(default="/")
    title: Mapped[str]
    body: Mapped[str]
    place: Mapped[str] = mapped_column(default="")
    gives: Mapped[str] = mapped_column(default="code")
    audience: Mapped[dict[str, Any]] = mapped_column(default=dict)
    opens_on: Mapped[date]
    opens_time: Mapped[time | None] = mapped_column(Time(), default=None)
    closes_on: Mapped[date]
    closes_time: Mapped[time | None] = mapped_column(Time(), default=None)
    valid_until: Mapped[date]
    per_person: Mapped[int]
    code_format: Mapped[str] = mapped_column(default="")
    low_stock: Mapped[int] = mapped_column(default=0)
    low_stock_said_at: Mapped[datetime | None] = mapped_column(default=None)
    manager_id: Mapped[UUID | None] = mapped_column(default=None)
    """The account of who published it: who is told when the stock runs low."""
    state: Mapped[str]
    published_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None] = mapped_column(default=None)

    @property
    def opens_at(self) -> datetime:
        """The instant from which it is open."""
        return opening(self.opens_on, self.opens_time)

    @property
    def closes_at(self) -> datetime:
        """The first instant at which it is closed."""
        return closing(self.closes_on, self.closes_time)

    @property
    def rule(self) -> Audience:
        """Who may join: a branch's campaign is for the people of the branch."""
        audience = Audience.model_validate(self.audience)
        if self.org_path == "/" or audience.branches or audience.units:
            return audience
        return audience.model_copy(update={"branches": (self.org_path,)})

    def standing(self, at: datetime | None = None) -> Standing:
        """Return where it stands now: before, within or after its time; one that staff ended has ended."""
        if self.state == "ended":
            return Standing.ENDED
        return standing(at or now(), opens_at=self.opens_at, closes_at=self.closes_at)

    def change(self, values: Mapping[str, Any]) -> None:
        """Edit it; CampaignOver, or CampaignFixed naming what may not change any more."""
        if self.state == "ended":
            raise CampaignOver
        changed = {name: value for name, value in values.items() if getattr(self, name) != value}
        fixed = fixed_changes(changed, state=self.state)
        if fixed:
            message = CampaignFixed.field_text.in_language()
            errors = [{"field": name, "code": "campaign.fixed", "message": message} for name in fixed]
            raise CampaignFixed(errors=errors)
        for name, value in changed.items():
            setattr(self, name, value)
        self.touch()

    def publish(self, *, to_give: int, by: UUID | None) -> None:
        """发布: offer it to the members; it needs something to give and a time that is still to come."""
        if self.state != "draft":
            raise CampaignNotDraft
        if not to_give:
            raise NOTHING_TO_GIVE[self.gives]
        if self.standing() is Standing.ENDED:
            raise CampaignEnded(closes_on=self.closes_on.isoformat())
        self.state, self.published_at, self.manager_id = "published", now(), by
        self.touch()

    def pause(self) -> None:
        """暂停: nobody begins or receives until it goes on; attempts that run may be finished."""
        if self.state != "published":
            raise CampaignNotPublished
        self.state = "paused"
        self.touch()

    def resume(self) -> None:
        """恢复: go on after a pause."""
        if self.state != "paused":
            raise CampaignNotPublished
        self.state = "published"
        self.touch()

    def end(self) -> None:
        """结束: for good, before its time; what was booked can still be collected."""
        if self.state not in ("published", "paused"):
            raise CampaignNotPublished
        self.state, self.ended_at = "ended", now()
        self.touch()

    def stock_filled(self) -> None:
        """Codes were added: staff are told again when they run low."""
        self.low_stock_said_at = None

    def check_open(self) -> None:
        """Raise CampaignNotBegun, CampaignEnded or CampaignPaused unless one can take part now."""
        found = self.standing()
        if found is Standing.NOT_BEGUN:
            raise CampaignNotBegun(opens_on=self._local(self.opens_at, with_time=self.opens_time is not None))
        if found is Standing.ENDED:
            day = self.ended_at or self.closes_at if self.state == "ended" else None
            raise CampaignEnded(closes_on=self._local(day) if day else self.closes_on.isoformat())
        if self.state == "paused":
            raise CampaignPaused

    def check_gives(self, gives: str) -> None:
        """Raise CampaignGivesOther unless this is what it gives."""
        if self.gives != gives:
            raise CampaignGivesOther

    @staticmethod
    def _local(at: datetime, *, with_time: bool = False) -> str:
        local = at.astimezone(BUSINESS_ZONE)
        return f"{local:%Y-%m-%d %H:%M}" if with_time else f"{local:%Y-%m-%d}"
