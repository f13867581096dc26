"""Rules of orders and cover, as properties."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.auth import Eyes
from common.contracts.pack import Product, Rounding, TenantPack
from common.contracts.pack.base import LocalText
from common.contracts.pack.chains import Chain, Node
from common.contracts.pack.products import Contribution, EffectiveRule, RenewalWindow
from enrollment.orders import rules
from enrollment.policies.rules import (
    covered_until_blocks,
    may_enrol,
    next_term,
    policy_state,
    renewable_from,
)

days = st.dates(date(2000, 1, 1), date(2090, 12, 31))
months = st.integers(1, 120)
prices = st.decimals(Decimal("0.01"), Decimal(10_000), places=2)
roundings = st.builds(
    Rounding, places=st.integers(0, 2), mode=st.sampled_from(["half_up", "half_even", "down", "up"])
)
shares = st.dictionaries(st.integers(1, 100), st.integers(0, 100_000), max_size=6)


def price(amount: Decimal, payer: str = "unit") -> Contribution:
    return Contribution.model_validate({"per_share": amount, "share_limit": 100, "payer": payer})


@given(shares, prices, roundings)
def test_amount_due_is_the_sum_of_the_contributions(
    people: dict[int, int], amount: Decimal, rounding: Rounding
) -> None:
    """What the unit pays is what its people's policies say, to the cent, however the pack rounds."""
    due = rules.amount_due(people, price=price(amount), rounding=rounding)
    policies = [
        rules.contribution_of(shares=count, price=price(amount), rounding=rounding) * number
        for count, number in people.items()
    ]
    assert due == sum(policies, Decimal(0))
    assert due == due.quantize(Decimal("0.01")) and due >= 0


@given(shares, prices, roundings)
def test_the_union_pays_for_its_own_products(
    people: dict[int, int], amount: Decimal, rounding: Rounding
) -> None:
    assert rules.amount_due(people, price=price(amount, "union"), rounding=rounding) == 0


@given(days, months)
def test_terms_follow_each_other_without_gap_or_overlap(start: date, term: int) -> None:
    first = rules.last_day(start, term)
    second = rules.last_day(first + timedelta(days=1), term)
    assert start < first < second
    assert 28 * term - 1 <= (first - start).days + 1 <= 31 * term + 1


@pytest.mark.parametrize(
    ("start", "term", "last"),
    [
        (date(2023, 2, 22), 12, date(2024, 2, 21)),  # manual 002, page of policies
        (date(2021, 4, 1), 12, date(2022, 3, 31)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2023, 12, 1), 1, date(2023, 12, 31)),
    ],
)
def test_last_day(start: date, term: int, last: date) -> None:
    assert rules.last_day(start, term) == last


@given(days, st.none() | days)
def test_cover_is_never_backdated(confirmed: date, requested: date | None) -> None:
    for name in ("on_confirmation", "next_day", "next_month", "requested"):
        rule = EffectiveRule.model_validate({"rule": name})
        first = rules.first_day(rule, confirmed_on=confirmed, requested=requested)
        assert first >= confirmed
        if name == "next_month":
            assert first.day == 1 and 1 <= (first - confirmed).days <= 31
        if name == "next_day":
            assert first == confirmed + timedelta(days=1)


@given(days, st.integers(-400, 400), st.integers(0, 200))
def test_only_a_product_that_allows_it_takes_a_requested_start(today: date, away: int, within: int) -> None:
    requested = today + timedelta(days=away)
    free = EffectiveRule.model_validate({"rule": "requested", "within_days": within})
    assert rules.start_allowed(free, requested=requested, today=today) == (0 <= away <= within)
    fixed = EffectiveRule.model_validate({"rule": "next_day"})
    assert not rules.start_allowed(fixed, requested=requested, today=today)
    assert rules.start_allowed(fixed, requested=None, today=today)


def test_order_number_is_date_time_and_serial() -> None:
    at = datetime(2022, 10, 17, 1, 39, 11, tzinfo=UTC)
    assert rules.order_number(rules.order_prefix(at), 177) == "20221017093911177"


def product(pack: TenantPack, *, before: int | None, term: int = 12) -> Product:
    renewal = None if before is None else RenewalWindow(before_days=before, after_days=0)
    return pack.products[0].model_copy(update={"renewal": renewal, "term_months": term})


windows = st.none() | st.integers(0, 60)


@given(until=st.none() | days, start=days, before=windows, term=months)
def test_no_two_terms_overlap(
    wuxi_pack: TenantPack, until: date | None, start: date, before: int | None, term: int
) -> None:
    found = next_term(until, starts_on=start, product=product(wuxi_pack, before=before, term=term))
    if found is None:
        assert until is not None and until >= start
        return
    assert found.starts_on >= start and found.ends_on >= found.starts_on
    assert until is None or found.starts_on > until


@given(until=days, start=days, before=windows)
def test_the_query_decides_as_the_rule(
    wuxi_pack: TenantPack, until: date, start: date, before: int | None
) -> None:
    """`covered_until >= blocks` in SQL is the same decision as `may_enrol`."""
    chosen = product(wuxi_pack, before=before)
    blocked = until >= covered_until_blocks(starts_on=start, product=chosen)
    assert blocked == (not may_enrol(until, starts_on=start, product=chosen))


@given(until=days, before=st.integers(0, 60))
def test_renewal_opens_its_days_before_the_end(wuxi_pack: TenantPack, until: date, before: int) -> None:
    chosen = product(wuxi_pack, before=before)
    opens = until - timedelta(days=before)
    assert renewable_from(until, chosen) == opens
    assert may_enrol(until, starts_on=opens, product=chosen)
    assert not may_enrol(until, starts_on=opens - timedelta(days=1), product=chosen)


@given(start=days, length=st.integers(0, 400), today=days, ended=st.none() | days)
def test_state_of_a_policy(start: date, length: int, today: date, ended: date | None) -> None:
    """Whoever is covered on a day is never shown as ended on that day."""
    end = start + timedelta(days=length)
    state = policy_state("in_force", starts_on=start, ends_on=end, ended_on=None, today=today)
    assert state == ("not_started" if today < start else "expired" if today > end else "in_force")
    last = min(ended, end) if ended else start - timedelta(days=1)
    state = policy_state("terminated", starts_on=start, ends_on=end, ended_on=last, today=today)
    covered = start <= today <= last
    assert (state == "in_force") == covered
    assert (state == "not_started") == (today < start <= last)


def node(code: str, *others: str) -> Node:
    return Node(code=code, title=LocalText(zh=code, en=code), role="r", four_eyes_with=others)


accounts = st.builds(
    Eyes,
    st.integers(1, 5).map(lambda number: UUID(int=number)),
    st.none() | st.integers(1, 3).map(lambda number: UUID(int=number)),
)


@given(
    steps=st.lists(st.builds(rules.StepFact, st.sampled_from(["a", "b"]), accounts)),
    submitters=st.lists(accounts),
    others=st.sets(st.sampled_from(["a", "b", "submitter"])),
    me=accounts,
)
def test_four_eyes(steps: list[rules.StepFact], submitters: list[Eyes], others: set[str], me: Eyes) -> None:
    barred = rules.barred(node("c", *sorted(others)), steps=steps, submitters=submitters)
    acted = any(me.are(step.eyes) and step.node in others for step in steps)
    brought = "submitter" in others and any(me.are(other) for other in submitters)
    assert any(me.are(other) for other in barred) == (acted or brought)


def test_chain_is_walked_to_its_end() -> None:
    chain = Chain(code="c", title=LocalText(zh="c", en="c"), nodes=(node("a"), node("b"), node("c")))
    walked, here = [], rules.first_node(chain)
    while here is not None:
        walked.append(here)
        here = rules.next_node(chain, here)  # type: ignore[assignment]
    assert walked == ["a", "b", "c"]
