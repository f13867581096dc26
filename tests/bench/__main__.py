"""`python -m tests.bench`: measures beside a baseline in the same run and writes build/bench.json.

Names of groups as arguments run only those. Each group has a deadline; one that can't run says why.
"""

import asyncio
import json
import sys
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from pathlib import Path

from . import activities, admissions, claims, events, messages, platform, recognition, records, rosters, web
from .entry import Entry

OUT = Path("build/bench.json")
Group = Callable[[], AsyncGenerator[Entry, None]]
GROUPS: dict[str, tuple[Group, tuple[tuple[str, str], ...], float]] = {
    "events": (events.measure, events.NAMES, 300.0),
    "rosters": (rosters.measure, rosters.NAMES, 400.0),
    "claims": (claims.measure, claims.NAMES, 150.0),
    "activities": (activities.measure, activities.NAMES, 240.0),
    "records": (records.measure, records.NAMES, 600.0),
    "messages": (messages.measure, messages.NAMES, 600.0),
    "admissions": (admissions.measure, admissions.NAMES, 180.0),
    "recognition": (recognition.measure, recognition.NAMES, recognition.deadline()),
    "platform": (platform.measure, platform.NAMES, 420.0),
    "web": (web.measure, web.NAMES, 420.0),
}


def show(entry: Entry) -> None:
    shown = entry.as_object()
    beside = f"  baseline {shown['baseline']}, ratio {shown['ratio']}" if entry.baseline else ""
    print(f"  {entry.name:<24} {shown['value']} {entry.unit}{beside}  {entry.note}".rstrip(), flush=True)


async def run(name: str) -> list[Entry]:
    """Run one group; whatever keeps it from measuring something is said in that entry."""
    measure, names, deadline = GROUPS[name]
    print(f"{name} …", flush=True)
    started = time.monotonic()
    found: list[Entry] = []
    why = ""
    try:
        async with asyncio.timeout(deadline), aclosing(measure()) as entries:
            async for entry in entries:
                found.append(entry)
                show(entry)
    except TimeoutError:
        why = f"not done within {deadline:.0f} s"
    except Exception as error:
        why = f"could not run: {type(error).__name__}: {error}"[:400]
    measured = {entry.name for entry in found}
    for missing in (Entry(name, None, unit, note=why) for name, unit in names if name not in measured):
        found.append(missing)
        show(missing)
    print(f"  ({time.monotonic() - started:.0f} s)", flush=True)
    return found


async def main() -> None:
    chosen = sys.argv[1:] or list(GROUPS)
    entries = [entry for name in chosen for entry in await run(name)]
    OUT.parent.mkdir(exist_ok=True)
    OUT.write_text(json.dumps([entry.as_object() for entry in entries], ensure_ascii=False, indent=1) + "\n")
    print(f"{OUT}: {len(entries)} entries")


if __name__ == "__main__":
    asyncio.run(main())
