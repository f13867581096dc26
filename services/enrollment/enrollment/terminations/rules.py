"""Pure rules of terminations: the last day of cover, and what comes back."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from common.contracts.pack import Product
from common.contracts.pack.money import Rounding
from common.text import Text

from ..refunds.rules import ZERO, Refund, refund_of

PAID_BY_UNION = Text("由工会出资，不退费", "the union paid, so nothing comes back")


@dataclass(frozen=True, slots=True)
class Cover:
    """A policy as the rules see it."""

    contribution: Decimal
    starts_on: date
    ends_on: date
    benefit_paid: bool = False


def last_day_of(wanted: date | None, *, today: date) -> date | None:
    """Return the last day of cover of a request that is submitted today; None if the day asked for has passed."""
    if wanted is None:
        return today
    return wanted if wanted >= today else None


def last_day_at_approval(fixed: date, *, today: date) -> date:
    """Return the last day of cover of a request that is approved today.

    Never a day that is over: until the approval the person was covered, and what happened meanwhile is paid for.
    """
    return max(fixed, today)


def refund_for(cover: Cover, product: Product, rounding: Rounding, *, last_day: date) -> Refund:
    """Return what comes back when a policy ends with `last_day`, and how it came about."""
    if product.contribution.payer == "union":
        return Refund(ZERO, PAID_BY_UNION)
    return refund_of(
        contribution=cover.contribution,
        starts_on=cover.starts_on,
        ends_on=cover.ends_on,
        ended_on=last_day,
        rule=product.refund,
        rounding=rounding,
        benefit_paid=cover.benefit_paid,
    )
