"""Activities 会员活动 that ship with a pack: quizzes, bookings, electronic codes (row E.04)."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, model_validator

from .base import Code, Count, LocalProse, LocalText, Part, broken


class Question(Part):
    """A question with its options; `answer` is the place of the right one, counted from 0."""

    text: LocalText
    options: Annotated[tuple[LocalText, ...], Field(min_length=2, max_length=8)]
    answer: Annotated[int, Field(ge=0)]

    @model_validator(mode="after")
    def _answer_exists(self) -> "Question":
        if self.answer >= len(self.options):
            raise broken("answer 超出选项个数", "answer is beyond the options")
        return self


class Quiz(Part):
    """A quiz: seconds for each question, after which what was chosen counts; `pass_mark` right answers pass."""

    seconds_per_question: Annotated[int, Field(ge=5, le=600)]
    pass_mark: Annotated[int, Field(ge=1)]
    questions: Annotated[tuple[Question, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _passable(self) -> "Quiz":
        if self.pass_mark > len(self.questions):
            raise broken("pass_mark 大于题目数", "pass_mark is greater than the number of questions")
        return self


class Campaign(Part):
    """An activity. `reward`: an electronic code from a stock, or something booked first and collected by scanning."""

    code: Code
    title: LocalText
    body: LocalProse
    opens_on: date
    closes_on: date
    reward: Literal["code", "collect"]
    stock: Count
    place: LocalText | None = None
    quiz: Quiz | None = None

    @model_validator(mode="after")
    def _coherent(self) -> "Campaign":
        if self.closes_on < self.opens_on:
            raise broken("closes_on 早于 opens_on", "closes_on is before opens_on")
        if self.reward == "collect" and self.place is None:
            raise broken("领取类活动必须写 place", "something to collect needs a place")
        return self
