"""What an examination says of one thing, and the runbooks that it names."""

from dataclasses import dataclass

FIRST = "docs/runbooks/README.md"
UNREACHABLE = "docs/runbooks/unreachable.md"
LAG = "docs/runbooks/lag.md"
PROVIDER = "docs/runbooks/provider-down.md"


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at: what is wrong with it, empty where nothing is, and what helps."""

    what: str
    fault: str = ""
    runbook: str = ""
