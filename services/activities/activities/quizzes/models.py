"""A quiz, its questions, and an attempt with its states."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import BigInteger
from sqlalchemy.orm import Mapped, mapped_column

from common.db import Base, TenantRow, VersionedRow

from .errors import (
    QuizAlreadyAnswered,
    QuizChoiceInvalid,
    QuizFinishedAlready,
    QuizNotAskedYet,
    QuizOtherPage,
    QuizTooLate,
)
from .rules import Kind, is_choice, is_over, is_right, outcome


class Quiz(VersionedRow, Base):
    """答题: how many of its questions are asked, seconds for each, right answers to pass, attempts of a person."""

    __tablename__ = "quiz"
    campaign_id: Mapped[UUID]
    seconds: Mapped[int]
    asked: Mapped[int]
    pass_mark: Mapped[int]
    attempts: Mapped[int]
    shuffled: Mapped[bool]


class Question(TenantRow, Base):
    """题目: options in the order they were written, the places of the right ones, an explanation for afterwards."""

    __tablename__ = "question"
    campaign_id: Mapped[UUID]
    position: Mapped[int]
    kind: Mapped[str]
    words: Mapped[str]
    options: Mapped[list[str]]
    right_options: Mapped[list[Any]]
    seconds: Mapped[int | None]
    explanation: Mapped[str]


class Attempt(VersionedRow, Base):
    """A person's attempt. Questions stand in `asked` as they were drawn; `answers` grow by one for each.

    `opened_at`: when the server showed the present question; None until somebody looks at it. `sitting`: the page
    that may answer; entering anew begins another one. `choice`: what is chosen so far, for when the time runs out.
    """

    __tablename__ = "attempt"
    campaign_id: Mapped[UUID]
    person_id: Mapped[UUID]
    unit_id: Mapped[UUID | None]
    number: Mapped[int]
    seed: Mapped[int] = mapped_column(BigInteger)
    sitting: Mapped[UUID]
    pass_mark: Mapped[int]
    asked: Mapped[list[dict[str, Any]]]
    answers: Mapped[list[dict[str, Any]]]
    choice: Mapped[list[Any] | None]
    opened_at: Mapped[datetime | None]
    state: Mapped[str]
    finished_at: Mapped[datetime | None]

    @property
    def position(self) -> int:
        """The place of the present question, from 0."""
        return len(self.answers)

    @property
    def present(self) -> dict[str, Any] | None:
        """The present question as it was drawn: {"question", "order", "seconds"}; None at the end."""
        return self.asked[self.position] if self.position < len(self.asked) else None

    @property
    def present_id(self) -> UUID | None:
        """The id of the present question."""
        return UUID(self.present["question"]) if self.present else None

    @property
    def right(self) -> int:
        """How many answers were right."""
        return sum(1 for answer in self.answers if answer["right"])

    def enter(self, question: Question | None, *, at: datetime) -> None:
        """Come to it, for the first time or again: earlier pages may no longer answer; a question opens if none is."""
        self.sitting = uuid4()
        self.settle(question, at=at)
        self.touch()

    def settle(self, question: Question | None, *, at: datetime) -> bool:
        """Submit the present question by itself if its time is over; True if it was."""
        if self.state != "running" or self.opened_at is None or question is None or self.present is None:
            return False
        if not is_over(self.opened_at, self.present["seconds"], at=at):
            return False
        self._take(question, self.choice or [], at=at, late=True)
        return True

    def open(self, *, at: datetime) -> None:
        """Show the present question: its time begins."""
        if self.present is not None and self.opened_at is None:
            self.opened_at, self.choice = at, None

    def choose(
        self, question: Question, chosen: Sequence[int], *, position: int, sitting: UUID, at: datetime
    ) -> None:
        """Note what is chosen so far."""
        self._check(question, chosen, position=position, sitting=sitting, at=at)
        self.choice = list(chosen)
        self.touch()

    def answer(
        self, question: Question, chosen: Sequence[int], *, position: int, sitting: UUID, at: datetime
    ) -> None:
        """Submit the present question and open the next; after the last one the attempt is over."""
        self._check(question, chosen, position=position, sitting=sitting, at=at)
        self._take(question, chosen, at=at, late=False)
        self.open(at=at)

    def _check(
        self, question: Question, chosen: Sequence[int], *, position: int, sitting: UUID, at: datetime
    ) -> None:
        if position < self.position:
            raise QuizAlreadyAnswered(number=position + 1)
        if self.state != "running" or self.present is None:
            raise QuizFinishedAlready
        if sitting != self.sitting:
            raise QuizOtherPage
        if position > self.position or self.opened_at is None:
            raise QuizNotAskedYet(number=position + 1)
        if is_over(self.opened_at, self.present["seconds"], at=at):
            raise QuizTooLate(number=position + 1, seconds=self.present["seconds"])
        kind: Kind = question.kind  # type: ignore[assignment]
        if not is_choice(kind, chosen, options=len(question.options)):
            raise QuizChoiceInvalid

    def _take(self, question: Question, chosen: Sequence[int], *, at: datetime, late: bool) -> None:
        present = self.asked[self.position]
        entry = {
            "chosen": [present["order"][place] for place in chosen],
            "right": is_right(chosen, present["order"], question.right_options),
            "late": late,
            "opened_at": self.opened_at.isoformat() if self.opened_at else None,
            "answered_at": at.isoformat(),
        }
        self.answers = [*self.answers, entry]
        self.opened_at, self.choice = None, None
        if self.present is None:
            self.state, self.finished_at = outcome(self.right, pass_mark=self.pass_mark), at
        self.touch()
