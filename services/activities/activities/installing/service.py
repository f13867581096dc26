"""Puts up the campaigns of a pack. What is there already is the staff's and stays as it is."""

from datetime import datetime, time
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.clock import BUSINESS_ZONE, now
from common.contracts.pack import TenantPack
from common.contracts.pack.activities import Campaign as PackCampaign
from common.contracts.pack.activities import Question as PackQuestion
from common.contracts.pack.activities import Quiz as PackQuiz
from common.crypto import TenantKeys
from common.ids import new_id

from ..audience.rules import Audience
from ..bookings.models import Slot
from ..bookings.repository import SlotRepository
from ..campaigns.models import Campaign
from ..campaigns.repository import CampaignRepository
from ..quizzes.rules import TRUE_FALSE, Kind
from ..quizzes.schemas import QuestionWrite, QuizWrite
from ..quizzes.writing import put_quiz
from ..stock.files.service import add_made
from .rules import paths_of

GIVES = {"code": "code", "collect": "goods", "none": "nothing"}


async def install_campaigns(
    session: AsyncSession, *, tenant_id: UUID, pack: TenantPack, keys: TenantKeys
) -> None:
    """Put up the campaigns whose codes are new."""
    repository = CampaignRepository(session, tenant_id)
    known = await repository.codes()
    for item in pack.activities:
        if item.code not in known:
            campaign = repository.add(_campaign(item, pack))
            await session.flush()
            await _fill(session, campaign, item, keys)


def _campaign(item: PackCampaign, pack: TenantPack) -> Campaign:
    return Campaign(
        id=new_id(),
        version=1,
        code=item.code,
        pack_version=pack.version,
        title=item.title.zh,
        body=item.body.zh,
        place=item.place.zh if item.place else "",
        gives=GIVES[item.reward],
        audience=_audience(item, pack).model_dump(mode="json", exclude_defaults=True),
        opens_on=item.opens_on,
        closes_on=item.closes_on,
        valid_until=item.valid_until or item.closes_on,
        per_person=1,
        state="published",
        published_at=now(),
    )


def _audience(item: PackCampaign, pack: TenantPack) -> Audience:
    if item.audience is None:
        return Audience()
    parents = {branch.code: branch.parent for branch in pack.organisation.branches}
    values = item.audience.model_dump(exclude={"branches"})
    return Audience(**values, branches=tuple(paths_of(item.audience.branches, parents)))


async def _fill(session: AsyncSession, campaign: Campaign, item: PackCampaign, keys: TenantKeys) -> None:
    if item.quiz is not None:
        await put_quiz(session, campaign, _quiz(item.quiz))
    if item.reward == "code" and item.stock is not None:
        await add_made(session, campaign, keys, item.stock)
    if item.reward == "collect":
        SlotRepository(session, campaign.tenant_id).add_all(_slots(campaign, item))


def _slots(campaign: Campaign, item: PackCampaign) -> list[Slot]:
    if item.sessions is None:
        return [_slot(campaign, None, None, item.stock or 0)]
    return [
        _slot(
            campaign,
            datetime.combine(day, time.fromisoformat(begin), BUSINESS_ZONE),
            datetime.combine(day, time.fromisoformat(end), BUSINESS_ZONE),
            item.sessions.capacity,
        )
        for day in item.sessions.days
        for begin, end in item.sessions.times
    ]


def _slot(campaign: Campaign, starts_at: datetime | None, ends_at: datetime | None, capacity: int) -> Slot:
    return Slot(
        id=new_id(), version=1, campaign_id=campaign.id, starts_at=starts_at, ends_at=ends_at, place="",
        capacity=capacity, taken=0,
    )  # fmt: skip


def _quiz(quiz: PackQuiz) -> QuizWrite:
    return QuizWrite(
        seconds=quiz.seconds_per_question,
        asked=quiz.asked,
        pass_mark=quiz.pass_mark,
        attempts=quiz.attempts,
        shuffled=True,
        questions=[_question(one) for one in quiz.questions],
    )


def _question(one: PackQuestion) -> QuestionWrite:
    options = [option.zh for option in one.options]
    kind: Kind = "multiple" if one.answers is not None else "single"
    if tuple(options) == TRUE_FALSE:
        kind = "true_false"
    return QuestionWrite(
        kind=kind,
        words=one.text.zh,
        options=[] if kind == "true_false" else options,
        right_options=list(one.right),
        seconds=None,
        explanation=one.explanation.zh if one.explanation else "",
    )
