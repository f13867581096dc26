"""The money of an amendment comes late: who joins pays for the cover they get, the rest comes back (row P.01)."""

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update

from common.clock import now, set_to, today
from common.consumer import Worker
from common.contracts.pack.money import Rounding
from enrollment.issuing import service as issuing
from enrollment.issuing.jobs import issue_policies, owe_what_is_missing
from enrollment.issuing.repository import masses
from enrollment.orders.models import Order
from enrollment.orders.rules import rest_contribution
from enrollment.people.models import OrderPerson
from enrollment.policies.models import Policy
from enrollment.refunds.models import RefundOwed

from .beijing import Beijing, member
from .test_amendments import group, said
from .test_order_properties import CHARGES, DAYS, MONTHS, PRICES, ROUNDING, last_day

SOON_SIXTY = {"years": 60, "days": -20}
"""Fits today, no longer in three weeks."""


async def joined(beijing: Beijing, worker: Worker, joiners: list[dict[str, str]], *, begun: int = 100) -> str:
    """An amendment of a running group that waits for its payment: these join, and one leaves."""
    people = [member(1), member(2)]
    base = await group(beijing, worker, people, days=begun)
    await beijing.admit(joiners)
    order = str((await beijing.post(f"/orders/{base}/amendments", beijing.handler, status=201))["id"])
    assert (await beijing.upload(order, joiners)).json()["order"]["insurable"] == len(joiners)
    leaver = {"document_numbers": [people[1]["id_number"]]}
    await beijing.post(f"/orders/{order}/leavers", beijing.handler, leaver)
    assert (await beijing.submit(order)).status_code == 200
    await beijing.reviewed(order)
    return order


async def confirmed(beijing: Beijing, order: str) -> None:
    await beijing.pay(order, (await beijing.state(order))["amount_due"])
    await beijing.post(f"/orders/{order}/payment/confirm", beijing.finance)


async def settled(beijing: Beijing, worker: Worker, order: str) -> dict[str, Any]:
    """Pay, confirm, issue."""
    await confirmed(beijing, order)
    await issue_policies(worker.context, beijing.tenant.id)
    done = await beijing.state(order)
    assert done["status"] == "done"
    return done


async def worth_of(beijing: Beijing, order: str) -> list[tuple[Policy, Decimal]]:
    """The policies of an order, each with what the pack's rule says its term is worth."""
    async with beijing.client.context.db.transaction(beijing.tenant.id) as session:
        mine = (Policy.tenant_id == beijing.tenant.id, Policy.order_id == UUID(order))
        rows = list((await session.execute(select(Policy).where(*mine))).scalars())
        base = (
            (await session.execute(select(Order).where(Order.id == UUID(order)))).scalar_one().base_order_id
        )
        group_of = (await session.execute(select(Order).where(Order.id == base))).scalar_one()
    term = (group_of.starts_on, group_of.ends_on)
    product = beijing.tenant.pack.product("inpatient")
    return [
        (row, rest_contribution(product.contribution.per_share * row.shares, starts_on=row.starts_on, group=term,
                                charge="months", rounding=beijing.tenant.pack.rounding))
        for row in rows
    ]  # fmt: skip


async def owed(beijing: Beijing, order: str) -> dict[str, Decimal]:
    async with beijing.client.context.db.transaction(beijing.tenant.id) as session:
        mine = (RefundOwed.tenant_id == beijing.tenant.id, RefundOwed.order_id == UUID(order))
        rows = (await session.execute(select(RefundOwed).where(*mine))).scalars()
        return {row.reason: row.amount for row in rows}


@pytest.mark.feature("P.01")
@pytest.mark.parametrize(
    ("late", "reasons"),
    [
        (0, {"removed"}),
        (25, {"removed", "begun_later", "not_eligible"}),
        (120, {"removed", "begun_later", "not_eligible"}),
        (300, {"ended_meanwhile", "not_eligible"}),
    ],
)
async def test_what_is_paid_is_what_the_cover_is_worth_and_what_comes_back(
    beijing: Beijing, worker: Worker, late: int, reasons: set[str]
) -> None:
    joiners = [
        member(7) | {"shares": "1"},
        member(8) | {"shares": "2"},
        member(9, **SOON_SIXTY) | {"shares": "2"},
    ]
    order = await joined(beijing, worker, joiners)
    with set_to(now() + timedelta(days=late)):
        done = await settled(beijing, worker, order)
        policies, back = await worth_of(beijing, order), await owed(beijing, order)
        assert set(back) == reasons
        assert all(policy.contribution == worth > 0 for policy, worth in policies)
        assert len(policies) == {0: 3, 25: 2, 120: 2, 300: 0}[late]
        for_joiners = sum((amount for why, amount in back.items() if why != "removed"), Decimal(0))
        given = sum((worth for _, worth in policies), Decimal(0))
        assert Decimal(done["amount_paid"]) == given + for_joiners
        if late in (25, 120):
            assert {policy.starts_on for policy, _ in policies} == {today()}
            (told,) = [row for row in done["refunds"] if row["reason"] == "begun_later"]
            assert (told["people"], told["payee_text"]) == (2, "单位") and "推迟" in told["reason_text"]
            dues = await said(beijing, "enrollment.refund_due.v1")
            (due,) = [due for due in dues if due["reason"] == "begun_later"]
            assert (due["payee"], due["people"], Decimal(due["amount"])) == ("unit", 2, back["begun_later"])
        for _ in range(2):
            await issue_policies(worker.context, beijing.tenant.id)
        assert await owed(beijing, order) == back


@pytest.mark.feature("P.01")
async def test_the_handler_sees_for_which_day_they_pay_and_what_comes_back(
    beijing: Beijing, worker: Worker
) -> None:
    order = await joined(beijing, worker, [member(7), member(8)])
    promised = await beijing.state(order)
    assert today().isoformat() in promised["amount_note"] and "退回" in promised["amount_note"]
    assert (promised["insurable"], promised["leaving"], promised["people"]) == (2, 1, 3)
    with set_to(now() + timedelta(days=95)):
        seen = await beijing.state(order)
        assert today().isoformat() in seen["amount_note"]
        done = await settled(beijing, worker, order)
        (back,) = [row["amount"] for row in done["refunds"] if row["reason"] == "begun_later"]
        assert f"将退回 {back} 元" in seen["amount_note"]
        assert done["amount_note"] is None


@pytest.mark.feature("P.01")
async def test_what_members_paid_themselves_comes_back_to_each_of_them(
    beijing: Beijing, worker: Worker
) -> None:
    order = await joined(beijing, worker, [member(7), member(8) | {"shares": "2"}])
    with set_to(now() + timedelta(days=95)):
        await confirmed(beijing, order)
        async with beijing.client.context.db.transaction(beijing.tenant.id) as session:
            await session.execute(update(Order).where(Order.id == UUID(order)).values(ordered_by="member"))
        await issue_policies(worker.context, beijing.tenant.id)
        dues = [
            due for due in await said(beijing, "enrollment.refund_due.v1") if due["reason"] == "begun_later"
        ]
        assert {due["payee"] for due in dues} == {"member"} and len({due["person_id"] for due in dues}) == 2
        small, large = sorted(Decimal(due["amount"]) for due in dues)
        assert Decimal(0) < small < large
        names = {beijing.tenant.keys.open(due["name"]["ciphertext"], context="person.name") for due in dues}
        assert names == {member(7)["name"], member(8)["name"]}


@pytest.mark.feature("P.01")
@pytest.mark.parametrize("payer", ["unit", "member"])
async def test_what_an_older_worker_left_out_is_owed_later_once(
    beijing: Beijing, worker: Worker, monkeypatch: pytest.MonkeyPatch, payer: str
) -> None:
    """An older version knew of no surplus: it gave back what a left out person's cover would be worth, and no more."""

    async def nothing(*_: Any) -> None:
        """The older version."""

    order = await joined(beijing, worker, [member(7), member(8), member(9, **SOON_SIXTY)])
    with set_to(now() + timedelta(days=95)):
        await confirmed(beijing, order)
        paid = Decimal((await beijing.state(order))["amount_paid"])
        async with beijing.client.context.db.transaction(beijing.tenant.id) as session:
            await session.execute(update(Order).where(Order.id == UUID(order)).values(ordered_by=payer))
        with monkeypatch.context() as older:
            older.setattr(issuing, "refund_surplus", nothing)
            older.setattr(masses, "PAID", OrderPerson.contribution)
            await issue_policies(worker.context, beijing.tenant.id)
        given = sum((worth for _, worth in await worth_of(beijing, order)), Decimal(0))
        assert given + await for_joiners(beijing, order) < paid
        for _ in range(2):
            await owe_what_is_missing(worker.context, beijing.tenant.id)
            assert given + await for_joiners(beijing, order) == paid
        dues = [due for due in await said(beijing, "enrollment.refund_due.v1") if due["reason"] != "removed"]
        assert {due["payee"] for due in dues} == {payer}
        assert sum(Decimal(due["amount"]) for due in dues) == paid - given


@pytest.mark.feature("P.01")
async def test_what_was_given_back_in_full_is_not_owed_again(beijing: Beijing, worker: Worker) -> None:
    order = await joined(beijing, worker, [member(7), member(9, **SOON_SIXTY)])
    with set_to(now() + timedelta(days=95)):
        await settled(beijing, worker, order)
        before = await said(beijing, "enrollment.refund_due.v1")
        await owe_what_is_missing(worker.context, beijing.tenant.id)
        assert await said(beijing, "enrollment.refund_due.v1") == before


async def for_joiners(beijing: Beijing, order: str) -> Decimal:
    """What is owed of an amendment to those who join, or were to join."""
    async with beijing.client.context.db.transaction(beijing.tenant.id) as session:
        mine = (RefundOwed.tenant_id == beijing.tenant.id, RefundOwed.order_id == UUID(order))
        rows = (await session.execute(select(RefundOwed).where(*mine))).scalars()
        return sum((row.amount for row in rows if row.reason != "removed"), Decimal(0))


@pytest.mark.feature("P.01")
async def test_who_leaves_stands_apart_with_the_net_amount(beijing: Beijing, worker: Worker) -> None:
    people = [member(1), member(2)]
    base = await group(beijing, worker, people, days=100)
    await beijing.admit([member(7)])
    order = (await beijing.post(f"/orders/{base}/amendments", beijing.handler, status=201))["id"]
    await beijing.upload(order, [member(7)])
    path = f"/orders/{order}/leavers"
    left = await beijing.post(path, beijing.handler, {"document_numbers": [people[1]["id_number"]]})
    seen = await beijing.state(order)
    assert (seen["insurable"], seen["not_insurable"], seen["leaving"]) == (1, 0, 1)
    assert left["contribution"] == seen["expected_amount"] and Decimal(left["refund"]) > 0
    assert Decimal(left["net"]) == Decimal(left["contribution"]) - Decimal(left["refund"])
    insurable = await beijing.client.get(f"/orders/{order}/people?insurable=true", beijing.handler)
    assert [row["action"] for row in insurable.json()["items"]] == ["add"]
    everybody = {"all": True, "insurable": True, "words": "全部删除"}
    gone = await beijing.post(f"/orders/{order}/people/delete", beijing.handler, everybody)
    assert (gone["insurable"], gone["changed"]) == (0, 1)
    (leaver,) = (await beijing.client.get(path, beijing.handler)).json()["items"]
    alone = await beijing.client.get(path, beijing.handler)
    assert (alone.json()["contribution"], alone.json()["net"]) == ("0.00", f"-{leaver['refund']}")
    await beijing.post(f"/orders/{order}/people/delete", beijing.handler, {"ids": [leaver["id"]]})
    assert (await beijing.client.get(path, beijing.handler)).json()["items"] == []
    nobody = await beijing.submit(order)
    assert nobody.status_code == 409, nobody.text


@given(
    st.lists(st.integers(1, 5), min_size=1, max_size=6), PRICES, DAYS, MONTHS, st.integers(0, 900),
    st.integers(0, 900), CHARGES, ROUNDING,
)  # fmt: skip
def test_the_difference_is_never_below_nothing(
    shares: list[int],
    price: Decimal,
    first: Any,
    months: int,
    expected: int,
    later: int,
    charge: str,
    rounding: Rounding,
) -> None:
    """However late the money comes: what was paid is what the cover is worth and what comes back, for each of them."""
    group_term = (first, last_day(first, months))

    def rest(number: int, days: int) -> Decimal:
        start = first + timedelta(days=days)
        full = rounding.apply(price * number)
        return rest_contribution(full, starts_on=start, group=group_term, charge=charge, rounding=rounding)

    paid = [rest(number, expected) for number in shares]
    worth = [rest(number, expected + later) for number in shares]
    back = [asked - value for asked, value in zip(paid, worth, strict=True)]
    assert all(amount >= 0 for amount in back) and sum(paid) == sum(worth) + sum(back)
    if charge == "full":
        assert not any(back)
