"""Each formula against figures worked out by hand, and its borders."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from claims.benefits import BenefitRules, Cover, Facts, FactsInvalid, History, Stay, calculate
from common.contracts.pack import Rounding
from tests.pack.packs import pack_of

from .cases import DAY, TERM, benefit, cap, claim, daily, percentage, rules, stay, yuan

NOTHING = History()


def amount_of(ruleset: BenefitRules, facts: Facts, history: History = NOTHING) -> Decimal:
    return calculate(ruleset, facts, history).amount


def reason_of(ruleset: BenefitRules, facts: Facts, history: History = NOTHING) -> str:
    decision = calculate(ruleset, facts, history)
    assert decision.refused and decision.amount == 0
    (reason,) = decision.reasons
    assert reason.text.zh and reason.text.en
    return reason.code


@pytest.mark.parametrize(
    ("cash", "expected"),
    [("500", None), ("500.01", "0.00"), ("500.10", "0.01"), ("5000", "450"), ("5000.10", "450.02"), ("20000", "2700"),
     ("20100", "2720"), ("40000", "5000")],
)  # fmt: skip
def test_tiers_over_a_deductible(cash: str, expected: str | None) -> None:
    tiers = percentage((500, 5000, "0.10"), (5000, 20000, "0.15"), (20000, None, "0.20"), deductible=500)
    ruleset = rules(benefit(tiers, caps=[{"per": "stay", "amount": 5000}]))
    facts = claim(stay(cash_paid=cash))
    if expected is None:
        assert reason_of(ruleset, facts) == "below_deductible"
    else:
        assert amount_of(ruleset, facts) == yuan(expected)


def test_other_sources_are_deducted_before_the_deductible() -> None:
    ruleset = rules(benefit(percentage((0, None, "0.5"), deductible=100)))
    assert amount_of(ruleset, claim(stay(cash_paid=1000, other_sources=300))) == yuan(300)
    assert reason_of(ruleset, claim(stay(cash_paid=1000, other_sources=900))) == "below_deductible"
    assert reason_of(ruleset, claim(stay(cash_paid=1000, other_sources=1200))) == "nothing_to_pay"


def test_a_cost_nobody_knows_is_a_question_not_a_zero() -> None:
    base = {"add": ["cash_paid"], "less": ["own_expense"]}
    ruleset = rules(benefit({**percentage((0, None, "0.5")), "base": base}))
    assert reason_of(ruleset, claim(stay(cash_paid=1000))) == "input_missing"
    assert reason_of(ruleset, claim(stay(own_expense=0))) == "input_missing"
    assert amount_of(ruleset, claim(stay(cash_paid=1000, own_expense=0))) == yuan(500)
    assert reason_of(rules(benefit(daily())), claim()) == "input_missing"


@pytest.mark.parametrize(
    ("nights", "from_day", "count", "expected"),
    [(10, 1, "nights", 300), (10, 4, "nights", 210), (4, 4, "nights", 30), (3, 4, "nights", None),
     (3, 4, "both_ends", 30), (0, 1, "nights", 30), (0, 1, "both_ends", 30), (1, 2, "both_ends", 30),
     (1, 2, "nights", None)],
)  # fmt: skip
def test_days_of_a_stay(nights: int, from_day: int, count: str, expected: int | None) -> None:
    ruleset = rules(benefit(daily(30, from_day=from_day, count=count)))
    if expected is None:
        assert reason_of(ruleset, claim(stay(nights=nights))) == "below_first_day"
    else:
        assert amount_of(ruleset, claim(stay(nights=nights))) == yuan(expected)


def test_days_are_capped_per_stay_and_per_term() -> None:
    ruleset = rules(benefit(daily(30, max_days=60), caps=[{"per": "term", "days": 90}]))
    first = calculate(ruleset, claim(stay("s1", nights=100)), NOTHING)
    assert first.amount == 60 * 30
    history = NOTHING.plus(first.usage)
    second = calculate(ruleset, claim(stay("s2", nights=100), key="c2"), history)
    assert second.amount == 30 * 30
    assert reason_of(ruleset, claim(stay("s3"), key="c3"), history.plus(second.usage)) == "cap_exhausted"


def test_fixed_amounts_by_illness_once_a_term() -> None:
    ruleset = BenefitRules.of(pack_of("wuxi"), kind="critical-illness", product="three-in-one")
    facts = Facts("c1", (TERM,), event_date=DAY, choices={"illness": "malignant-tumour"})
    decision = calculate(ruleset, facts, NOTHING)
    assert decision.amount == yuan(15000)
    assert "恶性肿瘤" in decision.lines[0].title.zh and "Malignant tumour" in decision.lines[0].title.en
    again = Facts("c2", (TERM,), event_date=DAY, choices={"illness": "organ-transplant"})
    assert reason_of(ruleset, again, NOTHING.plus(decision.usage)) == "cap_exhausted"
    next_term = Cover("term-2", date(2027, 1, 1), date(2027, 12, 31))
    later = Facts(
        "c3", (TERM, next_term), event_date=date(2027, 1, 1), choices={"illness": "organ-transplant"}
    )
    assert amount_of(ruleset, later, NOTHING.plus(decision.usage)) == yuan(15000)
    unknown = Facts("c4", (TERM,), event_date=DAY, choices={"illness": "common-cold"})
    assert reason_of(ruleset, unknown) == "not_in_table"
    assert reason_of(ruleset, Facts("c5", (TERM,), event_date=DAY)) == "input_missing"
    assert (
        reason_of(ruleset, Facts("c6", (TERM,), choices={"illness": "organ-transplant"})) == "input_missing"
    )


def test_a_loan_is_what_was_asked_for_up_to_the_limit_once_a_year() -> None:
    ruleset = BenefitRules.of(pack_of("beijing"), kind="startup-loan", product=None)
    member = Cover("membership", date(2020, 5, 1), date.max)
    for asked, expected in [("50000", "50000"), ("200000", "200000"), ("200000.01", "200000")]:
        facts = Facts("c1", (member,), event_date=DAY, requested_amount=yuan(asked))
        assert amount_of(ruleset, facts) == yuan(expected)
    first = calculate(ruleset, Facts("c1", (member,), event_date=DAY, requested_amount=yuan(1000)), NOTHING)
    again = Facts("c2", (member,), event_date=date(2026, 12, 31), requested_amount=yuan(1000))
    next_year = Facts("c3", (member,), event_date=date(2027, 1, 1), requested_amount=yuan(1000))
    assert reason_of(ruleset, again, NOTHING.plus(first.usage)) == "cap_exhausted"
    assert amount_of(ruleset, next_year, NOTHING.plus(first.usage)) == yuan(1000)
    assert reason_of(ruleset, Facts("c4", (member,), event_date=DAY)) == "input_missing"
    assert (
        reason_of(ruleset, Facts("c4", (member,), event_date=DAY, requested_amount=yuan(0)))
        == "nothing_to_pay"
    )


def test_condolence_by_reason_needs_membership_only() -> None:
    ruleset = BenefitRules.of(pack_of("bit"), kind="condolence", product=None)
    member = Cover("membership", date(2020, 5, 1), date.max)
    facts = Facts("c1", (member,), event_date=DAY, choices={"reason": "marriage"})
    assert amount_of(ruleset, facts) == yuan(500)
    assert (
        reason_of(ruleset, Facts("c1", (), event_date=DAY, choices={"reason": "marriage"})) == "not_covered"
    )


def test_shares_multiply_the_benefit_and_its_caps() -> None:
    three = Cover("term-1", TERM.starts_on, TERM.ends_on, shares=3)
    shared = benefit(daily(30), per_share=True, caps=[{"per": "term", "amount": 400}])
    plain = benefit(daily(30), caps=[{"per": "term", "amount": 400}])
    assert amount_of(rules(shared), claim(stay(nights=10), covers=(three,))) == yuan(900)
    assert amount_of(rules(shared), claim(stay(nights=20), covers=(three,))) == yuan(1200)
    assert amount_of(rules(plain), claim(stay(nights=20), covers=(three,))) == yuan(400)


def test_cover_is_judged_on_the_day_of_the_event() -> None:
    ruleset = rules(benefit(daily(30)))
    for admitted, covered in [
        (TERM.starts_on - timedelta(days=1), False),
        (TERM.starts_on, True),
        (TERM.ends_on, True),
        (TERM.ends_on + timedelta(days=1), False),
    ]:
        facts = claim(stay(admitted=admitted, nights=40))
        assert (amount_of(ruleset, facts) > 0) is covered
        if not covered:
            assert reason_of(ruleset, facts) == "not_covered"
    discharge = rules(benefit(daily(30), event_on="discharge"))
    assert amount_of(discharge, claim(stay(admitted=date(2025, 12, 30), nights=2))) == yuan(60)
    assert reason_of(discharge, claim(stay(admitted=date(2025, 12, 30), nights=1))) == "not_covered"


def test_waiting_period_to_the_day_and_waived_on_renewal() -> None:
    waiting = rules(benefit(daily(30)), waiting=30)
    last, first = TERM.starts_on + timedelta(days=29), TERM.starts_on + timedelta(days=30)
    decision = calculate(waiting, claim(stay(admitted=last)), NOTHING)
    assert [reason.code for reason in decision.reasons] == ["in_waiting_period"]
    assert first.isoformat() in decision.reasons[0].text.zh
    assert amount_of(waiting, claim(stay(admitted=first))) == yuan(300)
    renewed = (Cover("term-1", TERM.starts_on, TERM.ends_on, unbroken_since=date(2025, 1, 1)),)
    assert amount_of(waiting, claim(stay(admitted=last), covers=renewed)) == yuan(300)
    strict = rules(benefit(daily(30), waived_on_renewal=False), waiting=30)
    assert reason_of(strict, claim(stay(admitted=last), covers=renewed)) == "in_waiting_period"
    own = rules(benefit(daily(30), waiting_days=0), waiting=30)
    assert amount_of(own, claim(stay(admitted=TERM.starts_on))) == yuan(300)


def test_one_stay_in_the_waiting_period_does_not_refuse_the_other() -> None:
    ruleset = rules(benefit(daily(30)), waiting=30)
    decision = calculate(ruleset, claim(stay("s1", admitted=TERM.starts_on), stay("s2", nights=5)), NOTHING)
    assert decision.amount == yuan(150) and not decision.refused
    assert [(reason.stay, reason.code) for reason in decision.reasons] == [("s1", "in_waiting_period")]


def test_never_above_the_actual_cost_all_benefits_of_a_stay_together() -> None:
    cost = {"at_most_cost": {"add": ["cash_paid"], "less": ["other_sources"]}}
    ruleset = rules(
        benefit(daily(100), code="a", **cost), benefit(percentage((0, None, "0.5")), code="b", **cost)
    )
    assert amount_of(ruleset, claim(stay(nights=2, cash_paid=1000))) == yuan(700)
    assert amount_of(ruleset, claim(stay(nights=9, cash_paid=1000))) == yuan(1000)
    decision = calculate(ruleset, claim(stay(nights=20, cash_paid=1000, other_sources=400)), NOTHING)
    assert decision.amount == yuan(600)
    assert [line.rule for line in decision.lines if line.amount < 0] == ["cost_limit", "cost_limit"]
    again = calculate(ruleset, claim(stay(nights=20, cash_paid=1000), key="c2"), NOTHING.plus(decision.usage))
    assert again.amount == yuan(400), "the same stay in a second claim has only the rest of its cost left"


def test_a_cap_of_the_product_binds_its_benefits_together() -> None:
    two = (benefit(daily(100), code="a"), benefit(daily(50), code="b"))
    ruleset = rules(*two, caps=(cap(per="term", amount=1200),))
    decision = calculate(ruleset, claim(stay(nights=10)), NOTHING)
    assert decision.amount == yuan(1200)
    assert [(paid.benefit, paid.amount) for paid in decision.usage] == [("a", yuan(1000)), ("b", yuan(200))]
    other = calculate(BenefitRules("other", two, Rounding()), claim(stay(nights=10)), NOTHING)
    untouched = calculate(ruleset, claim(stay("s2", nights=2), key="c2"), NOTHING.plus(other.usage))
    assert untouched.amount == yuan(300), "what another product paid does not count"


def test_the_caps_of_the_benefit_and_of_the_product_both_bind() -> None:
    own = [{"per": "stay", "amount": 300}]
    ruleset = rules(benefit(daily(100), caps=own), caps=(cap(per="term", amount=500),))
    decision = calculate(ruleset, claim(stay("s1"), stay("s2", admitted=date(2026, 5, 1))), NOTHING)
    assert [paid.amount for paid in decision.usage] == [yuan(300), yuan(200)]


def test_a_cap_per_year_follows_the_calendar_of_the_event() -> None:
    long_term = (Cover("t", date(2025, 7, 1), date(2028, 6, 30)),)
    ruleset = rules(benefit(daily(100), caps=[{"per": "year", "amount": 1500}]))
    stays = [
        stay(f"s{day.year}{day.month}", admitted=day)
        for day in (date(2025, 8, 1), date(2025, 12, 31), date(2026, 1, 1))
    ]
    decision = calculate(ruleset, claim(*stays, covers=long_term), NOTHING)
    assert [paid.amount for paid in decision.usage] == [yuan(1000), yuan(500), yuan(1000)]


def test_the_last_fen_of_the_cost_is_the_limit() -> None:
    ruleset = rules(benefit(daily(100), at_most_cost={"add": ["cash_paid"]}))
    assert amount_of(ruleset, claim(stay(nights=3, cash_paid="300.01"))) == yuan(300)
    assert amount_of(ruleset, claim(stay(nights=3, cash_paid="299.99"))) == yuan("299.99")
    assert reason_of(ruleset, claim(stay(nights=3, cash_paid=0))) == "nothing_to_pay"
    assert reason_of(ruleset, claim(stay(nights=3))) == "input_missing"


def test_the_deductible_of_a_term_begins_anew_with_the_next_term() -> None:
    ruleset = rules(benefit(percentage((0, None, "0.5"), deductible=1000, accumulate="term")))
    covers = (TERM, Cover("term-2", date(2027, 1, 1), date(2027, 12, 31)))
    first = calculate(ruleset, claim(stay(cash_paid=900), covers=covers), NOTHING)
    assert [reason.code for reason in first.reasons] == ["below_deductible"]
    history = NOTHING.plus(first.usage)
    same = claim(stay("s2", cash_paid=300), key="c2", covers=covers)
    later = claim(stay("s3", admitted=date(2027, 1, 1), cash_paid=300), key="c3", covers=covers)
    assert amount_of(ruleset, same, history) == yuan(100)
    assert reason_of(ruleset, later, history) == "below_deductible"


def test_of_two_covers_on_one_day_the_one_that_began_first_pays() -> None:
    overlapping = Cover("term-2", date(2026, 2, 1), date(2027, 1, 31))
    for order in ((TERM, overlapping), (overlapping, TERM)):
        decision = calculate(rules(benefit(daily(30))), claim(stay(), covers=order), NOTHING)
        assert [paid.cover for paid in decision.usage] == ["term-1"]


@pytest.mark.parametrize(
    ("places", "mode", "expected"),
    [(2, "half_up", "33.34"), (2, "half_even", "33.34"), (2, "down", "33.33"), (2, "up", "33.34"),
     (1, "half_up", "33.3"), (0, "half_up", "33"), (0, "up", "34"), (0, "down", "33")],
)  # fmt: skip
def test_rounding_is_the_packs_and_explained(places: int, mode: str, expected: str) -> None:
    rounding = Rounding.model_validate({"places": places, "mode": mode})
    ruleset = rules(benefit(percentage((0, None, "0.333350"))), rounding=rounding)
    decision = calculate(ruleset, claim(stay(cash_paid=100)), NOTHING)
    assert decision.amount == yuan(expected)
    assert decision.lines[-1].rule == "rounding"
    assert sum(line.amount for line in decision.lines) == decision.amount


def test_rounding_never_goes_above_a_cap() -> None:
    rounding = Rounding(places=0, mode="up")
    ruleset = rules(
        benefit(percentage((0, None, "0.5")), caps=[{"per": "stay", "amount": 99.5}]), rounding=rounding
    )
    assert amount_of(ruleset, claim(stay(cash_paid=1000))) == yuan(99)
    assert amount_of(ruleset, claim(stay(cash_paid=198.5))) == yuan(99)
    assert amount_of(ruleset, claim(stay(cash_paid=100.5))) == yuan(51)


def test_critical_illness_costs_are_those_of_all_stays() -> None:
    ruleset = rules(benefit(percentage((0, None, "0.5")), event="critical_illness"))
    facts = claim(stay("s1", cash_paid=100), stay("s2", cash_paid=300), event_date=DAY)
    assert amount_of(ruleset, facts) == yuan(200)
    assert reason_of(ruleset, claim(stay("s1", cash_paid=100), stay("s2"), event_date=DAY)) == "input_missing"


@pytest.mark.parametrize(
    "build",
    [
        lambda: stay(cash_paid=-1),
        lambda: stay(cash_paid="0.001"),
        lambda: stay(cash_paid="NaN"),
        lambda: Stay("s", DAY, DAY - timedelta(days=1)),
        lambda: Cover("t", DAY, DAY - timedelta(days=1)),
        lambda: Cover("t", DAY, DAY, shares=0),
        lambda: Cover("t", DAY, DAY, unbroken_since=DAY + timedelta(days=1)),
        lambda: claim(stay("s1"), stay("s1")),
        lambda: claim(requested_amount=Decimal(-1)),
    ],
)
def test_impossible_facts_are_refused(build) -> None:
    with pytest.raises(FactsInvalid):
        build()


def test_the_explanation_reads_in_both_languages_and_as_json() -> None:
    ruleset = BenefitRules.of(pack_of("wuxi"), kind="hospital", product="three-in-one")
    decision = calculate(ruleset, claim(stay(nights=10, account_paid="133.40", cash_paid="7860.06")), NOTHING)
    assert decision.amount == yuan("1109.02")
    assert [line.as_dict()["amount"] for line in decision.lines] == ["450.00", "449.019", "0.001", "210.00"]
    assert decision.lines[0].title.zh == "住院医疗互助金：500.00—5000.00 元部分 4500.00 元 × 10%"
    open_end = calculate(ruleset, claim(stay(nights=1, account_paid="0", cash_paid="60000")), NOTHING)
    assert "20000.00 元以上部分" in "".join(line.title.zh for line in open_end.lines)
    assert "∞" not in str([line.as_dict() for line in open_end.lines])
    small = calculate(ruleset, claim(stay(nights=1, account_paid="0", cash_paid="400")), NOTHING)
    assert (small.amount, small.lines[0].amount) == (yuan(0), yuan(0))
    assert small.lines[0].title.zh == "住院医疗互助金：费用 400.00 元，未超过起付线 500.00 元"
    assert decision.lines[3].as_dict()["inputs"] == {
        "days": 10, "from_day": 4, "per_day": "30", "paid_days": 7, "shares": 1,
    }  # fmt: skip
    refused = calculate(ruleset, claim(covers=()), NOTHING)
    assert [reason.as_dict()["code"] for reason in refused.reasons] == ["input_missing"] * 2
