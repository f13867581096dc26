"""The order's state machine against a simple model."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from common.auth import Eyes
from common.ids import new_id
from enrollment.orders.errors import OrderStateWrong
from enrollment.orders.models import Order, OrderStatus

ALLOWED = {
    "submit": {"draft"},
    "return": {"submitted"},
    "pass": {"submitted"},
    "report": {"to_pay", "payment_held"},
    "refuse": {"payment_review", "payment_held"},
    "check": {"payment_review"},
    "confirm": {"payment_review"},
    "issue": {"paid"},
    "finish": {"paid"},
}
people = st.integers(1, 5)


class OrderMachine(RuleBasedStateMachine):
    """Does anything at any time; the model says what must be refused and where the order then stands."""

    @initialize()
    def begin(self) -> None:
        self.order = Order(
            tenant_id=new_id(), id=new_id(), number="1", unit_id=new_id(), product_code="p", pack_version=1,
            created_by=new_id(), status="draft", version=1, people=0, shares=0, issued=0, skipped=0, paper_ids=[],
        )  # fmt: skip
        self.state, self.due, self.left = "draft", Decimal(0), 0

    def attempt(self, action: str, do: Callable[[], None], then: str) -> bool:
        before = self.order.version
        if self.state not in ALLOWED[action]:
            try:
                do()
            except OrderStateWrong:
                assert self.order.version == before
                return False
            raise AssertionError(f"{action} was possible in {self.state}")
        do()
        assert self.order.version == before + 1
        self.state = then
        return True

    @rule(count=people)
    def submit(self, count: int) -> None:
        due = Decimal(120) * count

        def do() -> None:
            self.order.submit(by=Eyes(new_id()), node="review", people=count, shares=count, amount_due=due)

        if self.attempt("submit", do, "submitted"):
            self.due, self.left = due, count

    @rule()
    def give_back(self) -> None:
        self.attempt("return", lambda: self.order.return_to_draft(reason="r"), "draft")

    @rule(last=st.booleans())
    def pass_review(self, last: bool) -> None:
        node = None if last else "second"
        self.attempt(
            "pass", lambda: self.order.pass_review(next_node=node), "to_pay" if last else "submitted"
        )

    @rule(difference=st.sampled_from([0, 0, 0, -1, 1]))
    def report(self, difference: int) -> None:
        amount = self.due + difference

        def do() -> None:
            self.order.report_payment(
                by=Eyes(new_id()), amount=amount, voucher_id=new_id(), paper_ids=[], node="finance"
            )

        self.attempt("report", do, "payment_held" if difference else "payment_review")

    @rule()
    def refuse(self) -> None:
        self.attempt("refuse", lambda: self.order.refuse_payment(reason="r"), "to_pay")

    @rule()
    def check(self) -> None:
        self.attempt("check", lambda: self.order.pass_payment_check(next_node="second"), "payment_review")

    @rule()
    def confirm(self) -> None:
        def do() -> None:
            self.order.confirm_payment(
                on=date(2026, 1, 1), starts_on=date(2026, 1, 1), ends_on=date(2026, 12, 31)
            )

        self.attempt("confirm", do, "paid")

    @rule(covered=st.booleans())
    def issue(self, covered: bool) -> None:
        if self.state == "paid" and not self.left:
            return
        issued, to = 0 if covered else 1, new_id()
        if self.attempt(
            "issue", lambda: self.order.count_issued(issued=issued, skipped=1 - issued, to=to), "paid"
        ):
            self.left -= 1

    @rule()
    def finish(self) -> None:
        self.attempt("finish", self.order.finish, "done")

    @invariant()
    def agrees(self) -> None:
        order = self.order
        assert order.status == self.state
        assert (order.node is not None) == (self.state in {"submitted", "payment_review"})
        if self.state in {"paid", "done"}:
            assert order.amount_paid == order.amount_due == self.due
            assert order.issued + order.skipped + self.left == order.people
        if self.state == "payment_held":
            assert order.amount_paid != order.amount_due
        OrderStatus(order.status)


TestOrderStates = OrderMachine.TestCase
TestOrderStates.settings = settings(max_examples=150, stateful_step_count=30, deadline=None)


def test_a_free_order_needs_no_payment() -> None:
    order = Order(
        tenant_id=new_id(), id=new_id(), number="1", unit_id=new_id(), product_code="p", pack_version=1,
        created_by=new_id(), status="to_pay", version=1, people=1, shares=1, issued=0, skipped=0, amount_due=Decimal(0),
    )  # fmt: skip
    order.confirm_payment(on=date(2026, 1, 1), starts_on=date(2026, 1, 1), ends_on=date(2026, 12, 31))
    assert order.status == OrderStatus.PAID
