"""Papers of one stay beside each other: which figures and days differ, and which paper fills the form then. Pure.

A form mixed of two papers that disagree says what neither says (N.04): costs come from one of them, and days.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from .documents import BY_INPUT, RECEIPTS, Document, day_on_paper, normal_number
from .form import money_of

PARTS = ("pooled_paid", "other_paid", "account_paid", "cash_paid")
"""The payments that sum to the total."""
PARTS_ON_PAPER = frozenset(BY_INPUT[name] for name in PARTS)
COSTS_ON_PAPER = PARTS_ON_PAPER | {BY_INPUT[name] for name in ("total_cost", "self_paid", "own_expense")}
DAYS_ON_PAPER = frozenset(BY_INPUT[name] for name in ("admission_date", "discharge_date"))
COMPARED = COSTS_ON_PAPER | DAYS_ON_PAPER | {"住院号"}


@dataclass(frozen=True, slots=True)
class Source:
    """The paper that fills a group of values, and which of them another paper contradicts."""

    document_id: str
    names: frozenset[str]
    """What the paper itself says of the group."""
    contradicted: frozenset[str] = field(default_factory=frozenset)


def comparable(name: str, value: str) -> str:
    """Return a value as papers are compared: costs as amounts, days as dates, numbers without marks."""
    if name in DAYS_ON_PAPER:
        day = day_on_paper(value)
        return day.isoformat() if day else value.strip()
    if name in COSTS_ON_PAPER:
        amount = money_of(value)
        return str(amount) if amount is not None else value.strip()
    return normal_number(value).lstrip("0")


def differing(papers: Sequence[Document]) -> Iterator[tuple[str, list[tuple[Document, str]]]]:
    """Yield what differs among the papers of one stay, each with what every paper says."""
    for name in sorted(COMPARED):
        said = [
            (paper, comparable(name, paper.readings[name].value))
            for paper in papers
            if paper.state == "recognized" and name in paper.readings
        ]
        if len({value for _, value in said}) > 1:
            yield name, said


def sources_of(papers: Sequence[Document]) -> Mapping[frozenset[str], Source]:
    """Return, for costs and for days, the paper that fills them; nothing where the papers contradict in none of them.

    A surely read value that only a doubtful one differs from is not contradicted.
    """
    found: dict[frozenset[str], Source] = {}
    contradicted = frozenset(name for name, said in differing(papers) if _contradicted(name, said))
    for group in (COSTS_ON_PAPER, DAYS_ON_PAPER):
        if contradicted & group:
            best = max(
                (p for p in papers if group & p.readings.keys()), key=lambda paper: _rank(paper, group)
            )
            names = frozenset(group & best.readings.keys())
            found[group] = Source(best.document_id, names, contradicted & group)
    return found


def _contradicted(name: str, said: Sequence[tuple[Document, str]]) -> bool:
    sure = [value for paper, value in said if paper.readings[name].verified]
    return len(set(sure or [value for _, value in said])) > 1


def _rank(paper: Document, group: frozenset[str]) -> tuple[bool, int, bool, float]:
    """First a paper whose own checks passed, with the most confirmed values; then the receipt, or discharge record."""
    read = [paper.readings[name] for name in group & paper.readings.keys()]
    usual = paper.type in RECEIPTS if group == COSTS_ON_PAPER else paper.type == "discharge_record"
    return (
        not paper.failed_checks,
        sum(reading.verified for reading in read),
        usual,
        sum(reading.confidence for reading in read),
    )
