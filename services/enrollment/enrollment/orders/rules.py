"""Pure rules of an order: amounts, dates of cover, order numbers, who may decide."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from math import ceil
from typing import NamedTuple

from common.auth import Eyes
from common.clock import BUSINESS_ZONE
from common.contracts.pack.chains import Chain, Node
from common.contracts.pack.eligibility import Participation
from common.contracts.pack.money import Rounding
from common.contracts.pack.products import Contribution, EffectiveRule

SERIAL_DIGITS = 3
SUBMITTER = "submitter"


def contribution_of(*, shares: int, price: Contribution, rounding: Rounding) -> Decimal:
    """Return the contribution in yuan for one person's shares and one term."""
    return rounding.apply(price.per_share * shares)


def amount_due(people_by_shares: Mapping[int, int], *, price: Contribution, rounding: Rounding) -> Decimal:
    """Return what the payer of an order owes in yuan: the sum of its people's contributions.

    `people_by_shares` says how many people have how many shares. The union's own products cost the payer nothing.
    """
    if price.payer == "union":
        return Decimal("0.00")
    parts = (
        contribution_of(shares=shares, price=price, rounding=rounding) * people
        for shares, people in people_by_shares.items()
    )
    return sum(parts, Decimal("0.00"))


def rest_contribution(
    full: Decimal, *, starts_on: date, group: tuple[date, date], charge: str, rounding: Rounding
) -> Decimal:
    """Return what somebody owes who joins a group's cover in mid-term (row P.01).

    `group`: first and last day of its term. By "months" the month that has begun counts as a whole, by "days" only the
    days that are left; "full" asks for all of it. Never more than the whole contribution.
    """
    first, last = group
    begins = max(starts_on, first)
    if charge == "full" or begins <= first:
        return full
    if begins > last:
        return Decimal("0.00")
    if charge == "days":
        left, total = (last - begins).days + 1, (last - first).days + 1
    else:
        left, total = months_begun(begins, last), months_begun(first, last)
    return min(full, rounding.apply(full * left / total))


def months_begun(first: date, last: date) -> int:
    """Return how many months, the begun ones included, lie from the first to the last day."""
    months = 0
    while months_later(first, months) <= last:
        months += 1
    return months


def people_needed(rule: Participation, employees: int) -> int:
    """Return how many of a unit's employees have to be covered (e.g. 80 % of all; everybody below 100 people)."""
    if employees < rule.everyone_below:
        return employees
    return ceil(rule.share * employees)


def months_later(day: date, months: int) -> date:
    """Return the same day `months` later; where that month has no such day, the first of the next one."""
    years, month = divmod(day.month - 1 + months, 12)
    first = date(day.year + years, month + 1, 1)
    later = first + timedelta(days=day.day - 1)
    return later if later.month == first.month else later.replace(day=1)


def last_day(starts_on: date, months: int) -> date:
    """Return the last day of a term that begins on `starts_on` (both days included)."""
    return months_later(starts_on, months) - timedelta(days=1)


def first_day(rule: EffectiveRule, *, confirmed_on: date, requested: date | None) -> date:
    """Return the day on which cover begins when the payment is confirmed on `confirmed_on`.

    A requested day that has passed by then gives way to the day of confirmation: cover is never backdated.
    """
    if rule.rule == "next_day":
        return confirmed_on + timedelta(days=1)
    if rule.rule == "next_month":
        return (confirmed_on.replace(day=1) + timedelta(days=32)).replace(day=1)
    if rule.rule == "requested" and requested is not None:
        return max(requested, confirmed_on)
    return confirmed_on


def start_allowed(rule: EffectiveRule, *, requested: date | None, today: date) -> bool:
    """Whether an order may ask for cover from `requested` on: only where the product lets it, within its days."""
    if requested is None:
        return True
    return rule.rule == "requested" and today <= requested <= today + timedelta(days=rule.within_days)


def order_prefix(at: datetime) -> str:
    """Return the date and time part of an order number: yyyymmddHHMMSS in Asia/Shanghai."""
    return at.astimezone(BUSINESS_ZONE).strftime("%Y%m%d%H%M%S")


def order_number(prefix: str, serial: int) -> str:
    """Return an order number: date, time and the serial within that second (manual 002: 20221017093911177)."""
    return f"{prefix}{serial:0{SERIAL_DIGITS}d}"


class StepFact(NamedTuple):
    """Who passed which node of a chain."""

    node: str
    eyes: Eyes


def barred(node: Node, *, steps: Iterable[StepFact], submitters: Iterable[Eyes]) -> list[Eyes]:
    """Return whom the four-eyes rule keeps from deciding at a node, by whichever of their accounts.

    `submitters`: whoever brought the matter to this chain (for the payment check also those who approved the order).
    """
    others = [step.eyes for step in steps if step.node in node.four_eyes_with]
    return [*others, *submitters] if SUBMITTER in node.four_eyes_with else others


def first_node(chain: Chain) -> str:
    """Return the code of the node a chain begins with."""
    return chain.nodes[0].code


def next_node(chain: Chain, code: str) -> str | None:
    """Return the code of the node after `code`, or None after the last, which decides."""
    following = chain.after(code)
    return following.code if following else None
