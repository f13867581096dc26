"""Use cases of writing a quiz: only while its campaign is a draft, so that all are asked the same."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.audit import record
from common.auth import Actor
from common.errors import NotFound
from common.http.edits import check_version
from common.ids import new_id

from ..campaigns.errors import CampaignFixed
from ..campaigns.models import Campaign
from ..campaigns.repository import CampaignRepository
from .errors import QuizInvalid
from .models import Question, Quiz
from .repository import QuizRepository
from .rules import TRUE_FALSE, Fault, question_faults, quiz_faults
from .schemas import QuestionWrite, QuizRead, QuizWrite


async def write_quiz(
    session: AsyncSession, *, actor: Actor, campaign_id: UUID, body: QuizWrite, version: int
) -> Campaign:
    """Set a campaign's quiz as a whole; QuizInvalid names every fault."""
    campaign = await _draft(session, actor, campaign_id, version)
    await put_quiz(session, campaign, body)
    await record(
        session, actor_id=actor.id, action="campaign.quiz_written", subject=f"campaign:{campaign_id}",
        detail={"questions": len(body.questions)},
    )  # fmt: skip
    campaign.touch()
    return campaign


async def put_quiz(session: AsyncSession, campaign: Campaign, body: QuizWrite) -> None:
    """Replace a campaign's quiz."""
    faults = list(_faults(body))
    if faults:
        raise QuizInvalid(
            errors=[
                {"field": one.field, "code": one.code, "message": one.text.in_language()} for one in faults
            ]
        )
    repository = QuizRepository(session, campaign.tenant_id)
    await repository.clear(campaign.id)
    repository.add(
        Quiz(
            id=new_id(), version=1, campaign_id=campaign.id, seconds=body.seconds,
            asked=body.asked or len(body.questions), pass_mark=body.pass_mark, attempts=body.attempts,
            shuffled=body.shuffled,
        )
    )  # fmt: skip
    repository.add_all(
        [_question(one, campaign.id, place) for place, one in enumerate(body.questions, start=1)]
    )


def _question(one: QuestionWrite, campaign_id: UUID, position: int) -> Question:
    return Question(
        id=new_id(),
        campaign_id=campaign_id,
        position=position,
        kind=one.kind,
        words=one.words,
        options=_options(one),
        right_options=sorted(set(one.right_options)),
        seconds=one.seconds,
        explanation=one.explanation,
    )


def _options(one: QuestionWrite) -> list[str]:
    return list(TRUE_FALSE) if one.kind == "true_false" else one.options


def _faults(body: QuizWrite) -> Sequence[Fault]:
    found = [
        *quiz_faults(
            questions=len(body.questions),
            asked=body.asked or len(body.questions),
            pass_mark=body.pass_mark,
        )
    ]
    for place, one in enumerate(body.questions):
        found += question_faults(one.kind, _options(one), one.right_options, field=f"questions.{place}")
    return found


async def remove_quiz(session: AsyncSession, *, actor: Actor, campaign_id: UUID, version: int) -> None:
    """Let a draft ask nothing."""
    campaign = await _draft(session, actor, campaign_id, version)
    await QuizRepository(session, actor.tenant_id).clear(campaign_id)
    campaign.touch()


async def read_quiz(session: AsyncSession, *, actor: Actor, campaign_id: UUID) -> QuizRead:
    """Return a quiz with its right answers, for staff."""
    campaign = await CampaignRepository(session, actor.tenant_id).managed(actor, campaign_id)
    repository = QuizRepository(session, actor.tenant_id)
    quiz = await repository.quiz_of(campaign_id) if campaign else None
    if campaign is None or quiz is None:
        raise NotFound
    questions = [
        QuestionWrite(
            kind=one.kind, words=one.words, options=one.options, right_options=one.right_options,
            seconds=one.seconds, explanation=one.explanation,
        )
        for one in await repository.questions_of(campaign_id)
    ]  # fmt: skip
    return QuizRead(
        version=campaign.version, seconds=quiz.seconds, asked=quiz.asked, pass_mark=quiz.pass_mark,
        attempts=quiz.attempts, shuffled=quiz.shuffled, questions=questions,
    )  # fmt: skip


async def _draft(session: AsyncSession, actor: Actor, campaign_id: UUID, version: int) -> Campaign:
    campaign = await CampaignRepository(session, actor.tenant_id).managed(actor, campaign_id, lock=True)
    if campaign is None:
        raise NotFound
    check_version(campaign, version)
    if campaign.state != "draft":
        raise CampaignFixed
    return campaign
