"""Calculates what a claim is paid: cover and waiting period on the day of the event, formula, caps, rounding."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import ROUND_DOWN, Decimal

from common.contracts.pack import Benefit, Rounding
from common.contracts.pack.benefits import DailyAllowance

from .decision import BenefitDecision, ExplanationLine, Reason, ReasonCode
from .explain import cap_line, cost_line, reason_of, rounding_line
from .facts import ZERO, Cover, Facts, History, Paid, Stay
from .formulas import Case, Raw, apply_formula, cost_of
from .limits import Ceiling, Where, ceilings, days_left, of_place, times_exhausted
from .ruleset import BenefitRules


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What one benefit comes to for one stay or event."""

    amount: Decimal = ZERO
    lines: tuple[ExplanationLine, ...] = ()
    reason: Reason | None = None
    usage: Paid | None = None


@dataclass(frozen=True, slots=True)
class _Situation:
    """One benefit at one stay or event (`stay` None), under the cover of its day, with what counts against its caps."""

    rules: BenefitRules
    benefit: Benefit
    facts: Facts
    stay: Stay | None
    cover: Cover
    where: Where
    history: tuple[Paid, ...]

    @property
    def own(self) -> tuple[Paid, ...]:
        return tuple(paid for paid in self.history if paid.benefit == self.benefit.code)

    @property
    def shared(self) -> tuple[Paid, ...]:
        return tuple(paid for paid in self.history if paid.product == self.rules.product)

    @property
    def case(self) -> Case:
        stay, own = self.stay, self.own
        left = (
            days_left(self.benefit.caps, own, self.where),
            days_left(self.rules.caps, self.shared, self.where),
        )
        return Case(
            costs=stay.costs if stay else self.facts.total_costs(),
            choices=self.facts.choices,
            nights=(stay.discharged_on - stay.admitted_on).days if stay else 0,
            requested_amount=self.facts.requested_amount,
            prior_base=sum((paid.base for paid in own if paid.cover == self.cover.key), ZERO),
            shares=self.cover.shares,
            days_left=min((days for days in left if days is not None), default=None),
        )

    @property
    def ceilings(self) -> list[Ceiling]:
        shares = self.cover.shares if self.benefit.per_share else 1
        own = ceilings(self.benefit.caps, self.own, self.where, shares)
        return own + ceilings(self.rules.caps, self.shared, self.where, 1)

    @property
    def exhausted(self) -> bool:
        own = times_exhausted(self.benefit.caps, self.own, self.where)
        return own or times_exhausted(self.rules.caps, self.shared, self.where)

    def refused(self, code: ReasonCode, raw: Raw | None = None) -> _Outcome:
        """Nothing is paid; a base that was counted still counts towards a deductible of the term."""
        inputs = raw.inputs if raw else None
        kept = self.usage(raw) if raw and raw.base else None
        lines = raw.lines if raw else ()
        return _Outcome(
            lines=lines, reason=reason_of(code, self.benefit, self.where.stay, inputs=inputs), usage=kept
        )

    def usage(self, raw: Raw, amount: Decimal = ZERO) -> Paid:
        where = self.where
        return Paid(
            product=self.rules.product,
            benefit=self.benefit.code,
            cover=self.cover.key,
            claim=where.claim,
            stay=where.stay,
            event_date=where.event_date,
            amount=amount,
            days=raw.days if amount else 0,
            base=raw.base,
        )


def calculate(rules: BenefitRules, facts: Facts, history: History) -> BenefitDecision:
    """Return what a claim is paid under these rules, given what was decided before.

    Each stay, or the event where there is none, is judged on its own day against the cover in force on that day.
    Stays are taken in order of time, so that the order of keying changes nothing. `history` holds the usage of every
    earlier decision on the person (one below a deductible too), but not of this claim, nor of claims that were
    withdrawn, reversed or rejected by a person.
    """
    lines: list[ExplanationLine] = []
    reasons: list[Reason] = []
    usage: list[Paid] = []
    for stay, benefit in _occurrences(rules, facts):
        outcome = _decide(rules, benefit, facts, stay, (*history.entries, *usage))
        lines += outcome.lines
        reasons += [outcome.reason] if outcome.reason else []
        usage += [outcome.usage] if outcome.usage else []
    if not lines and not reasons:
        reasons += [reason_of("input_missing", benefit, "") for benefit in rules.benefits]
    amount = sum((line.amount for line in lines), ZERO).quantize(ZERO)
    return BenefitDecision(amount, tuple(lines), tuple(reasons), tuple(usage))


def _occurrences(rules: BenefitRules, facts: Facts) -> Iterator[tuple[Stay | None, Benefit]]:
    """Yield each stay in order of time with the benefits that look at stays, then the event with the others."""
    by_stay = [b for b in rules.benefits if b.event == "hospital" or isinstance(b.formula, DailyAllowance)]
    for stay in sorted(facts.stays, key=lambda stay: (stay.admitted_on, stay.discharged_on, stay.key)):
        yield from ((stay, benefit) for benefit in by_stay)
    yield from ((None, benefit) for benefit in rules.benefits if benefit not in by_stay)


def _decide(
    rules: BenefitRules, benefit: Benefit, facts: Facts, stay: Stay | None, history: tuple[Paid, ...]
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
    situation = _Situation(rules, benefit, facts, stay, cover, where, history)
    if situation.exhausted:
        return situation.refused("cap_exhausted")
    raw = apply_formula(benefit, situation.case)
    return situation.refused(raw.reason, raw) if raw.reason else _limited(situation, raw)


def _event_day(benefit: Benefit, facts: Facts, stay: Stay | None) -> date | None:
    if benefit.event == "hospital" and stay is not None:
        return stay.discharged_on if benefit.event_on == "discharge" else stay.admitted_on
    return facts.event_date


def _payable_from(rules: BenefitRules, benefit: Benefit, cover: Cover) -> date:
    """Return the first day on which an event is paid: the waiting period counts days from the first of cover."""
    waiting = rules.waiting_days if benefit.waiting_days is None else benefit.waiting_days
    begins = cover.unbroken_since if benefit.waived_on_renewal and cover.unbroken_since else cover.starts_on
    return begins + timedelta(days=waiting)


def _limited(at: _Situation, raw: Raw) -> _Outcome:
    """Apply caps, actual cost and rounding to what the formula gave."""
    benefit, found = at.benefit, at.ceilings
    amount, lines = raw.amount, list(raw.lines)
    for ceiling in found:
        if ceiling.left < amount:
            lines.append(cap_line(benefit, ceiling, ceiling.left - amount))
            amount = ceiling.left
    lefts = [ceiling.left for ceiling in found]
    if benefit.at_most_cost is not None:
        left = _cost_left(at)
        if left is None:
            return at.refused("input_missing")
        if left < amount:
            lines.append(cost_line(benefit, left, left - amount))
            amount = left
        lefts.append(left)
    rounded = _round(at.rules.rounding, amount, limit=min(lefts, default=None))
    if rounded != amount:
        lines.append(rounding_line(benefit, amount, rounded - amount))
    if rounded == 0:
        refused = at.refused("cap_exhausted" if any(c.left == 0 for c in found) else "nothing_to_pay", raw)
        return replace(refused, lines=tuple(lines))
    return _Outcome(rounded, tuple(lines), None, at.usage(raw, rounded))


def _cost_left(at: _Situation) -> Decimal | None:
    """Return what of the actual cost no benefit has paid yet; None if the cost is not known."""
    base = at.benefit.at_most_cost
    cost = cost_of(base, at.case.costs) if base else None
    if cost is None:
        return None
    return max(ZERO, cost - sum((paid.amount for paid in of_place(at.history, at.where)), ZERO))


def _round(rounding: Rounding, amount: Decimal, *, limit: Decimal | None) -> Decimal:
    """Round as the pack says, but down where rounding would go above a limit."""
    rounded = rounding.apply(amount)
    if limit is not None and rounded > limit:
        return amount.quantize(Decimal(1).scaleb(-rounding.places), rounding=ROUND_DOWN).quantize(ZERO)
    return rounded
