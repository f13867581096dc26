"""What the clients were told, what they find afterwards, and whether the two agree. Pure."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Told:
    """An answered piece of work of one person: a claim with its papers, or an order with its one person."""

    owner: str
    kind: str
    id: str
    number: str
    papers: Mapping[str, str] = field(default_factory=dict)
    """Documents by id, each with the digest that was answered."""


@dataclass
class History:
    """What the clients sent and were told."""

    told: list[Told] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Found:
    """A claim or an order as its owner finds it."""

    owner: str
    kind: str
    id: str
    number: str | None
    status: str
    people: int = 1


@dataclass
class World:
    """What the platform holds when everything is up and quiet."""

    found: Sequence[Found] = ()
    papers: Mapping[str, str] = field(default_factory=dict)
    """Documents by id, each with the digest of what is read back."""
    messages: Sequence[str] = ()
    """Texts of the messages of submitted claims."""
    outbox: int = 0
    parked: int = 0
    dead: int = 0


def check(history: History, world: World) -> list[str]:
    """Return every disagreement, in words; empty when every promise was kept."""
    return [
        *_work(history, world),
        *_papers(history, world),
        *_messages(history, world),
        *_rest(history, world),
    ]


def _work(history: History, world: World) -> Iterator[str]:
    """All that was answered is there once, under its number; nothing else is there."""
    there = Counter(found.id for found in world.found)
    known = {found.id: found for found in world.found}
    told = {work.id: work for work in history.told}
    for work in history.told:
        found = known.get(work.id)
        if found is None:
            yield f"answered {work.kind} {work.number} is lost"
        elif (found.owner, found.kind, found.number) != (work.owner, work.kind, work.number):
            yield f"answered {work} is {found}"
        elif found.status == "draft":
            yield f"answered {work.kind} {work.number} is a draft again"
        elif found.people != 1:
            yield f"{work.kind} {work.number} has {found.people} people"
    for found in world.found:
        if found.id not in told:
            yield f"nobody was told of {found}"
    yield from (f"{name} is there {times} times" for name, times in there.items() if times > 1)
    numbers = Counter((found.kind, found.number) for found in world.found if found.number)
    yield from (f"number {number} was given {times} times" for number, times in numbers.items() if times > 1)


def _papers(history: History, world: World) -> Iterator[str]:
    """Each paper that was answered is read back as it was; none was stored twice."""
    told = {name: digest for work in history.told for name, digest in work.papers.items()}
    for name, digest in told.items():
        if world.papers.get(name) != digest:
            yield f"paper {name} is {'changed' if name in world.papers else 'lost'}"
    yield from (f"nobody was told of the paper {name}" for name in world.papers.keys() - told.keys())


def _messages(history: History, world: World) -> Iterator[str]:
    """Each submitted claim has told its member once."""
    for work in history.told:
        times = sum(work.number in text for text in world.messages) if work.kind == "claim" else 1
        if times != 1:
            yield f"claim {work.number} was told {times} times"


def _rest(history: History, world: World) -> Iterator[str]:
    """Nothing is under way any more, nothing was given up, no valid request was refused."""
    for what in ("outbox", "parked", "dead"):
        if left := getattr(world, what):
            yield f"{left} events left: {what}"
    yield from (f"refused: {refusal}" for refusal in history.refused)
