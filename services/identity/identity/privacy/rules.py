"""When a person's data may go, and when it must. Pure."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

from common.contracts.erasure import ERASURE_DONE

SERVICES = frozenset(ERASURE_DONE)
"""Services that acknowledge an erasure; when all have it is done."""
DECIDED = frozenset({"paid", "rejected", "withdrawn", "closed", "cancelled"})
"""States of a claim after which nothing more happens to it."""


class Held(NamedTuple):
    """What still needs a person's data: the last day of each policy, the state of each claim, payout and refund."""

    last_days: Sequence[date]
    claims: Sequence[str]
    payouts: Sequence[str]
    refunds: Sequence[str] = ()


def reasons_to_keep(held: Held, *, today: date) -> list[str]:
    """Return why the data can't go yet: covered, claim_open, payout_open, refund_open; empty if it can."""
    reasons = []
    if any(day >= today for day in held.last_days):
        reasons.append("covered")
    if any(state not in DECIDED for state in held.claims) and not _all_paid(held):
        reasons.append("claim_open")
    if any(state != "paid" for state in held.payouts):
        reasons.append("payout_open")
    if any(state != "paid" for state in held.refunds):
        reasons.append("refund_open")
    return reasons


def _all_paid(held: Held) -> bool:
    """Whether every undecided state is an approval whose money has gone out."""
    open_states = [state for state in held.claims if state not in DECIDED]
    paid = sum(state == "paid" for state in held.payouts)
    return all(state == "approved" for state in open_states) and paid >= len(open_states)


def is_done(acknowledged: Iterable[str]) -> bool:
    """Whether every service has acknowledged an erasure."""
    return set(acknowledged) >= SERVICES


def left_by(today: date, *, years: int) -> date:
    """Return the day before which somebody must have left for their data to be kept no longer."""
    try:
        return today.replace(year=today.year - years)
    except ValueError:
        return date(today.year - years, 2, 28)


def look_again_seconds(waited: float) -> float:
    """Return in how many seconds an export looks again for parts that are missing: soon at first, then seldom."""
    return min(max(waited / 10, 0.5), 60.0)
