"""The arithmetic of the formulas of a pack, before any cap: amounts are exact, explained step by step."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from common.contracts.pack.benefits import (
    Base,
    Benefit,
    DailyAllowance,
    Fixed,
    FixedBy,
    Percentage,
    Requested,
    Tier,
)
from common.text import Text

from .decision import ExplanationLine, ReasonCode, Value, shown
from .facts import ZERO

OPTIONAL_COSTS = frozenset({"other_sources"})
"""Costs that are zero unless stated; any other cost that is missing is a reason to ask a person."""


@dataclass(frozen=True, slots=True)
class Case:
    """One stay or event of a claim, as a formula sees it; `prior_base` was counted in the same term before."""

    costs: Mapping[str, Decimal]
    choices: Mapping[str, str]
    nights: int = 0
    requested_amount: Decimal | None = None
    prior_base: Decimal = ZERO
    shares: int = 1
    days_left: int | None = None


@dataclass(frozen=True, slots=True)
class Raw:
    """What a formula gives: the exact amount, its lines, or the reason why nothing comes of it."""

    amount: Decimal = ZERO
    lines: tuple[ExplanationLine, ...] = ()
    reason: ReasonCode | None = None
    days: int = 0
    base: Decimal = ZERO
    inputs: Mapping[str, Value] = field(default_factory=dict)


def cost_of(base: Base, costs: Mapping[str, Decimal]) -> Decimal | None:
    """Return a sum of costs, never below zero; None if one that is needed is not known."""
    known = {**dict.fromkeys(OPTIONAL_COSTS, ZERO), **costs}
    if any(name not in known for name in (*base.add, *base.less)):
        return None
    total = sum((known[name] for name in base.add), ZERO) - sum((known[name] for name in base.less), ZERO)
    return max(total, ZERO)


def apply_formula(benefit: Benefit, case: Case) -> Raw:
    """Return what the benefit's formula gives for a case, for all shares of the cover."""
    formula = benefit.formula
    if isinstance(formula, DailyAllowance):
        return _daily(benefit, formula, case)
    if isinstance(formula, Percentage):
        return _percentage(benefit, formula, case)
    if isinstance(formula, FixedBy):
        return _fixed_by(benefit, formula, case)
    if isinstance(formula, Fixed):
        return _fixed(benefit, formula, case)
    return _requested(benefit, formula, case)


def _times_shares(benefit: Benefit, case: Case) -> int:
    return case.shares if benefit.per_share else 1


def _line(
    benefit: Benefit, rule: str, zh: str, en: str, inputs: dict[str, Value], amount: Decimal
) -> ExplanationLine:
    title = Text(f"{benefit.title.zh}：{zh}", f"{benefit.title.en}: {en}")
    return ExplanationLine(benefit.code, rule, title, inputs, amount)


def _daily(benefit: Benefit, formula: DailyAllowance, case: Case) -> Raw:
    stayed = max(case.nights, 1) if formula.count == "nights" else case.nights + 1
    entitled = max(0, stayed - (formula.from_day - 1))
    inputs: dict[str, Value] = {"days": stayed, "from_day": formula.from_day, "per_day": formula.per_day}
    if entitled == 0:
        return Raw(reason="below_first_day", inputs=inputs)
    limits = [limit for limit in (formula.max_days, case.days_left) if limit is not None]
    paid = min([entitled, *limits])
    if paid <= 0:
        return Raw(reason="cap_exhausted", inputs=inputs)
    shares = _times_shares(benefit, case)
    amount = formula.per_day * paid * shares
    zh = f"住院 {stayed} 天，自第 {formula.from_day} 天起付 {paid} 天 × {shown(formula.per_day)} 元"
    en = f"stay of {stayed} days, {paid} paid from day {formula.from_day} × {shown(formula.per_day)} yuan"
    zh, en = _with_shares(zh, en, shares)
    line = _line(benefit, "daily_allowance", zh, en, {**inputs, "paid_days": paid, "shares": shares}, amount)
    return Raw(amount, (line,), days=paid)


def _with_shares(zh: str, en: str, shares: int) -> tuple[str, str]:
    return (f"{zh} × {shares} 份", f"{en} × {shares} shares") if shares > 1 else (zh, en)


def _percentage(benefit: Benefit, formula: Percentage, case: Case) -> Raw:
    base = cost_of(formula.base, case.costs)
    if base is None:
        return Raw(reason="input_missing")
    if base == 0:
        return Raw(reason="nothing_to_pay", inputs={"base": base})
    before = case.prior_base if formula.accumulate == "term" else ZERO
    inputs: dict[str, Value] = {"base": base, "counted_before": before, "deductible": formula.deductible}
    if before + base <= formula.deductible:
        counted, limit = shown(before + base), shown(formula.deductible)
        zh, en = (
            f"费用 {counted} 元，未超过起付线 {limit} 元",
            f"{counted} yuan do not exceed the deductible of {limit}",
        )
        line = _line(benefit, "percentage.deductible", zh, en, inputs, ZERO)
        return Raw(lines=(line,), reason="below_deductible", base=base, inputs=inputs)
    lines, shares = [], _times_shares(benefit, case)
    for tier in formula.tiers:
        part = _part(tier, formula.deductible, before + base) - _part(tier, formula.deductible, before)
        if part > 0:
            lower = shown(max(tier.above, formula.deductible))
            upper = shown(tier.up_to) if tier.up_to is not None else None
            share = shown(tier.rate * 100).rstrip("0").rstrip(".")
            zh = f"{lower}—{upper} 元部分" if upper else f"{lower} 元以上部分"
            en = f"of the part {lower}–{upper}" if upper else f"above {lower}"
            zh, en = f"{zh} {shown(part)} 元 × {share}%", f"{shown(part)} yuan {en} × {share}%"
            zh, en = _with_shares(zh, en, shares)
            amount = part * tier.rate * shares
            lines.append(
                _line(benefit, "percentage.tier", zh, en, {**inputs, "part": part, "rate": tier.rate}, amount)
            )
    if not lines:
        return Raw(reason="nothing_to_pay", base=base, inputs=inputs)
    return Raw(sum((line.amount for line in lines), ZERO), tuple(lines), base=base)


def _part(tier: Tier, deductible: Decimal, base: Decimal) -> Decimal:
    """Return the part of a base that falls into a tier above the deductible."""
    upper = base if tier.up_to is None else min(base, tier.up_to)
    return max(ZERO, upper - max(tier.above, deductible))


def _fixed_by(benefit: Benefit, formula: FixedBy, case: Case) -> Raw:
    chosen = case.choices.get(formula.by)
    if chosen is None:
        return Raw(reason="input_missing")
    for choice in formula.amounts:
        if choice.code == chosen:
            shares = _times_shares(benefit, case)
            name = choice.title.text() if choice.title else Text(chosen, chosen)
            zh, en = _with_shares(f"{name.zh}，定额", f"{name.en}, fixed amount", shares)
            inputs: dict[str, Value] = {formula.by: chosen, "shares": shares}
            amount = choice.amount * shares
            return Raw(amount, (_line(benefit, "fixed_by", zh, en, inputs, amount),))
    return Raw(reason="not_in_table", inputs={formula.by: chosen})


def _fixed(benefit: Benefit, formula: Fixed, case: Case) -> Raw:
    shares = _times_shares(benefit, case)
    zh, en = _with_shares("定额", "fixed amount", shares)
    amount = formula.amount * shares
    return Raw(amount, (_line(benefit, "fixed", zh, en, {"shares": shares}, amount),))


def _requested(benefit: Benefit, formula: Requested, case: Case) -> Raw:
    if case.requested_amount is None:
        return Raw(reason="input_missing")
    if case.requested_amount == 0:
        return Raw(reason="nothing_to_pay")
    amount = min(case.requested_amount, formula.at_most)
    inputs: dict[str, Value] = {"requested_amount": case.requested_amount, "at_most": formula.at_most}
    zh, en = f"申请 {shown(case.requested_amount)} 元", f"{shown(case.requested_amount)} yuan asked for"
    return Raw(amount, (_line(benefit, "requested", zh, en, inputs, amount),))
