"""What the clients were told, what the system holds in the end, and whether the two agree. Pure."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

POISONED_KEY = "poisoned"
STAGES = (1, 2)


def is_poisoned(key: str, number: int) -> bool:
    """Whether stage one fails on this event by its own fault."""
    return key == POISONED_KEY and number % 6 in (1, 4)


class Sent(NamedTuple):
    """A request that a client sent, perhaps several times with one idempotency key."""

    tenant: str
    key: str


class Entry(NamedTuple):
    """A row of an accepted request."""

    tenant: str
    key: str
    number: int
    request: str


class Effect(NamedTuple):
    """A row of a handler; the order of a list of effects is the order in which they happened."""

    tenant: str
    stage: int
    key: str
    number: int
    request: str


class DeadEvent(NamedTuple):
    """An event that was given up."""

    tenant: str
    type: str
    key: str
    number: int


@dataclass
class History:
    """What clients saw."""

    sent: dict[str, Sent] = field(default_factory=dict)
    answered: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    refused: list[str] = field(default_factory=list)


@dataclass
class World:
    """What the system holds when everything is up and quiet."""

    entries: Sequence[Entry] = ()
    effects: Sequence[Effect] = ()
    dead: Sequence[DeadEvent] = ()
    outbox: int = 0
    parked: int = 0


def check(history: History, world: World) -> list[str]:
    """Return every disagreement, in words; empty when the system kept all its promises."""
    return [
        *check_answers(history, world),
        *check_tenants(history, world),
        *check_effects(world),
        *check_order(world),
        *check_dead(world),
        *check_rest(history, world),
    ]


def check_answers(history: History, world: World) -> Iterator[str]:
    """Every answered request is there, once, under the number it was told; nothing is there that nobody sent."""
    rows: dict[str, list[Entry]] = defaultdict(list)
    for entry in world.entries:
        rows[entry.request].append(entry)
    for request, numbers in history.answered.items():
        found = sorted(entry.number for entry in rows.get(request, ()))
        if len(set(numbers)) != 1:
            yield f"request {request} was answered differently: {numbers}"
        if len(found) != 1:
            yield f"answered request {request} is there {len(found)} times"
        elif found[0] != numbers[0]:
            yield f"request {request} was told {numbers[0]} and is number {found[0]}"
    for request in rows.keys() - history.sent.keys():
        yield f"nobody sent the entry {rows[request]}"
    for request in history.sent.keys() - history.answered.keys():
        if len(rows.get(request, ())) > 1:
            yield f"unanswered request {request} is there {len(rows[request])} times"


def check_tenants(history: History, world: World) -> Iterator[str]:
    """Every row belongs to the tenant and key of its request."""
    for row in (*world.entries, *world.effects):
        sent = history.sent.get(row.request)
        if sent is not None and sent != (row.tenant, row.key):
            yield f"{row} belongs to {sent}"


def check_effects(world: World) -> Iterator[str]:
    """Every entry took effect exactly once at each stage, the poisoned ones never."""
    happened = Counter((e.stage, e.tenant, e.key, e.number, e.request) for e in world.effects)
    expected = {
        (stage, *entry)
        for stage in STAGES
        for entry in world.entries
        if not is_poisoned(entry.key, entry.number)
    }
    for effect in sorted(expected - happened.keys()):
        yield f"lost effect {effect}"
    for effect in sorted(happened.keys() - expected):
        yield f"effect without cause {effect}"
    for effect, times in sorted(happened.items()):
        if times > 1:
            yield f"effect {effect} happened {times} times"


def check_order(world: World) -> Iterator[str]:
    """Within a stage, tenant and key the numbers only grow; entries of a key are numbered without a gap."""
    last: dict[tuple[int, str, str], int] = {}
    for effect in world.effects:
        place = (effect.stage, effect.tenant, effect.key)
        if effect.number < last.get(place, 0):
            yield f"number {effect.number} after {last[place]} at {place}"
        last[place] = effect.number
    numbers: dict[tuple[str, str], list[int]] = defaultdict(list)
    for entry in world.entries:
        numbers[entry.tenant, entry.key].append(entry.number)
    for key, found in numbers.items():
        if sorted(found) != list(range(1, len(found) + 1)):
            yield f"numbers of {key} have gaps"


def check_dead(world: World) -> Iterator[str]:
    """The dead letters are exactly the poisoned events."""
    expected = Counter(
        DeadEvent(e.tenant, "sample.noted.v1", e.key, e.number)
        for e in world.entries
        if is_poisoned(e.key, e.number)
    )
    found = Counter(world.dead)
    for letter in sorted((found - expected).elements()):
        yield f"dead letter without reason {letter}"
    for letter in sorted((expected - found).elements()):
        yield f"no dead letter for {letter}"


def check_rest(history: History, world: World) -> Iterator[str]:
    """Nothing is under way any more, and no valid request was refused."""
    if world.outbox:
        yield f"{world.outbox} events never left the outbox"
    if world.parked:
        yield f"{world.parked} events are still parked"
    for refusal in history.refused:
        yield f"refused: {refusal}"
