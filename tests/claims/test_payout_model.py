"""The life of a payout against a simple model, and random sequences of postings: nothing is ever off by a fen."""

import asyncio
import os
from collections.abc import Coroutine
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeVar

import pytest
import pytest_asyncio
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import text

from claims.ledger.repository import LedgerRepository
from claims.ledger.rules import BY_HAND, Account, Balance, Cause, Movement
from claims.ledger.service import book
from claims.payouts.batches.models import PayoutItem
from common.clock import today
from common.contracts.pack import TenantPack
from common.db import unscoped
from common.ids import new_id
from common.testing import Client

from .conftest import NewTenant
from .world import FUND, World, card_number

T = TypeVar("T")
AMOUNT = Decimal("460.00")
EXAMPLES = int(os.environ.get("HUZHU_EXAMPLES", "6"))
"""More of them when asked for: each makes a tenant of its own."""


@dataclass
class Ground:
    """What a machine needs: a way to make a tenant, and the loop in which the service lives."""

    client: Client
    new_tenant: NewTenant
    pack: TenantPack
    loop: asyncio.AbstractEventLoop

    async def world(self) -> World:
        made = World(self.client, await self.new_tenant(self.client.context, pack=self.pack))
        await made.approve_unit()
        return made

    def run(self, step: Coroutine[Any, Any, T]) -> T:
        return self.loop.run_until_complete(step)


@pytest_asyncio.fixture
async def ground(claims: Client, new_tenant: NewTenant, wuxi_plain: TenantPack) -> Ground:
    return Ground(claims, new_tenant, wuxi_plain, asyncio.get_running_loop())


class PayoutLife(RuleBasedStateMachine):
    """One approved claim; whatever people and the bank do, the service agrees with the model."""

    ground: Ground

    @initialize()
    def approved_claim(self) -> None:
        """The model: where the payout is, its open batch, what the bank holds, which answers the bank gave."""
        self.world = self.ground.run(self.ground.world())
        self.person = self.ground.run(self.world.cover())
        self.claim = self.ground.run(self.world.approved(self.person))
        self.status, self.batch, self.bank, self.sent, self.cards = "waiting", None, Decimal(0), None, 900
        self.rows: list[list[str]] = []
        self.maker, self.checker = self.world.staff("payout_maker"), self.world.staff("payout_checker")

    def post(self, path: str, actor: Any, body: Any = None) -> Any:
        return self.ground.run(self.world.client.post(path, actor, json=body))

    @rule(amount=st.sampled_from(["100.00", "460.00", "1000.00"]))
    def fund(self, amount: str) -> None:
        self.ground.run(self.world.fund(amount))
        self.bank += Decimal(amount)

    @rule()
    def prepare(self) -> None:
        answer = self.post("/payout-batches", self.maker, {"fund": FUND})
        if self.status == "waiting":
            assert answer.status_code == 201
            self.status, self.batch = "batched", answer.json()["id"]
        else:
            assert answer.json()["code"] == "payout.nothing_waiting"

    @rule()
    def cancel(self) -> None:
        if self.batch is None:
            return
        answer = self.post(f"/payout-batches/{self.batch}/cancel", self.maker, {"reason": "重新制单"})
        if self.status == "batched":
            assert answer.status_code == 200
            self.status, self.batch = "waiting", None
        else:
            assert answer.status_code == 409

    @rule(itself=st.booleans())
    def release(self, itself: bool) -> None:
        if self.batch is None:
            return
        actor = (
            self.maker.model_copy(update={"permissions": self.checker.permissions})
            if itself
            else self.checker
        )
        answer = self.post(f"/payout-batches/{self.batch}/release", actor)
        if self.status != "batched":
            # Who released it is answered the same again, and nothing happens; anybody else is told who did.
            assert answer.status_code == (409 if itself else 200), answer.text
        elif itself:
            assert answer.json()["code"] == "payout.same_person"
        elif self.bank < AMOUNT:
            assert answer.json()["code"] == "payout.balance_too_low"
        else:
            assert answer.status_code == 200, answer.text
            self.status, self.sent = "released", None
            self.rows = self.ground.run(self.world.result_rows({"id": self.batch}))

    @rule(status=st.sampled_from(["成功", "失败", "退汇", "处理中"]))
    def bank_answers(self, status: str) -> None:
        if self.batch is None or not self.rows:
            return
        data = self.world.result_file(self.rows, status=status)
        answer = self.ground.run(self.world.send_result({"id": self.batch}, data))
        if self.status == "batched" and self.sent is None:
            assert answer.json()["code"] == "payout.batch_not_released"
            return
        if (self.sent, status) in {("失败", "成功"), ("成功", "失败"), ("退汇", "失败")}:
            assert answer.json()["code"] == "payout.result_refused", (self.sent, status, answer.text)
            return
        assert answer.status_code == 200, answer.text
        if self.sent is None and status == "成功":
            self.status, self.sent, self.bank = "paid", "成功", self.bank - AMOUNT
        elif self.sent is None and status in {"失败", "退汇"}:
            self.status, self.sent = "failed", "失败"
        elif self.sent == "成功" and status == "退汇":
            self.status, self.sent, self.bank = "failed", "退汇", self.bank + AMOUNT
        else:
            assert (answer.json()["paid"], answer.json()["failed"], answer.json()["reversed"]) == (0, 0, 0)

    @rule()
    def another_card(self) -> None:
        self.cards += 1
        body = {"card_number": card_number(self.cards), "bank_name": "江苏银行"}
        answer = self.post(f"/claims/{self.claim['id']}/payee", self.person.actor, body)
        self._wait_again(answer, "payout.payee_fixed")

    @rule()
    def retry(self) -> None:
        answer = self.post(f"/payouts/{self._payout()['id']}/retry", self.maker)
        self._wait_again(answer, "payout.state_wrong")

    def _wait_again(self, answer: Any, refusal: str) -> None:
        if self.status == "failed":
            assert answer.status_code == 200, answer.text
            self.status, self.batch, self.rows = "waiting", None, []
        else:
            assert answer.status_code == 409 and answer.json()["code"] == refusal

    def _payout(self) -> dict[str, Any]:
        (payout,) = self.ground.run(self.world.client.get("/payouts", self.maker)).json()["items"]
        return dict(payout)

    @invariant()
    def the_service_agrees(self) -> None:
        assert self._payout()["status"] == self.status
        accounts = self.ground.run(self.world.ledger())["accounts"]
        paid = self.status == "paid"
        assert Decimal(accounts["bank"]) == self.bank
        assert Decimal(accounts["in_transit"]) == (-AMOUNT if self.status == "released" else 0)
        assert Decimal(accounts["claims_payable"]) == (0 if paid or self.status == "released" else -AMOUNT)
        counted = self.ground.run(self.world.count(PayoutItem, PayoutItem.outcome == "paid"))
        assert counted == (1 if paid else 0)
        claim = self.ground.run(self.world.read(self.person.actor, self.claim))["status"]
        assert (claim == "paid") == paid


@pytest.mark.feature("N.05")
def test_the_life_of_a_payout(ground: Ground) -> None:
    class Machine(PayoutLife):
        pass

    Machine.ground = ground
    chosen = settings(
        max_examples=EXAMPLES, stateful_step_count=12, deadline=None, suppress_health_check=list(HealthCheck)
    )
    run_state_machine_as_test(Machine, settings=chosen)  # type: ignore[no-untyped-call]


HANDS = st.tuples(*(st.sampled_from(sorted(BY_HAND)),) * 2).filter(lambda sides: sides[0] != sides[1])
MOVEMENT = st.tuples(
    st.sampled_from([cause for cause in Cause if cause is not Cause.MANUAL]) | HANDS,
    st.sampled_from(["three-in-one", "second"]),
    st.integers(0, 9),
    st.decimals("0.01", "99999999.99", places=2),
)
POSTINGS = """SELECT count(*) FROM (SELECT posting_id FROM ledger_entry WHERE tenant_id = :tenant
  GROUP BY posting_id HAVING sum(debit) <> sum(credit) OR count(*) <> 2) wrong"""


@pytest.mark.feature("N.05")
@settings(max_examples=4 * EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(commands=st.lists(st.lists(MOVEMENT, min_size=1, max_size=5), max_size=6))
def test_any_sequence_of_postings_keeps_every_fund_at_zero(ground: Ground, commands: list[list[Any]]) -> None:
    ground.run(_postings(ground, commands))


async def _postings(ground: Ground, commands: list[list[Any]]) -> None:
    world = await ground.world()
    ids = [new_id() for _ in range(10)]
    expected: dict[tuple[str, str], Decimal] = {}
    seen: set[tuple[str, Any]] = set()
    for group in commands:
        movements = [_movement(*command, ids) for command in group]
        async with ground.client.context.db.transaction(world.tenant.id) as session:
            await book(session, tenant_id=world.tenant.id, movements=movements)
        for movement in movements:
            if (movement.cause.value, movement.cause_id) in seen:
                continue
            seen.add((movement.cause.value, movement.cause_id))
            for account, sign in zip(movement.sides, (1, -1), strict=True):
                place = (movement.fund, account.value)
                expected[place] = expected.get(place, Decimal(0)) + sign * movement.amount
    async with ground.client.context.db.transaction(world.tenant.id) as session:
        repository = LedgerRepository(session, world.tenant.id)
        kept, counted = await repository.balances(), await repository.counted()
        wrong = await session.execute(unscoped(text(POSTINGS), why="a scan"), {"tenant": world.tenant.id})
        assert wrong.scalar_one() == 0
    assert kept == counted and all(balance.difference == 0 for balance in kept)
    found = {(b.fund, name): total for b in kept for name, total in b.accounts.items()}
    assert {place: total for place, total in found.items() if total} == {
        p: t for p, t in expected.items() if t
    }


def _movement(what: Any, fund: str, number: int, amount: Decimal, ids: list[Any]) -> Movement:
    cause, hands = (Cause.MANUAL, what) if isinstance(what, tuple) else (what, None)
    return Movement(fund, cause, ids[number], amount, today(), "x", by_hand=hands)


def test_what_is_released_never_exceeds_what_is_there() -> None:
    """Each cause changes what may be released only as its meaning says."""
    from claims.ledger.rules import SIDES

    nothing, one = Balance(FUND, {}), Decimal(1)
    change = {cause: nothing.after(*sides, one).available for cause, sides in SIDES.items()}
    # What nobody knows the owner of may not be released, and when it goes back nothing is missing.
    stray = nothing.after(*SIDES[Cause.STRAY_RECEIVED], one)
    assert (stray.available, stray.at_bank) == (0, 1)
    del change[Cause.STRAY_RETURNED]
    assert stray.after(*SIDES[Cause.STRAY_RETURNED], one).available == 0
    lost = nothing.after(Account.SUSPENSE, Account.BANK, one)
    assert lost.available == -1, "gone, whatever it was for"
    assert {cause for cause, by in change.items() if by > 0} == {
        Cause.CONTRIBUTION,
        Cause.DUES,
        Cause.FAILED,
        Cause.REVERSED,
    }
    assert {cause for cause, by in change.items() if by < 0} == {
        Cause.RELEASE,
        Cause.REFUND_DUE,
        Cause.DUES_REFUNDED,
    }
    assert Account.CLAIMS_PAYABLE not in BY_HAND and Account.IN_TRANSIT not in BY_HAND
