"""Calculates what a claim is paid: cover and waiting period on the day of the event, formula, caps, rounding, reasons."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import ROUND_DOWN, Decimal

from common.contracts.pack import Benefit, Cap, Rounding, TenantPack
from common.contracts.pack.benefits import Choice, DailyAllowance, FixedBy

from .decision import BenefitDecision, ExplanationLine, Reason
from .explain import cap_line, cost_line, reason_of, rounding_line
from .facts import ZERO, Cover, Facts, History, Paid, Stay
from .formulas import Case, Raw, apply_formula, cost_of
from .limits import Ceiling, Where, ceilings, days_left, of_place, times_exhausted


@dataclass(frozen=True, slots=True)
class BenefitRules:
    """The rules for one kind of claim under one product (or under membership, then `product` is empty).

    `caps` bind all benefits of the product together. Benefits are calculated in this order, which matters where
    several are limited to one cost.
    """

    product: str
    benefits: tuple[Benefit, ...]
    rounding: Rounding
    waiting_days: int = 0
    caps: tuple[Cap, ...] = ()

    @classmethod
    def of(cls, pack: TenantPack, *, kind: str, product: str | None) -> "BenefitRules":
        """Return the rules of a claim kind for a product of the pack (None: membership); KeyError if not there."""
        claim_kind = pack.claim_kind(kind)
        titles = {illness.code: illness.title for illness in pack.illnesses}

        def named(benefit: Benefit) -> Benefit:
            formula = benefit.formula
            if not isinstance(formula, FixedBy) or formula.by != "illness":
                return benefit
            choices: list[Choice] = [
                choice.model_copy(update={"title": choice.title or titles.get(choice.code)})
                for choice in formula.amounts
            ]
            return benefit.model_copy(
                update={"formula": formula.model_copy(update={"amounts": tuple(choices)})}
            )

        if product is None:
            benefits = tuple(named(pack.benefit(code)) for code in claim_kind.benefits)
            return cls(product="", benefits=benefits, rounding=pack.rounding)
        chosen = pack.product(product)
        benefits = tuple(named(pack.benefit(code)) for code in chosen.benefits if code in claim_kind.benefits)
        return cls(chosen.code, benefits, pack.rounding, chosen.waiting_days, chosen.caps)


@dataclass(frozen=True, slots=True)
class _Outcome:
    amount: Decimal = ZERO
    lines: tuple[ExplanationLine, ...] = ()
    reason: Reason | None = None
    usage: Paid | None = None


def calculate(rules: BenefitRules, facts: Facts, history: History) -> BenefitDecision:
    """Return what a claim is paid under these rules, given what was decided before.

    Each stay, or the event where there is none, is judged on its own day against the cover in force on that day.
    Stays are taken in order of time, so that the order of keying changes nothing. History must hold every earlier
    decision on the person that was not refused or reversed, but not this claim.
    """
    lines: list[ExplanationLine] = []
    reasons: list[Reason] = []
    usage: list[Paid] = []
    for stay in _stays(facts):
        for benefit in rules.benefits:
            if stay is None and _by_stay(benefit) or stay is not None and not _by_stay(benefit):
                continue
            outcome = _decide(rules, benefit, facts, stay, history.plus(tuple(usage)))
            lines += outcome.lines
            reasons += [outcome.reason] if outcome.reason else []
            usage += [outcome.usage] if outcome.usage else []
    if not lines and not reasons:
        reasons += [reason_of("input_missing", benefit, "") for benefit in rules.benefits]
    amount = sum((line.amount for line in lines), ZERO)
    return BenefitDecision(amount.quantize(ZERO), tuple(lines), tuple(reasons), tuple(usage))


def _by_stay(benefit: Benefit) -> bool:
    return benefit.event == "hospital" or isinstance(benefit.formula, DailyAllowance)


def _stays(facts: Facts) -> Iterator[Stay | None]:
    yield from sorted(facts.stays, key=lambda stay: (stay.admitted_on, stay.discharged_on, stay.key))
    yield None


def _event_day(benefit: Benefit, facts: Facts, stay: Stay | None) -> date | None:
    if benefit.event == "hospital" and stay is not None:
        return stay.discharged_on if benefit.event_on == "discharge" else stay.admitted_on
    return facts.event_date


def _decide(
    rules: BenefitRules, benefit: Benefit, facts: Facts, stay: Stay | None, history: History
) -> _Outcome:
    key = stay.key if stay else ""
    day = _event_day(benefit, facts, stay)
    if day is None:
        return _Outcome(reason=reason_of("input_missing", benefit, key))
    cover = facts.cover_on(day)
    if cover is None:
        return _Outcome(reason=reason_of("not_covered", benefit, key, day=day))
    payable_from = _payable_from(rules, benefit, cover)
    if day < payable_from:
        return _Outcome(reason=reason_of("in_waiting_period", benefit, key, day=day, until=payable_from))
    where = Where(key, facts.claim_key, cover.key, day)
    own = tuple(paid for paid in history.entries if paid.benefit == benefit.code)
    shared = tuple(paid for paid in history.entries if paid.product == rules.product)
    if times_exhausted(benefit.caps, own, where) or times_exhausted(rules.caps, shared, where):
        return _Outcome(reason=reason_of("cap_exhausted", benefit, key))
    raw = apply_formula(benefit, _case(rules, benefit, facts, stay, cover, where, own, shared))
    usage = Paid(rules.product, benefit.code, cover.key, facts.claim_key, key, day, ZERO, base=raw.base)
    if raw.reason:
        kept = usage if raw.base else None
        return _Outcome(reason=reason_of(raw.reason, benefit, key, inputs=raw.inputs), usage=kept)
    shares = cover.shares if benefit.per_share else 1
    found = ceilings(benefit.caps, own, where, shares) + ceilings(rules.caps, shared, where, 1)
    return _limited(rules, benefit, raw, found, _cost_left(benefit, facts, stay, history, where), usage)


def _payable_from(rules: BenefitRules, benefit: Benefit, cover: Cover) -> date:
    """Return the first day on which an event is paid: the waiting period counts whole days from the first of cover."""
    waiting = rules.waiting_days if benefit.waiting_days is None else benefit.waiting_days
    begins = cover.unbroken_since if benefit.waived_on_renewal and cover.unbroken_since else cover.starts_on
    return begins + timedelta(days=waiting)


def _case(
    rules: BenefitRules,
    benefit: Benefit,
    facts: Facts,
    stay: Stay | None,
    cover: Cover,
    where: Where,
    own: tuple[Paid, ...],
    shared: tuple[Paid, ...],
) -> Case:
    left = [
        days
        for days in (days_left(benefit.caps, own, where), days_left(rules.caps, shared, where))
        if days is not None
    ]
    case = Case(
        stay=where.stay,
        event_date=where.event_date,
        costs=stay.costs if stay else facts.total_costs(),
        choices=facts.choices,
        requested_amount=facts.requested_amount,
        prior_base=sum((paid.base for paid in own if paid.cover == cover.key), ZERO),
        shares=cover.shares,
        days_left=min(left, default=None),
    )
    return replace(case, nights=(stay.discharged_on - stay.admitted_on).days) if stay else case


def _cost_left(
    benefit: Benefit, facts: Facts, stay: Stay | None, history: History, where: Where
) -> tuple[bool, Decimal | None]:
    """Return whether the benefit is limited to a cost, and what of that cost no benefit has paid yet (None: unknown)."""
    if benefit.at_most_cost is None:
        return False, None
    cost = cost_of(benefit.at_most_cost, stay.costs if stay else facts.total_costs())
    if cost is None:
        return True, None
    paid = sum((entry.amount for entry in of_place(history.entries, where)), ZERO)
    return True, max(ZERO, cost - paid)


def _limited(
    rules: BenefitRules,
    benefit: Benefit,
    raw: Raw,
    found: list[Ceiling],
    cost: tuple[bool, Decimal | None],
    usage: Paid,
) -> _Outcome:
    bound_by_cost, cost_left = cost
    if bound_by_cost and cost_left is None:
        return _Outcome(reason=reason_of("input_missing", benefit, usage.stay))
    amount, lines = raw.amount, list(raw.lines)
    for ceiling in found:
        if ceiling.left < amount:
            lines.append(cap_line(benefit, ceiling, ceiling.left - amount))
            amount = ceiling.left
    if cost_left is not None and cost_left < amount:
        lines.append(cost_line(benefit, cost_left, cost_left - amount))
        amount = cost_left
    rounded = _round(rules.rounding, amount, limited=amount < raw.amount)
    if rounded != amount:
        lines.append(rounding_line(benefit, amount, rounded - amount))
    if rounded == 0:
        code = "cap_exhausted" if any(c.left == 0 for c in found) else "nothing_to_pay"
        reason = reason_of(code, benefit, usage.stay)
        return _Outcome(lines=tuple(lines), reason=reason, usage=usage if raw.base else None)
    return _Outcome(rounded, tuple(lines), None, replace(usage, amount=rounded, days=raw.days))


def _round(rounding: Rounding, amount: Decimal, *, limited: bool) -> Decimal:
    """Round as the pack says; an amount that stands at a limit is never rounded above it."""
    rounded = rounding.apply(amount)
    if limited and rounded > amount:
        return amount.quantize(Decimal(1).scaleb(-rounding.places), rounding=ROUND_DOWN).quantize(ZERO)
    return rounded
