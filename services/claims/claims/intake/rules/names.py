"""Whether the name on a paper is the insured person's: sure, doubtful, or another person's."""

from collections.abc import Iterable
from typing import Literal

from common.identifiers import plain_name
from common.text import Text

from .documents import Reading

NOT_THE_PERSONS = Text(
    "{paper}上的姓名与被保障人不一致，请换成被保障人本人的材料；已填内容已保留。",
    "The name on {paper} is not the insured person's. Hand in the person's own; what was filled in is kept.",
)
Verdict = Literal["same", "doubtful", "other"]
SURE = 0.95
STARS = "*＊"


def name_verdict(reading: Reading, insured: Iterable[str]) -> Verdict:
    """Compare a name as read with the names the person is known by.

    A star on the paper stands for any character, but a name of nothing but stars is nobody's. One character apart
    on an unsure reading is doubtful, not another person: recognition takes one character for a similar one, and then
    a reviewer decides.
    """
    read = "".join(plain_name(reading.value).split())
    names = ["".join(plain_name(name).split()) for name in insured]
    if not read.strip(STARS):
        return "doubtful"
    if any(_fits(read, name) for name in names):
        return "same"
    unsure = not reading.verified and reading.confidence < SURE
    return "doubtful" if unsure and any(_one_apart(read, name) for name in names) else "other"


def _fits(read: str, name: str) -> bool:
    return len(read) == len(name) and all(a == b or a in STARS for a, b in zip(read, name, strict=True))


def _one_apart(read: str, name: str) -> bool:
    if len(read) == len(name):
        return sum(a != b for a, b in zip(read, name, strict=True)) == 1
    return abs(len(read) - len(name)) == 1 and (read in name or name in read)
