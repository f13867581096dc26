"""Activities 会员活动 that ship with a pack: quizzes, bookings, electronic codes (row E.04)."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from .base import Code, Count, LocalProse, LocalText, Part, broken

Hour = Annotated[str, StringConstraints(pattern=r"^(?:[01][0-9]|2[0-3]):[0-5][0-9]$")]


class Question(Part):
    """A question with its options; `answer` is the place of the right one, counted from 0, `answers` of several."""

    text: LocalText
    options: Annotated[tuple[LocalText, ...], Field(min_length=2, max_length=8)]
    answer: Annotated[int, Field(ge=0)] | None = None
    answers: Annotated[tuple[int, ...], Field(min_length=2, max_length=8)] | None = None
    explanation: LocalText | None = None

    @model_validator(mode="after")
    def _answer_exists(self) -> "Question":
        if (self.answer is None) == (self.answers is None):
            raise broken("answer 和 answers 须写且只写一个", "write either answer or answers")
        if any(not 0 <= place < len(self.options) for place in self.right):
            raise broken("answer 超出选项个数", "answer is beyond the options")
        if len(set(self.right)) < len(self.right):
            raise broken("answers 有重复", "answers repeats a place")
        return self

    @property
    def right(self) -> tuple[int, ...]:
        """The places of the right options."""
        return self.answers if self.answers is not None else (self.answer or 0,)


class Quiz(Part):
    """A quiz: seconds for each question, after which what was chosen counts; `pass_mark` right answers pass.

    `asked` of the questions are drawn for each attempt, all if it is not there.
    """

    seconds_per_question: Annotated[int, Field(ge=5, le=600)]
    pass_mark: Annotated[int, Field(ge=1)]
    asked: Annotated[int, Field(ge=1)] | None = None
    attempts: Annotated[int, Field(ge=1, le=20)] = 3
    questions: Annotated[tuple[Question, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _passable(self) -> "Quiz":
        asked = self.asked or len(self.questions)
        if asked > len(self.questions):
            raise broken("asked 大于题目数", "asked is greater than the number of questions")
        if self.pass_mark > asked:
            raise broken("pass_mark 大于题目数", "pass_mark is greater than the number of questions")
        return self


class Audience(Part):
    """Who may join; what is left out does not restrict."""

    members_only: bool = False
    branches: tuple[Code, ...] = ()
    age_from: Annotated[int, Field(ge=0, le=120)] | None = None
    age_to: Annotated[int, Field(ge=0, le=120)] | None = None
    sex: Literal["female", "male"] | None = None
    covered_by: tuple[Code, ...] = Field(
        default=(), description="Products; cover by one of them has to be in force."
    )

    @model_validator(mode="after")
    def _ages_in_order(self) -> "Audience":
        if self.age_from is not None and self.age_to is not None and self.age_to < self.age_from:
            raise broken("age_to 小于 age_from", "age_to is below age_from")
        return self


class Sessions(Part):
    """Time slots: each of the times on each of the days, with so many places."""

    days: Annotated[tuple[date, ...], Field(min_length=1, max_length=100)]
    times: Annotated[tuple[tuple[Hour, Hour], ...], Field(min_length=1, max_length=24)]
    capacity: Count

    @model_validator(mode="after")
    def _in_order(self) -> "Sessions":
        if any(end <= begin for begin, end in self.times):
            raise broken("时段的结束须晚于开始", "a time slot ends after it begins")
        return self


class Campaign(Part):
    """An activity. `reward`: an electronic code, something booked first and collected by scanning, or nothing.

    `stock`: codes that the platform makes, or things to be collected; with `sessions` the places come from there.
    """

    code: Code
    title: LocalText
    body: LocalProse
    opens_on: date
    closes_on: date
    valid_until: date | None = None
    reward: Literal["code", "collect", "none"]
    stock: Count | None = None
    place: LocalText | None = None
    audience: Audience | None = None
    sessions: Sessions | None = None
    quiz: Quiz | None = None

    @model_validator(mode="after")
    def _coherent(self) -> "Campaign":
        if self.closes_on < self.opens_on:
            raise broken("closes_on 早于 opens_on", "closes_on is before opens_on")
        if self.valid_until is not None and self.valid_until < self.closes_on:
            raise broken("valid_until 早于 closes_on", "valid_until is before closes_on")
        if self.reward == "collect" and self.place is None:
            raise broken("领取类活动必须写 place", "something to collect needs a place")
        return self

    @model_validator(mode="after")
    def _has_something(self) -> "Campaign":
        if self.reward != "collect" and self.sessions is not None:
            raise broken("只有领取类活动可以写 sessions", "only what is collected has sessions")
        if self.reward == "none":
            if self.quiz is None or self.stock is not None:
                raise broken(
                    "不发放的活动必须有 quiz，且没有 stock", "what gives nothing has a quiz and no stock"
                )
        elif (self.stock is None) == (self.sessions is None):
            raise broken("stock 和 sessions 须写且只写一个", "write either stock or sessions")
        return self
