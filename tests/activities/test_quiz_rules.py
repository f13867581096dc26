"""Properties of a quiz: drawing by seed, time, right and wrong, and a stateful walk through an attempt."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from activities.quizzes.errors import QuizAlreadyAnswered, QuizFinishedAlready, QuizOtherPage, QuizTooLate
from activities.quizzes.models import Attempt, Question
from activities.quizzes.rules import (
    GRACE,
    Posed,
    deadline,
    draw,
    is_choice,
    is_over,
    is_right,
    may_reveal,
    outcome,
    question_faults,
    quiz_faults,
)

NOW = datetime(2026, 11, 1, 8, tzinfo=UTC)
kinds = st.sampled_from(["single", "multiple", "true_false"])
posed = st.lists(
    st.builds(Posed, id=st.uuids(), kind=kinds, options=st.integers(2, 8)),
    min_size=1,
    max_size=12,
    unique_by=lambda one: one.id,
)
seeds = st.integers(0, 2**62)


@given(posed, st.data(), seeds, st.booleans())
def test_what_is_drawn_is_drawn_once_with_all_its_options(
    stock: list[Posed], data: st.DataObject, seed: int, shuffled: bool
) -> None:
    asked = data.draw(st.integers(1, len(stock)))
    drawn = draw(stock, asked=asked, seed=seed, shuffled=shuffled)
    by_id = {one.id: one for one in stock}
    assert len(drawn) == asked == len({one.question for one in drawn})
    assert all(sorted(one.order) == list(range(by_id[one.question].options)) for one in drawn)
    assert drawn == draw(stock, asked=asked, seed=seed, shuffled=shuffled)
    if shuffled:
        assert drawn == draw(stock[::-1], asked=asked, seed=seed, shuffled=True), (
            "the stock's order says nothing"
        )
    else:
        assert [one.question for one in drawn] == [one.id for one in stock[:asked]]


def test_seeds_differ_and_every_question_has_its_chance() -> None:
    stock = [Posed(UUID(int=n), "single", 4) for n in range(10)]
    draws = [draw(stock, asked=3, seed=seed, shuffled=True) for seed in range(300)]
    assert len({tuple(one.question for one in drawn) for drawn in draws}) > 150
    assert {one.question for drawn in draws for one in drawn} == {one.id for one in stock}
    firsts = [drawn[0].question for drawn in draws]
    assert all(10 <= firsts.count(one.id) <= 60 for one in stock)


@given(st.integers(5, 600), st.integers(-5_000, 700_000))
def test_a_question_is_over_after_its_time_and_the_way_to_the_server(seconds: int, after_ms: int) -> None:
    at = NOW + timedelta(milliseconds=after_ms)
    assert is_over(NOW, seconds, at=at) == (after_ms > seconds * 1000 + 2000)
    assert deadline(NOW, seconds) + GRACE == NOW + timedelta(seconds=seconds + 2)


@given(st.permutations(range(5)), st.sets(st.integers(0, 4)), st.sets(st.integers(0, 4)))
def test_right_is_exactly_the_right_options_however_they_are_shown(
    order: list[int], chosen: set[int], right: set[int]
) -> None:
    shown = [order.index(option) for option in chosen]
    assert is_right(shown, order, right) == (chosen == right)


@given(kinds, st.lists(st.integers(-2, 9), max_size=6), st.integers(2, 8))
def test_a_choice_is_within_the_options_and_single_where_one_is_asked(
    kind: Any, chosen: list[int], options: int
) -> None:
    fine = len(set(chosen)) == len(chosen) and all(0 <= one < options for one in chosen)
    assert is_choice(kind, chosen, options=options) == (fine and (kind == "multiple" or len(chosen) < 2))


@given(st.integers(0, 50), st.integers(1, 50))
def test_the_pass_mark_passes(right: int, mark: int) -> None:
    assert outcome(right, pass_mark=mark) == ("passed" if right >= mark else "failed")


@given(st.booleans(), st.integers(-1, 3))
def test_nothing_is_revealed_to_who_may_try_again(passed: bool, left: int) -> None:
    assert may_reveal(passed=passed, attempts_left=left) == (passed or left <= 0)


@pytest.mark.parametrize(
    ("kind", "options", "right", "codes"),
    [
        ("single", ["a", "b"], [0], []),
        ("single", ["a", "b"], [0, 1], ["question.right_one"]),
        ("multiple", ["a", "b", "c"], [0, 2], []),
        ("multiple", ["a", "b"], [1], ["question.right_two"]),
        ("single", ["a"], [0], ["question.options"]),
        ("single", ["a", "a"], [0], ["question.options_same"]),
        ("single", ["a", "b"], [2], ["question.right_range"]),
        ("true_false", ["正确", "错误"], [1], []),
    ],
)
def test_faults_of_a_question(kind: Any, options: list[str], right: list[int], codes: list[str]) -> None:
    assert [fault.code for fault in question_faults(kind, options, right, field="q")] == codes


@given(st.integers(1, 9), st.integers(1, 9), st.integers(1, 9))
def test_faults_of_the_numbers(questions: int, asked: int, mark: int) -> None:
    codes = {fault.code for fault in quiz_faults(questions=questions, asked=asked, pass_mark=mark)}
    assert ("quiz.asked" in codes, "quiz.pass_mark" in codes) == (asked > questions, mark > asked)


QUESTIONS = {
    UUID(int=n): Question(
        id=UUID(int=n), kind="single" if n % 2 else "multiple", options=list("abcd"),
        right_options=[n % 4] if n % 2 else [0, n % 3 + 1], explanation="", words="?",
    )
    for n in range(1, 6)
}  # fmt: skip
SECONDS = 20


class TakingAQuiz(RuleBasedStateMachine):
    """An attempt beside a simple model: a list of (right, late), and what is chosen of the present question."""

    @initialize(mark=st.integers(1, 5))
    def begin(self, mark: int) -> None:
        asked = [{"question": str(i), "order": [2, 0, 3, 1], "seconds": SECONDS} for i in QUESTIONS]
        self.attempt = Attempt(
            asked=asked, answers=[], choice=None, opened_at=None, state="running", pass_mark=mark,
            number=1, sitting=uuid4(), version=1, finished_at=None,
        )  # fmt: skip
        self.at, self.model, self.chosen = NOW, list[tuple[bool, bool]](), list[int]()
        self.old = uuid4()
        self.enter()

    @property
    def question(self) -> Question:
        wanted = self.attempt.present_id or next(iter(QUESTIONS))
        return QUESTIONS[wanted]

    def right(self, chosen: list[int]) -> bool:
        return {[2, 0, 3, 1][one] for one in chosen} == set(self.question.right_options)

    def over(self) -> bool:
        opened = self.attempt.opened_at
        return opened is not None and self.at > opened + timedelta(seconds=SECONDS + 2)

    @rule()
    def enter(self) -> None:
        """A page is opened, anew or again."""
        self.old = self.attempt.sitting
        if self.attempt.state == "running" and self.over():
            self.model.append((self.right(self.chosen), True))
            self.chosen = []
        elif self.attempt.opened_at is None:
            self.chosen = []
        if self.attempt.state == "running":
            self.attempt.enter(self.question, at=self.at)
            self.attempt.open(at=self.at)

    @rule(seconds=st.integers(0, 30))
    def wait(self, seconds: int) -> None:
        self.at += timedelta(seconds=seconds)

    @rule(chosen=st.lists(st.integers(0, 3), max_size=2, unique=True), final=st.booleans())
    def say(self, chosen: list[int], final: bool) -> None:
        """Choose or answer from the page that may."""
        if self.question.kind == "single":
            chosen = chosen[:1]
        do = self.attempt.answer if final else self.attempt.choose
        position = self.attempt.position

        def call() -> None:
            do(self.question, chosen, position=position, sitting=self.attempt.sitting, at=self.at)

        if self.attempt.state != "running":
            with pytest.raises(QuizFinishedAlready):
                call()
        elif self.over():
            with pytest.raises(QuizTooLate):
                call()
        else:
            right = self.right(chosen)
            call()
            if final:
                self.model.append((right, False))
                self.chosen = []
            else:
                self.chosen = chosen

    @precondition(lambda self: self.model)
    @rule(back=st.integers(1, 5))
    def say_again(self, back: int) -> None:
        position = max(0, self.attempt.position - back)
        with pytest.raises(QuizAlreadyAnswered):
            self.attempt.answer(
                self.question, [0], position=position, sitting=self.attempt.sitting, at=self.at
            )

    @precondition(lambda self: self.attempt.state == "running" and self.old != self.attempt.sitting)
    @rule()
    def say_from_the_old_page(self) -> None:
        with pytest.raises(QuizOtherPage):
            self.attempt.answer(
                self.question, [0], position=self.attempt.position, sitting=self.old, at=self.at
            )

    @invariant()
    def the_attempt_is_what_was_answered(self) -> None:
        if not hasattr(self, "model"):
            return
        assert [(one["right"], one["late"]) for one in self.attempt.answers] == self.model
        done = len(self.model) == len(QUESTIONS)
        assert (self.attempt.state != "running") == done == (self.attempt.finished_at is not None)
        if done:
            passed = sum(right for right, _ in self.model) >= self.attempt.pass_mark
            assert self.attempt.state == ("passed" if passed else "failed")


TestTakingAQuiz = TakingAQuiz.TestCase
