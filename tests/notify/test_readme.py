"""The lists of events and jobs in the service's README are those of the code."""

import re
from pathlib import Path

from notify.consumers import SUBSCRIPTIONS
from notify.worker import create_worker

README = Path(__file__).parents[2] / "services" / "notify" / "README.md"


def listed(begin: str, end: str, pattern: str) -> list[str]:
    """Return what the README's part between two marks names."""
    _, _, rest = README.read_text(encoding="utf-8").partition(begin)
    part, found, _ = rest.partition(end)
    assert part and found, f"services/notify/README.md has no part from {begin!r} to {end!r}"
    return re.findall(pattern, part)


def test_the_readme_names_every_event_that_comes_in() -> None:
    names = listed("\nIn: ", "\n\n", r"\b[A-Z][A-Za-z]+\b")
    assert len(names) == len(set(names))
    assert set(names) == {subscription.event.__name__ for subscription in SUBSCRIPTIONS}


def test_the_readme_names_every_job(environment: dict[str, str]) -> None:
    worker = create_worker()
    assert listed("\n## Jobs\n", "\n## ", r"(?m)^- `(\w+)`") == [job.name for job in worker.jobs]
    drained = {job.name for job in worker.jobs if job.drain is not None}
    assert drained == {"send_codes", "send_others", "deliver_webhooks"}, "what sends is waited for at the end"
