"""How much comes back when cover ends early, by the product's rule. Pure."""

from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from common.contracts.pack.money import Rounding
from common.contracts.pack.products import RefundRule
from common.text import Text

from ..orders.rules import months_later

ZERO = Decimal("0.00")
NOTHING_BACK = Text("该项目中途退出不退费", "this product gives nothing back")
AFTER_A_BENEFIT = Text(
    "本保障期内已给付待遇，不退费", "a benefit was paid in this term, so nothing comes back"
)
ALL_BEFORE_START = Text("尚未生效，全额退费", "cover had not begun: all of it comes back")
BEGUN = Text("保障已经开始，不退费", "cover had begun, so nothing comes back")
PART = Text(
    "剩余 {left}/{total} {unit_zh}，{paid} 元 × {left}/{total}",
    "{left}/{total} {unit_en} left of {paid} yuan",
)
FEE = Text("{part}，扣除手续费 {fee} 元", "{part}, less a fee of {fee} yuan")


class Refund(NamedTuple):
    """What comes back in yuan, and how it came about."""

    amount: Decimal
    why: Text


def refund_of(
    *,
    contribution: Decimal,
    starts_on: date,
    ends_on: date,
    ended_on: date,
    rule: RefundRule,
    rounding: Rounding,
    benefit_paid: bool = False,
) -> Refund:
    """Return what comes back of a contribution when cover from `starts_on` to `ends_on` ends with `ended_on`.

    `ended_on` is the last day of cover (the day before `starts_on` if it never began). Never more than was paid, never
    less than nothing.
    """
    if rule.rule == "none":
        return Refund(ZERO, NOTHING_BACK)
    if benefit_paid and rule.not_after_claim:
        return Refund(ZERO, AFTER_A_BENEFIT)
    if ended_on < starts_on:
        return _less_fee(contribution, ALL_BEFORE_START, rule)
    if rule.rule == "full_before_start":
        return Refund(ZERO, BEGUN)
    left, total = _left(rule.rule, starts_on, ends_on, ended_on)
    unit = ("个月", "months") if rule.rule == "pro_rata_months" else ("天", "days")
    why = PART.format(left=left, total=total, unit_zh=unit[0], unit_en=unit[1], paid=f"{contribution:.2f}")
    amount = min(contribution, rounding.apply(contribution * left / total)) if left else ZERO
    return _less_fee(amount, why, rule)


def _less_fee(amount: Decimal, why: Text, rule: RefundRule) -> Refund:
    if not rule.fee or not amount:
        return Refund(amount, why)
    fee = f"{rule.fee:.2f}"
    text = Text(FEE.zh.format(part=why.zh, fee=fee), FEE.en.format(part=why.en, fee=fee))
    return Refund(max(ZERO, amount - rule.fee), text)


def _left(rule: str, starts_on: date, ends_on: date, ended_on: date) -> tuple[int, int]:
    """Return how much of the term is left and how long it is: in whole months left, or in days."""
    after, end = ended_on + timedelta(days=1), ends_on + timedelta(days=1)
    if rule == "pro_rata_days":
        return max(0, (end - after).days), (end - starts_on).days
    total = whole_months(starts_on, end)
    if months_later(starts_on, total) < end:
        total += 1
    return min(whole_months(after, end), total), total


def whole_months(start: date, end: date) -> int:
    """Return how many whole months fit between two days."""
    if end <= start:
        return 0
    months = (end.year - start.year) * 12 + end.month - start.month
    while months and months_later(start, months) > end:
        months -= 1
    return months
