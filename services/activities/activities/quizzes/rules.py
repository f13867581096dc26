"""Pure rules of a quiz: what is wrong with one, drawing and order by seed, time, right and wrong, pass and fail.

Source of the time rule: the member manual, "each question that takes longer is submitted by itself, can no longer be
changed, and counts as wrong if nothing was chosen".
"""

import hashlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from common.text import Text

Kind = Literal["single", "multiple", "true_false"]
GRACE = timedelta(seconds=2)
"""An answer that the app sent when the time ran out may arrive so much later."""
TRUE_FALSE = ("正确", "错误")
_ONE = Text("单选和判断题必须有且只有一个正确答案。", "Exactly one option is right.")
_TWO = Text("多选题至少有两个正确答案。", "At least two options are right.")
_RANGE = Text("正确答案超出选项个数。", "A right answer is beyond the options.")
_SAME = Text("选项重复。", "Two options are the same.")
_FEW = Text("至少要有两个选项。", "There are at least two options.")
_ASKED = Text("抽取的题数不能多于题目数。", "No more can be asked than there are questions.")
_PASS = Text("通过所需的题数不能多于抽取的题数。", "The pass mark is above the number asked.")


@dataclass(frozen=True)
class Fault:
    """What is wrong with a quiz, and where."""

    field: str
    code: str
    text: Text


@dataclass(frozen=True)
class Posed:
    """A question of the stock, as drawing needs it."""

    id: UUID
    kind: Kind
    options: int


@dataclass(frozen=True)
class Asked:
    """A question of an attempt: `order[n]` is the option that is shown at place n."""

    question: UUID
    order: tuple[int, ...]


def question_faults(
    kind: Kind, options: Sequence[str], right: Collection[int], *, field: str
) -> Iterable[Fault]:
    """Yield what is wrong with a question."""
    if len(options) < 2:
        yield Fault(f"{field}.options", "question.options", _FEW)
    if len(set(options)) < len(options):
        yield Fault(f"{field}.options", "question.options_same", _SAME)
    if any(not 0 <= place < len(options) for place in right):
        yield Fault(f"{field}.right_options", "question.right_range", _RANGE)
    if kind == "multiple" and len(set(right)) < 2:
        yield Fault(f"{field}.right_options", "question.right_two", _TWO)
    if kind != "multiple" and len(set(right)) != 1:
        yield Fault(f"{field}.right_options", "question.right_one", _ONE)


def quiz_faults(*, questions: int, asked: int, pass_mark: int) -> Iterable[Fault]:
    """Yield what is wrong with the numbers of a quiz."""
    if asked > questions:
        yield Fault("asked", "quiz.asked", _ASKED)
    if pass_mark > asked:
        yield Fault("pass_mark", "quiz.pass_mark", _PASS)


def draw(posed: Sequence[Posed], *, asked: int, seed: int, shuffled: bool) -> list[Asked]:
    """Draw questions and the order of their options: the same for the same seed, another for another.

    Without shuffling the first questions are asked in their own order. True and false stay in their order.
    """
    if not shuffled:
        return [Asked(one.id, tuple(range(one.options))) for one in posed[:asked]]
    chosen = sorted(posed, key=lambda one: _lot(seed, one.id.bytes))[:asked]
    return [Asked(one.id, _order(one, seed)) for one in chosen]


def _order(one: Posed, seed: int) -> tuple[int, ...]:
    places = range(one.options)
    if one.kind == "true_false":
        return tuple(places)
    return tuple(sorted(places, key=lambda place: _lot(seed, one.id.bytes, place)))


def _lot(seed: int, of: bytes, place: int = -1) -> bytes:
    return hashlib.sha256(b"%d:%b:%d" % (seed, of, place)).digest()


def deadline(opened_at: datetime, seconds: int) -> datetime:
    """Return when a question's time is over, as people are told it."""
    return opened_at + timedelta(seconds=seconds)


def is_over(opened_at: datetime, seconds: int, *, at: datetime) -> bool:
    """Whether an answer that arrives now is too late; the way from the phone to the server is allowed for."""
    return at > deadline(opened_at, seconds) + GRACE


def is_choice(kind: Kind, chosen: Sequence[int], *, options: int) -> bool:
    """Whether a choice is one that the question allows; nothing chosen is a choice."""
    if len(set(chosen)) < len(chosen) or any(not 0 <= place < options for place in chosen):
        return False
    return kind == "multiple" or len(chosen) <= 1


def is_right(chosen: Collection[int], order: Sequence[int], right: Collection[int]) -> bool:
    """Whether the places that were chosen, as shown, are exactly the right options."""
    return {order[place] for place in chosen} == set(right)


def outcome(right: int, *, pass_mark: int) -> Literal["passed", "failed"]:
    """Return how an attempt ends."""
    return "passed" if right >= pass_mark else "failed"


def may_reveal(*, passed: bool, attempts_left: int) -> bool:
    """Whether right answers may be shown: not while the person may still try again."""
    return passed or attempts_left <= 0
