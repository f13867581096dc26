"""Properties of amounts, refunds, ages and terms; and the life of an order against a simple model."""

from datetime import date, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from common.auth import Eyes
from common.contracts.pack.eligibility import Participation
from common.contracts.pack.money import Rounding
from common.contracts.pack.products import Contribution, RefundRule
from enrollment.orders.errors import OrderStateWrong
from enrollment.orders.models import Order, OrderStatus
from enrollment.orders.rules import (
    amount_due,
    contribution_of,
    last_day,
    months_begun,
    people_needed,
    rest_contribution,
)
from enrollment.refunds.rules import refund_of, whole_months
from enrollment.rosters import AgeBounds
from enrollment.rosters.requirements import birthday

DAYS = st.dates(date(2020, 1, 1), date(2035, 12, 31))
PRICES = st.decimals("0.01", "5000", places=2)
ROUNDING = st.builds(
    Rounding, places=st.integers(0, 2), mode=st.sampled_from(["half_up", "half_even", "down", "up"])
)
MONTHS = st.integers(1, 48)
CHARGES = st.sampled_from(["months", "days", "full"])
REFUNDS = st.sampled_from(["none", "full_before_start", "pro_rata_months", "pro_rata_days"])
FEES = st.decimals("0", "50", places=2)


@given(st.dictionaries(st.integers(1, 100), st.integers(0, 100_000), max_size=6), PRICES, ROUNDING)
def test_an_order_is_the_sum_of_its_people(
    people: dict[int, int], price: Decimal, rounding: Rounding
) -> None:
    contribution = Contribution(per_share=price, share_limit=100)
    each = [
        contribution_of(shares=shares, price=contribution, rounding=rounding)
        for shares, number in people.items()
        for _ in range(min(number, 3))
    ]
    small = {shares: min(number, 3) for shares, number in people.items()}
    assert amount_due(small, price=contribution, rounding=rounding) == sum(each, Decimal(0))
    union = contribution.model_copy(update={"payer": "union"})
    assert amount_due(people, price=union, rounding=rounding) == 0


@given(PRICES, DAYS, MONTHS, st.integers(0, 1500), st.integers(0, 1500), CHARGES, ROUNDING)
def test_the_rest_of_a_term_costs_less_the_later_one_joins(
    full: Decimal, first: date, months: int, early: int, later: int, charge: str, rounding: Rounding
) -> None:
    group = (first, last_day(first, months))
    early, later = sorted((early, later))
    cost = [
        rest_contribution(
            full, starts_on=first + timedelta(days=days), group=group, charge=charge, rounding=rounding
        )
        for days in (0, early, later)
    ]
    assert full == cost[0] >= cost[1] >= cost[2] >= 0
    assert charge != "full" or cost[2] == full


@given(
    PRICES, DAYS, MONTHS, st.integers(-40, 1500), st.integers(0, 400), REFUNDS, FEES, st.booleans(), ROUNDING
)
def test_a_refund_is_never_more_than_was_paid_and_never_grows(
    paid: Decimal, first: date, months: int, offset: int, more: int, kind: str, fee: Decimal, claimed: bool,
    rounding: Rounding,
) -> None:  # fmt: skip
    last = last_day(first, months)
    policy_rule = RefundRule(rule=kind, fee=fee)  # type: ignore[arg-type]
    ends = [
        min(max(first + timedelta(days=days), first - timedelta(days=1)), last)
        for days in (offset, offset + more)
    ]
    back = [
        refund_of(
            contribution=paid, starts_on=first, ends_on=last, ended_on=end, rule=policy_rule, rounding=rounding,
            benefit_paid=claimed,
        ).amount
        for end in ends
    ]  # fmt: skip
    assert paid >= back[0] >= back[1] >= 0
    if kind == "none" or claimed:
        assert back == [0, 0]
    if ends[1] == last:
        assert back[1] == 0


@given(DAYS, MONTHS)
def test_a_term_has_its_months(first: date, months: int) -> None:
    end = last_day(first, months) + timedelta(days=1)
    assert months_begun(first, end - timedelta(days=1)) == months
    assert whole_months(first, end) in (months, months - 1)
    assert whole_months(first, first) == 0


@given(st.integers(1, 100_000), st.decimals("0.01", "1", places=2), st.integers(0, 200))
def test_participation(employees: int, share: Decimal, everyone: int) -> None:
    needed = people_needed(Participation(share=share, everyone_below=everyone), employees)
    assert 0 < needed <= employees
    assert needed >= share * employees
    assert employees >= everyone or needed == employees


@pytest.mark.feature("D.06")
@given(st.dates(date(1940, 1, 1), date(2020, 12, 31)), st.integers(1, 90))
def test_ages_turn_on_the_birthday(born: date, years: int) -> None:
    """Leap days too: who was born on 29 February has the birthday on 1 March in other years."""
    day = birthday(born, years)
    before, after = day - timedelta(days=1), day + timedelta(days=1)
    below, above, least = AgeBounds(below=years), AgeBounds(above=years), AgeBounds(at_least=years)
    assert [below.verdict(born=born, on=d) for d in (before, day)] == ["ok", "over"]
    assert [above.verdict(born=born, on=d) for d in (day, after)] == ["under", "ok"]
    assert [least.verdict(born=born, on=d) for d in (before, day)] == ["under", "ok"]
    assert (day.month, day.day) == (born.month, born.day) or (born.month, born.day, day.month, day.day) == (
        2,
        29,
        3,
        1,
    )


class OrderLife(RuleBasedStateMachine):
    """What may be done with an order, against a model that is a word and three numbers."""

    def __init__(self) -> None:
        super().__init__()
        self.order = Order(
            id=uuid4(), tenant_id=uuid4(), number="1", unit_id=uuid4(), product_code="p", pack_version=1,
            created_by=uuid4(), version=1, status="draft", people=0, shares=0, issued=0, skipped=0, kind="enrolment",
            ordered_by="unit", paper_ids=[], amount_due=None,
        )  # fmt: skip
        self.state, self.due, self.people = "draft", Decimal(0), 0

    def may(self, *states: str) -> bool:
        return self.state in states

    def attempt(self, allowed: bool, action: object) -> bool:
        before = self.order.version
        try:
            action()  # type: ignore[operator]
        except OrderStateWrong:
            assert not allowed and self.order.version == before
            return False
        assert allowed and self.order.version > before
        return True

    @rule(people=st.integers(1, 5), price=st.integers(0, 2))
    def submit(self, people: int, price: int) -> None:
        due = Decimal(people * price * 60)

        def action() -> None:
            self.order.submit(by=Eyes(uuid4()), node="n", people=people, shares=people, amount_due=due)

        if self.attempt(self.may("draft"), action):
            self.state, self.due, self.people = "submitted", due, people

    @rule(last=st.booleans())
    def review(self, last: bool) -> None:
        if (
            self.attempt(
                self.may("submitted"), lambda: self.order.pass_review(next_node=None if last else "m")
            )
            and last
        ):
            self.state = "to_pay"

    @rule()
    def give_back(self) -> None:
        if self.attempt(self.may("submitted"), lambda: self.order.return_to_draft(reason="x")):
            self.state = "draft"

    @rule(off=st.sampled_from([-10, 0, 10]))
    def pay(self, off: int) -> None:
        action = lambda: self.order.report_payment(  # noqa: E731
            by=Eyes(uuid4()), amount=self.due + off, voucher_id=uuid4(), paper_ids=[], node="f"
        )
        if self.attempt(self.may("to_pay", "payment_held"), action):
            self.state = "payment_held" if off else "payment_review"

    @rule()
    def refuse(self) -> None:
        action = lambda: self.order.refuse_payment(reason="x")  # noqa: E731
        if self.attempt(self.may("payment_review", "payment_held"), action):
            self.state = "to_pay"

    @rule()
    def confirm(self) -> None:
        day = date(2026, 1, 1)
        action = lambda: self.order.confirm_payment(on=day, starts_on=day, ends_on=last_day(day, 12))  # noqa: E731
        allowed = self.may("payment_review") or (self.may("to_pay") and self.due == 0)
        if self.attempt(allowed, action):
            self.state = "paid"

    @precondition(lambda self: self.order.issued + self.order.skipped < self.people or self.state != "paid")
    @rule(covered=st.booleans())
    def issue(self, covered: bool) -> None:
        self.attempt(
            self.may("paid"),
            lambda: self.order.count_issued(issued=int(not covered), skipped=int(covered), to=uuid4()),
        )

    @rule()
    def finish(self) -> None:
        if self.attempt(self.may("paid"), lambda: self.order.finish()):
            self.state = "done"

    @invariant()
    def agrees(self) -> None:
        assert self.order.status == self.state
        assert OrderStatus(self.order.status)
        assert self.order.issued + self.order.skipped <= max(self.people, 0)
        if self.state in ("paid", "done"):
            assert self.order.amount_paid == self.order.amount_due == self.due
        if self.state == "payment_review":
            assert self.order.amount_paid == self.due


TestOrderLife = OrderLife.TestCase
TestOrderLife.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
