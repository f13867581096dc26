"""One round for each part and way: steady load, the part away, and how long until every kind of call works again."""

import asyncio
import time
from dataclasses import asdict, dataclass

from tests.stack.running import Stack

from .faults import PARTS, cut_off, kill
from .load import Load

QUIET_SECONDS = 5.0
RECOVERED_SECONDS = 300.0
KINDS = frozenset(
    {"read enrollment", "read claims", "read notify", "upload", "draft", "submit", "effect", "order"}
)
"""Every one must have been answered by an attempt that began after the part was back."""


@dataclass(frozen=True)
class Round:
    """What one part's absence did."""

    part: str
    way: str
    away_s: float
    """From the fault to the part's return (killed: to the new process; it may not be ready yet)."""
    answered: int
    """Calls answered while it was away."""
    again: int
    """Attempts that had to be sent again, until everything worked."""
    longest_s: float
    """The longest time that anybody waited for an answer."""
    recovered_s: float
    """From the part's return (killed: from the kill) until every kind of call had been answered."""


def recovered(load: Load, since: float) -> float | None:
    """Return when every kind of call had been answered by an attempt begun after `since`."""
    first: dict[str, float] = {}
    for call in load.calls:
        if call.begun >= since and (call.kind != "effect" or call.asked >= since):
            first[call.kind] = min(first.get(call.kind, call.ended), call.ended)
    return max(first[kind] for kind in KINDS) - since if first.keys() >= KINDS else None


async def one_round(
    stack: Stack, load: Load, *, part: str, way: str, seconds: float, quiet: float = QUIET_SECONDS
) -> Round:
    """Take the part away, after so many quiet seconds, and wait until everything works again."""
    await load.town.renew(older_than=120.0)
    await asyncio.sleep(quiet)
    began = time.monotonic()
    if way == "killed":
        await kill(stack, part)
        since, back = began, time.monotonic()
    else:
        async with cut_off(stack, part):
            await asyncio.sleep(seconds)
        since = back = time.monotonic()
    end = time.monotonic() + RECOVERED_SECONDS
    while (took := recovered(load, since)) is None:
        seen = {call.kind for call in load.calls if call.begun >= since}
        assert time.monotonic() < end, (
            f"{part} {way}: not again {sorted(KINDS - seen)}; {load.history.refused[:5]}"
        )
        assert not load.history.refused, load.history.refused[:5]
        await asyncio.sleep(0.2)
    window = [call for call in load.calls if call.ended >= began]
    return Round(
        part,
        way,
        away_s=back - began,
        answered=sum(began <= call.ended <= back for call in load.calls),
        again=sum(call.attempts - 1 for call in window),
        longest_s=max(call.ended - call.asked for call in window),
        recovered_s=took,
    )


def table(rounds: list[Round]) -> str:
    """The rounds as a table of Markdown."""
    lines = [
        "| part | how | away | answered meanwhile | sent again | longest wait | all works again after |",
        "|---|---|---|---|---|---|---|",
    ]
    for r in rounds:
        lines.append(
            f"| {PARTS[r.part]} ({r.part}) | {r.way} | {r.away_s:.1f} s | {r.answered} | {r.again} "
            f"| {r.longest_s:.1f} s | {r.recovered_s:.1f} s |"
        )
    return "\n".join(lines)


def as_objects(rounds: list[Round]) -> list[dict[str, object]]:
    """For build/chaos.json."""
    return [{k: round(v, 2) if isinstance(v, float) else v for k, v in asdict(r).items()} for r in rounds]
