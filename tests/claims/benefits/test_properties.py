"""Properties that hold for every pack, every bill and every history."""

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from itertools import permutations

from hypothesis import given, settings
from hypothesis import strategies as st

from claims.benefits import BenefitDecision, BenefitRules, Cover, Facts, History, Paid, Stay, calculate
from common.contracts.pack import Benefit, Cap, Rounding
from tests.pack.packs import CODES, pack_of

from .cases import TERM, benefit, claim, daily, percentage, rules, stay

SETTINGS = settings(max_examples=80, deadline=None)
HOSPITAL = [
    BenefitRules.of(pack_of(code), kind=kind.code, product=product)
    for code in CODES
    for kind in pack_of(code).claims
    for product in kind.products
    if kind.event == "hospital"
]
COSTS = ("total_cost", "pooled_paid", "account_paid", "cash_paid", "own_expense", "other_sources")
cents = st.integers(0, 30_000_000).map(lambda fen: Decimal(fen) / 100)
covers = st.tuples(
    st.builds(
        Cover, st.just("t1"), st.just(date(2025, 1, 1)), st.just(date(2025, 12, 31)), shares=st.integers(1, 3)
    ),
    st.builds(
        Cover,
        st.just("t2"),
        st.just(date(2026, 1, 1)),
        st.just(date(2026, 12, 31)),
        unbroken_since=st.sampled_from([None, date(2025, 1, 1)]),
        shares=st.integers(1, 3),
    ),
)


@st.composite
def claims(draw: st.DrawFn, key: str = "c", most: int = 3) -> Facts:
    stays = tuple(
        Stay(
            f"{key}-s{number}",
            admitted := date(2024, 12, 1) + timedelta(days=draw(st.integers(0, 800))),
            admitted + timedelta(days=draw(st.integers(0, 120))),
            {name: draw(cents) for name in COSTS},
        )
        for number in range(draw(st.integers(1, most)))
    )
    return Facts(key, draw(covers), stays=stays)


def sums(decision: BenefitDecision) -> None:
    assert sum((line.amount for line in decision.lines), Decimal(0)) == decision.amount
    assert sum((paid.amount for paid in decision.usage), Decimal(0)) == decision.amount
    assert decision.amount >= 0 and decision.amount == decision.amount.quantize(Decimal("0.01"))
    assert decision.refused == (decision.amount == 0)
    assert decision.reasons or not decision.refused


def exceeded(caps: Iterable[Cap], entries: list[Paid], shares: dict[str, int]) -> list[Cap]:
    """Return the caps that the entries exceed, counted anew and plainly."""
    found = []
    for cap in caps:
        groups: dict[object, list[Paid]] = {}
        for paid in entries:
            group = {
                "stay": paid.stay,
                "claim": paid.claim,
                "term": paid.cover,
                "year": paid.event_date.year,
                "person": "",
            }[cap.per]
            groups.setdefault(group, []).append(paid)
        for group in groups.values():
            most = max(shares[paid.cover] for paid in group)
            if cap.amount is not None and sum(paid.amount for paid in group) > cap.amount * most:
                found.append(cap)
            if cap.days is not None and sum(paid.days for paid in group) > cap.days:
                found.append(cap)
            if cap.times is not None and len({paid.claim for paid in group if paid.amount}) > cap.times:
                found.append(cap)
    return found


@SETTINGS
@given(rules=st.sampled_from(HOSPITAL), first=claims("c1"), second=claims("c2"), third=claims("c3"))
def test_explanations_sum_caps_hold_and_no_stay_is_paid_above_its_cost(
    rules: BenefitRules, first: Facts, second: Facts, third: Facts
) -> None:
    history = History()
    for facts in (first, second, third):
        facts = Facts(facts.claim_key, first.covers, stays=facts.stays)
        decision = calculate(rules, facts, history)
        sums(decision)
        history = history.plus(decision.usage)
        for item in facts.stays:
            paid = [p for p in decision.usage if p.stay == item.key]
            limited = [b.code for b in rules.benefits if b.at_most_cost]
            cost = item.costs["account_paid"] + item.costs["cash_paid"] - item.costs["other_sources"]
            assert sum(p.amount for p in paid if p.benefit in limited) <= max(cost, Decimal(0))
            for entry in paid:
                cover = next(c for c in first.covers if c.key == entry.cover)
                assert cover.starts_on <= entry.event_date <= cover.ends_on
    shares = {cover.key: cover.shares for cover in first.covers}
    plain = dict.fromkeys(shares, 1)
    for item in rules.benefits:
        entries = [paid for paid in history.entries if paid.benefit == item.code]
        assert not exceeded(item.caps, entries, shares if item.per_share else plain)
    assert not exceeded(rules.caps, list(history.entries), plain)


@SETTINGS
@given(
    rules=st.sampled_from(HOSPITAL),
    facts=claims(most=1),
    more=cents,
    name=st.sampled_from(["cash_paid", "account_paid"]),
)
def test_a_higher_bill_is_never_paid_less(
    rules: BenefitRules, facts: Facts, more: Decimal, name: str
) -> None:
    (item,) = facts.stays
    costs = {**item.costs, name: item.costs[name] + more}
    higher = Facts("c", facts.covers, stays=(Stay(item.key, item.admitted_on, item.discharged_on, costs),))
    assert calculate(rules, higher, History()).amount >= calculate(rules, facts, History()).amount


@SETTINGS
@given(rules=st.sampled_from(HOSPITAL), facts=claims(most=1), paid_by_others=cents)
def test_what_others_paid_never_raises_the_benefit(
    rules: BenefitRules, facts: Facts, paid_by_others: Decimal
) -> None:
    (item,) = facts.stays
    costs = {**item.costs, "other_sources": item.costs["other_sources"] + paid_by_others}
    lower = Facts("c", facts.covers, stays=(Stay(item.key, item.admitted_on, item.discharged_on, costs),))
    assert calculate(rules, lower, History()).amount <= calculate(rules, facts, History()).amount


@SETTINGS
@given(rules=st.sampled_from(HOSPITAL), facts=claims(), order=st.randoms(use_true_random=False))
def test_the_order_of_keying_changes_nothing(rules: BenefitRules, facts: Facts, order) -> None:
    shuffled = list(facts.stays)
    order.shuffle(shuffled)
    again = Facts(facts.claim_key, tuple(reversed(facts.covers)), stays=tuple(shuffled))
    assert calculate(rules, again, History()) == calculate(rules, facts, History())


@SETTINGS
@given(
    rules=st.sampled_from(HOSPITAL),
    facts=claims(),
    order=st.randoms(use_true_random=False),
    before=claims("c0"),
)
def test_history_is_a_set(rules: BenefitRules, facts: Facts, before: Facts, order) -> None:
    entries = list(calculate(rules, before, History()).usage)
    expected = calculate(rules, facts, History(tuple(entries)))
    order.shuffle(entries)
    assert calculate(rules, facts, History(tuple(entries))) == expected


tiers = st.lists(st.integers(1, 400), min_size=0, max_size=3, unique=True).map(sorted)
rates = st.lists(st.integers(1, 100), min_size=4, max_size=4)


@SETTINGS
@given(
    borders=tiers,
    rates=rates,
    deductible=st.integers(0, 300),
    bills=st.lists(st.integers(0, 250), min_size=1, max_size=5),
)
def test_a_bill_in_parts_pays_what_the_whole_bill_pays(
    borders: list[int], rates: list[int], deductible: int, bills: list[int]
) -> None:
    """Deductible and tiers that run on over the term; each yuan checked against its own rate."""
    edges: list[int | None] = [0, *borders, None]
    steps = [
        (low or 0, high, f"{rate / 100:.2f}")
        for low, high, rate in zip(edges, edges[1:], rates, strict=False)
    ]
    ruleset = rules_of(benefit(percentage(*steps, deductible=deductible, accumulate="term")))
    history, total = History(), Decimal(0)
    for number, bill in enumerate(bills):
        decision = calculate(ruleset, claim(stay(f"s{number}", cash_paid=bill), key=f"c{number}"), history)
        sums(decision)
        history = history.plus(decision.usage)
        total += decision.amount
    whole = calculate(ruleset, claim(stay("whole", cash_paid=sum(bills)), key="w"), History()).amount
    yuan_by_yuan = sum(
        Decimal(next(rate for low, high, rate in steps if high is None or at < high))
        for at in range(deductible, sum(bills))
    )
    assert total == whole == yuan_by_yuan


@SETTINGS
@given(bills=st.lists(st.integers(0, 3000), min_size=2, max_size=4), limit=st.integers(1, 3000))
def test_claims_against_one_cap_come_to_one_total_in_any_order(bills: list[int], limit: int) -> None:
    ruleset = rules_of(benefit(percentage((0, None, "0.5")), caps=[{"per": "term", "amount": limit}]))
    totals = set()
    for order in permutations(enumerate(bills)):
        history, total = History(), Decimal(0)
        for number, bill in order:
            decision = calculate(
                ruleset, claim(stay(f"s{number}", cash_paid=bill), key=f"c{number}"), history
            )
            history, total = history.plus(decision.usage), total + decision.amount
        totals.add(total)
    assert totals == {min(Decimal(limit), sum(Decimal(bill) / 2 for bill in bills))}


@SETTINGS
@given(
    cost=cents,
    rate=st.integers(1, 1_000_000),
    limit=st.integers(1, 1_000_000),
    rounding=st.builds(
        Rounding, places=st.integers(0, 2), mode=st.sampled_from(["half_up", "half_even", "down", "up"])
    ),
)
def test_rounding_stays_within_a_step_and_under_every_cap(
    cost: Decimal, rate: int, limit: int, rounding: Rounding
) -> None:
    most = Decimal(limit) / 100
    item = benefit(
        percentage((0, None, f"{rate / 1_000_000:.6f}")), caps=[{"per": "stay", "amount": str(most)}]
    )
    ruleset = BenefitRules("product", (item,), rounding)
    decision = calculate(ruleset, claim(stay(cash_paid=str(cost))), History())
    sums(decision)
    exact = min(cost * Decimal(rate) / 1_000_000, most)
    assert decision.amount <= most
    assert abs(decision.amount - exact) < Decimal(1).scaleb(-rounding.places) or exact == 0


@SETTINGS
@given(
    nights=st.integers(0, 200), from_day=st.integers(1, 30), most=st.integers(1, 90), used=st.integers(0, 100)
)
def test_days_paid_are_those_from_day_n_under_both_caps(
    nights: int, from_day: int, most: int, used: int
) -> None:
    ruleset = rules_of(
        benefit(daily(7, from_day=from_day, max_days=most), caps=[{"per": "term", "days": 90}])
    )
    before = Paid("product", "b", TERM.key, "c0", "s0", TERM.starts_on, Decimal(1), days=used)
    decision = calculate(ruleset, claim(stay(nights=nights)), History((before,)))
    days = [day for day in range(1, max(nights, 1) + 1) if day >= from_day][:most][: max(0, 90 - used)]
    assert decision.amount == 7 * len(days)


@SETTINGS
@given(waiting=st.integers(0, 120), offset=st.integers(-5, 400))
def test_the_days_that_are_paid_are_one_unbroken_span(waiting: int, offset: int) -> None:
    day = TERM.starts_on + timedelta(days=offset)
    ruleset = rules(benefit({"kind": "fixed", "amount": 1}, event="accident"), waiting=waiting)
    paid = calculate(ruleset, Facts("c", (TERM,), event_date=day), History()).amount
    assert paid == (1 if waiting <= offset <= (TERM.ends_on - TERM.starts_on).days else 0)


def rules_of(*benefits: Benefit) -> BenefitRules:
    return rules(*benefits)
