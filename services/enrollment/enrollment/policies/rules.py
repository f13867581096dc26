"""Pure rules of cover: whether a further term may begin, and when; no double cover."""

from datetime import date, timedelta
from typing import NamedTuple

from common.contracts.pack.products import Product

from ..orders.rules import last_day

SERIAL_DIGITS = 6
"""A policy's number is its order's number and its place in the order, with as many digits at least."""


class Term(NamedTuple):
    """First and last day of a term of cover, both included."""

    starts_on: date
    ends_on: date


def renewable_from(covered_until: date, product: Product) -> date | None:
    """Return the day from which cover that runs to `covered_until` may be renewed; None: never before its end."""
    if product.renewal is None:
        return None
    return covered_until - timedelta(days=product.renewal.before_days)


def may_enrol(covered_until: date | None, *, starts_on: date, product: Product) -> bool:
    """Whether a person covered to `covered_until` may take a term that is to begin on `starts_on`.

    Cover that has ended by then is no obstacle; running cover is one, unless its renewal window has opened.
    """
    if covered_until is None or covered_until < starts_on:
        return True
    opens = renewable_from(covered_until, product)
    return opens is not None and opens <= starts_on


def next_term(
    covered_until: date | None, *, starts_on: date, product: Product, ends_on: date | None = None
) -> Term | None:
    """Return the term to issue, or None if the person is covered already.

    A renewal begins on the day after the running term ends, so that two terms never overlap. `ends_on`: the term is
    what is left of a group's cover; a renewal it is never.
    """
    if ends_on is not None:
        free = covered_until is None or covered_until < starts_on
        return Term(starts_on, ends_on) if free and starts_on <= ends_on else None
    if not may_enrol(covered_until, starts_on=starts_on, product=product):
        return None
    first = starts_on if covered_until is None else max(starts_on, covered_until + timedelta(days=1))
    return Term(first, last_day(first, product.term_months))


def covered_until_blocks(*, starts_on: date, product: Product) -> date:
    """Return the earliest `covered_until` that keeps a person from a term beginning on `starts_on`.

    The same decision as `may_enrol`, for use in a query.
    """
    days = product.renewal.before_days + 1 if product.renewal else 0
    return starts_on + timedelta(days=days)


def policy_state(status: str, *, starts_on: date, ends_on: date, ended_on: date | None, today: date) -> str:
    """Return how a policy stands on a day: not_started, in_force, expired or terminated.

    Cover that was ended for a day to come (`ended_on`, its last) is in force until then.
    """
    last = ends_on if status != "terminated" or ended_on is None else ended_on
    if status == "terminated" and (today > last or last < starts_on):
        return status
    if today < starts_on:
        return "not_started"
    return "in_force" if today <= last else "expired"
