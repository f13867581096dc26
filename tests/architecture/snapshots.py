"""The schemas of all contracts as they were published: kept here, compared by test_evolution.

`make contracts` adds new ones and refuses to overwrite one with something that its consumers could not bear.
"""

import json
import sys
from pathlib import Path

from common.events.asyncapi import load_contracts
from common.events.envelope import Envelope
from common.events.evolution import Schema, breaking_changes, schema_of

SNAPSHOTS = Path(__file__).parent / "schemas"


def present() -> dict[str, Schema]:
    """The schemas of this build by wire name, and that of the envelope."""
    return {"envelope": schema_of(Envelope)} | {
        wire: schema_of(kind) for wire, kind in sorted(load_contracts().items())
    }


def published(folder: Path = SNAPSHOTS) -> dict[str, Schema]:
    return {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.json"))}


def faults(before: dict[str, Schema], after: dict[str, Schema]) -> list[str]:
    """Everything that is not an addition."""
    gone = [f"{wire}: 事件没有了 the event is gone" for wire in before if wire not in after]
    changed = [
        f"{wire}: {change}"
        for wire, schema in before.items()
        if wire in after
        for change in breaking_changes(schema, after[wire])
    ]
    return gone + changed


def update(schemas: dict[str, Schema], folder: Path = SNAPSHOTS) -> list[str]:
    """Write the schemas; if one would break its consumers write nothing and return why."""
    found = faults(published(folder), schemas)
    if not found:
        folder.mkdir(exist_ok=True)
        for wire, schema in schemas.items():
            text = json.dumps(schema, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
            (folder / f"{wire}.json").write_text(text, encoding="utf-8")
    return found


if __name__ == "__main__":
    refused = update(present())
    for line in refused:
        sys.stderr.write(line + "\n")
    if refused:
        sys.stderr.write(
            "请用新的版本号（.v2）声明新事件，保留旧的。 Declare a new version (.v2) beside the old one.\n"
        )
    sys.exit(1 if refused else 0)
