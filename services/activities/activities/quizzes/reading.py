"""Attempts as they are shown: options in their drawn order; right answers only when nothing can be gained by them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from .models import Attempt, Question
from .rules import deadline, may_reveal
from .schemas import AttemptRead, QuestionShown, Reviewed


def read_attempt(
    attempt: Attempt,
    questions: Mapping[UUID, Question],
    *,
    attempts_left: int,
    sitting: UUID | None,
    at: datetime,
) -> AttemptRead:
    """Return an attempt as its person sees it."""
    finished = attempt.state != "running"
    mine = not finished and sitting is not None and sitting == attempt.sitting
    left = 0 if attempt.state == "passed" else attempts_left
    return AttemptRead(
        id=attempt.id,
        campaign_id=attempt.campaign_id,
        number=attempt.number,
        state=attempt.state,
        questions=len(attempt.asked),
        answered=len(attempt.answers),
        pass_mark=attempt.pass_mark,
        right=attempt.right if finished else None,
        attempts_left=left,
        sitting=sitting if mine else None,
        present=_shown(attempt, questions, at) if mine else None,
        review=_review(attempt, questions, left) if finished else None,
        server_time=at,
    )


def _shown(attempt: Attempt, questions: Mapping[UUID, Question], at: datetime) -> QuestionShown | None:
    present, opened_at = attempt.present, attempt.opened_at
    if present is None or opened_at is None:
        return None
    question = questions[UUID(present["question"])]
    until = deadline(opened_at, present["seconds"])
    return QuestionShown(
        position=attempt.position,
        kind=question.kind,
        words=question.words,
        options=_options(question, present),
        seconds=present["seconds"],
        opened_at=opened_at,
        deadline=until,
        seconds_left=max(0.0, round((until - at).total_seconds(), 3)),
        chosen=attempt.choice or [],
    )


def _options(question: Question, asked: Mapping[str, Any]) -> list[str]:
    return [question.options[place] for place in asked["order"]]


def _review(attempt: Attempt, questions: Mapping[UUID, Question], attempts_left: int) -> list[Reviewed]:
    reveal = may_reveal(passed=attempt.state == "passed", attempts_left=attempts_left)
    shown = []
    for asked, answer in zip(attempt.asked, attempt.answers, strict=True):
        question, order = questions[UUID(asked["question"])], asked["order"]
        shown.append(
            Reviewed(
                words=question.words,
                options=_options(question, asked),
                chosen=[order.index(option) for option in answer["chosen"]],
                right=answer["right"],
                late=answer["late"],
                right_options=sorted(order.index(n) for n in question.right_options) if reveal else None,
                explanation=question.explanation if reveal else None,
            )
        )
    return shown
