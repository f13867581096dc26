"""Use cases of taking a quiz: enter, choose, answer, look at the result."""

import secrets
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.auth import Actor
from common.clock import now
from common.contracts.activities import QuizFinished
from common.crypto import TenantKeys
from common.errors import NotFound
from common.events import emit

from ..audience.service import check_audience
from ..campaigns.models import Campaign
from ..campaigns.repository import CampaignRepository
from ..campaigns.rules import Standing
from ..participations.service import person_of, put_state
from .errors import QuizAlreadyPassed, QuizAttemptsUsed, QuizFinishedAlready, QuizMissing, QuizNotPassed
from .models import Attempt, Question, Quiz
from .reading import read_attempt
from .repository import QuizRepository
from .rules import Posed, draw
from .schemas import AnswerWrite, AttemptKey, AttemptRead, ChoiceWrite


async def check_passed(session: AsyncSession, *, campaign_id: UUID, person_id: UUID) -> None:
    """Raise QuizNotPassed unless the campaign has no quiz or the person has passed it."""
    repository = QuizRepository(session, session.info["tenant_id"])
    if await repository.asks(campaign_id, person_id) is False:
        raise QuizNotPassed


async def enter_quiz(
    session: AsyncSession, *, actor: Actor, campaign_id: UUID, keys: TenantKeys
) -> AttemptKey:
    """进入答题: begin an attempt, or go on with the one that runs; earlier pages may no longer answer."""
    person_id = person_of(actor)
    campaign = await CampaignRepository(session, actor.tenant_id).known(campaign_id)
    if campaign is None:
        raise NotFound
    repository = QuizRepository(session, actor.tenant_id)
    quiz = await repository.quiz_of(campaign_id)
    if quiz is None:
        raise QuizMissing
    attempt = await repository.running(campaign_id, person_id)
    if attempt is None:
        campaign.check_open()
        unit_id = await check_audience(session, audience=campaign.rule, person_id=person_id, keys=keys)
        attempt = await _begin(session, quiz, person_id=person_id, unit_id=unit_id)
    elif campaign.standing() is Standing.ENDED:
        campaign.check_open()
    return await _enter(session, campaign, attempt)


async def _begin(session: AsyncSession, quiz: Quiz, *, person_id: UUID, unit_id: UUID | None) -> Attempt:
    repository = QuizRepository(session, quiz.tenant_id)
    campaign_id = quiz.campaign_id
    progress = (await repository.progress(person_id, [campaign_id])).get(campaign_id)
    if progress is not None and progress.passed:
        raise QuizAlreadyPassed
    used = progress.used if progress else 0
    if used >= quiz.attempts:
        raise QuizAttemptsUsed(attempts=quiz.attempts)
    questions = await repository.questions_of(campaign_id)
    posed = [Posed(one.id, one.kind, len(one.options)) for one in questions]  # type: ignore[arg-type]
    seconds = {one.id: one.seconds or quiz.seconds for one in questions}
    seed = secrets.randbits(62)
    drawn = draw(posed, asked=quiz.asked, seed=seed, shuffled=quiz.shuffled)
    asked = [
        {"question": str(one.question), "order": list(one.order), "seconds": seconds[one.question]}
        for one in drawn
    ]
    await repository.begin(
        campaign_id=campaign_id, person_id=person_id, unit_id=unit_id, number=used + 1, seed=seed,
        sitting=UUID(int=secrets.randbits(128)), pass_mark=quiz.pass_mark, asked=asked,
    )  # fmt: skip
    await put_state(
        session, campaign_id=campaign_id, person_id=person_id, unit_id=unit_id, state="taking_part"
    )
    attempt = await repository.running(campaign_id, person_id)
    if attempt is None:  # begun and finished by another request in between
        raise QuizFinishedAlready
    return attempt


async def _enter(session: AsyncSession, campaign: Campaign, attempt: Attempt) -> AttemptKey:
    attempt.enter(await _present(session, attempt), at=now())
    attempt.open(at=now())
    await _close(session, campaign, attempt)
    return AttemptKey(attempt_id=attempt.id, sitting=attempt.sitting)


async def _present(session: AsyncSession, attempt: Attempt) -> Question | None:
    if attempt.present_id is None:
        return None
    found = await QuizRepository(session, attempt.tenant_id).questions([attempt.present_id])
    return found[attempt.present_id]


async def choose(session: AsyncSession, *, actor: Actor, attempt_id: UUID, body: ChoiceWrite) -> None:
    """暂存所选: what is chosen when the time runs out counts."""
    attempt, question = await _locked(session, actor, attempt_id, body)
    attempt.choose(question, body.chosen, position=body.position, sitting=body.sitting, at=now())


async def answer_question(
    session: AsyncSession, *, actor: Actor, attempt_id: UUID, body: AnswerWrite
) -> AttemptKey:
    """提交一题: settle the present question and open the next; the last one decides."""
    attempt, question = await _locked(session, actor, attempt_id, body)
    attempt.answer(question, body.chosen, position=body.position, sitting=body.sitting, at=now())
    campaigns = await CampaignRepository(session, actor.tenant_id).by_ids([attempt.campaign_id])
    await _close(session, campaigns[attempt.campaign_id], attempt)
    return AttemptKey(attempt_id=attempt.id, sitting=attempt.sitting)


async def _locked(
    session: AsyncSession, actor: Actor, attempt_id: UUID, body: ChoiceWrite
) -> tuple[Attempt, Question]:
    repository = QuizRepository(session, actor.tenant_id)
    attempt = await repository.of_person(attempt_id, person_of(actor), lock=True)
    if attempt is None:
        raise NotFound
    # Of a question that is over any will do: the attempt refuses it before looking.
    wanted = attempt.present_id or UUID(attempt.asked[-1]["question"])
    campaigns = await CampaignRepository(session, actor.tenant_id).by_ids([attempt.campaign_id])
    campaign = campaigns[attempt.campaign_id]
    if attempt.state == "running" and campaign.standing() is Standing.ENDED:
        campaign.check_open()
    return attempt, (await repository.questions([wanted]))[wanted]


async def _close(session: AsyncSession, campaign: Campaign, attempt: Attempt) -> None:
    """Say how an attempt ended, once it has."""
    if attempt.finished_at is None:
        return
    passed = attempt.state == "passed"
    emit(
        session,
        QuizFinished(
            campaign_id=campaign.id, person_id=attempt.person_id, unit_id=attempt.unit_id,
            attempt_id=attempt.id, passed=passed, right=attempt.right, asked=len(attempt.asked),
            finished_at=attempt.finished_at,
        ),
    )  # fmt: skip
    quiz = await QuizRepository(session, attempt.tenant_id).quiz_of(campaign.id)
    last = quiz is None or attempt.number >= quiz.attempts
    states = {True: "received" if campaign.gives == "nothing" else "waiting"}
    state = states.get(passed, "over" if last else "taking_part")
    await put_state(
        session, campaign_id=campaign.id, person_id=attempt.person_id, unit_id=attempt.unit_id,
        state=state,  # type: ignore[arg-type]
    )  # fmt: skip


async def show_attempt(
    session: AsyncSession, *, actor: Actor, attempt_id: UUID, sitting: UUID | None = None
) -> AttemptRead:
    """Return an attempt as its person sees it; the present question only to the page that may answer."""
    repository = QuizRepository(session, actor.tenant_id)
    attempt = await repository.of_person(attempt_id, person_of(actor))
    if attempt is None:
        raise NotFound
    quiz = await repository.quiz_of(attempt.campaign_id)
    questions = await repository.questions(UUID(one["question"]) for one in attempt.asked)
    left = max(0, (quiz.attempts if quiz else 0) - attempt.number)
    return read_attempt(attempt, questions, attempts_left=left, sitting=sitting, at=now())
