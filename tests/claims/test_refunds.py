"""Refunds owed to units and members: batched, released by another, answered by the bank, paid once."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from claims.payouts.batches.models import PayoutBatch
from claims.payouts.batches.schedule import prepare_batches
from claims.payouts.models import Payout
from common.clock import now, set_to, today
from common.contracts.dues import DuesPaid, DuesRefunded
from common.contracts.enrollment import RefundDue, RefundReturned
from common.ids import new_id

from .test_ledger_by_hand import approve, propose
from .test_member_cards import changed
from .world import FUND, PRODUCT, Person, World, card_number

ACCOUNT = {"holder": "无锡测试机械有限公司工会", "number": "839010188900099999", "bank_name": "江苏银行"}
PAID, FAILED = "claims.refund_paid.v1", "claims.refund_failed.v1"


def refund(world: World, **changes: Any) -> RefundDue:
    values: dict[str, Any] = {
        "refund_id": new_id(), "reason": "paid_too_much", "fund": FUND, "product_code": PRODUCT,
        "amount": Decimal("120.00"), "due_on": today(), "payee": "unit", "unit_id": world.unit_id,
        "order_id": new_id(), "order_number": "20260101000001", "way": "transfer",
    }  # fmt: skip
    return RefundDue(**(values | changes))


def of_member(world: World, person: Person, **changes: Any) -> RefundDue:
    member = {
        "payee": "member", "person_id": person.id, "policy_id": person.policy.policy_id, "reason": "terminated",
        "bank_card": person.policy.bank_card, "bank_name": person.policy.bank_name,
    }  # fmt: skip
    return refund(world, **(member | changes))


async def payouts(world: World, status: str = "") -> list[dict[str, Any]]:
    query = f"&status={status}" if status else ""
    answer = await world.client.get(f"/payouts?purpose=refund{query}", world.staff("payout_maker"))
    return list(answer.json()["items"])


async def name_account(world: World, payout: dict[str, Any], **options: Any) -> Any:
    actor = options.pop("actor", None) or world.staff("payout_maker")
    return await world.client.post(f"/payouts/{payout['id']}/account", actor, json=ACCOUNT | options)


@pytest.mark.feature("N.05")
async def test_a_refund_of_a_unit_reaches_the_account_that_staff_named(world: World) -> None:
    """Told twice, one payout; no account yet; named; batch, other releaser, bank's file, paid; the books at zero."""
    await world.fund("500.00")
    due = refund(world)
    await world.tell(due, due, times=2)
    (waiting,) = await payouts(world)
    assert (waiting["status"], waiting["amount"], waiting["claim_id"]) == ("awaiting_card", "120.00", None)
    assert waiting["claim_number"] == "20260101000001" and waiting["refund_id"] == str(due.refund_id)
    assert (waiting["payee"], waiting["name"]) == ("unit", "无锡测试机械"), "a unit's name is no secret"
    (told,) = await world.events(FAILED)
    assert "尚未登记" in world.words(told.data["reason"])
    empty = {"fund": FUND, "purpose": "refund"}
    answer = await world.client.post("/payout-batches", world.staff("payout_maker"), json=empty)
    assert answer.json()["code"] == "payout.nothing_waiting"
    assert (await name_account(world, waiting)).json()["card"] == "8390 **** **** 9999"
    batch = await world.released("refund")
    assert (batch["purpose"], batch["total"]) == ("refund", "120.00")
    ledger = await world.ledger()
    assert (ledger["accounts"]["refunds_payable"], ledger["accounts"]["in_transit"]) == ("0.00", "-120.00")
    rows = await world.result_rows(batch)
    assert rows[0][1:] == [ACCOUNT["number"], "120.00"]
    paid = world.result_file(rows)
    assert (await world.send_result(batch, paid)).json()["paid"] == 1
    assert (await world.send_result(batch, paid)).json()["repeated"] == 1
    ledger = await world.ledger()
    assert (ledger["accounts"]["bank"], ledger["accounts"]["in_transit"]) == ("380.00", "0.00")
    assert ledger["available"] == "380.00"
    (said,) = await world.events(PAID)
    assert said.data["refund"]["refund_id"] == str(due.refund_id) and said.data["refund"]["paid_on"]
    await world.tell(refund(world, order_number="20260101000002"))
    (known,) = await payouts(world, "waiting")
    assert known["card"] == "8390 **** **** 9999", "the account that reached the unit is the unit's"


@pytest.mark.feature("N.05")
async def test_a_refused_refund_goes_to_a_corrected_account_and_comes_back_after_it_was_paid(
    world: World, person: Person
) -> None:
    await world.fund("500.00")
    await world.tell(of_member(world, person))
    batch = await world.released("refund")
    rows = await world.result_rows(batch)
    assert rows[0][1] == card_number(person.serial)
    answer = await world.send_result(batch, world.result_file(rows, status="失败", reason="账户已销户"))
    assert answer.json()["failed"] == 1
    (failed,) = await payouts(world)
    assert (failed["status"], failed["failure"]) == ("failed", "账户已销户")
    assert (await world.ledger())["accounts"]["refunds_payable"] == "-120.00"
    assert [world.words(one.data["reason"]) for one in await world.events(FAILED)] == ["账户已销户"]
    assert (await name_account(world, failed)).status_code == 200
    batch = await world.released("refund")
    rows = await world.result_rows(batch)
    assert rows[0][1] == ACCOUNT["number"]
    await world.send_result(batch, world.result_file(rows))
    back = await world.send_result(batch, world.result_file(rows, status="退汇", reason="户名不符"))
    assert back.json()["reversed"] == 1
    ledger = await world.ledger()
    assert (ledger["accounts"]["bank"], ledger["accounts"]["refunds_payable"]) == ("500.00", "-120.00")
    assert (await payouts(world))[0]["status"] == "failed" and len(await world.events(FAILED)) == 2


async def paid_to(world: World, payout: dict[str, Any], **account: str) -> None:
    """A refund reaches the account that staff named."""
    assert (await name_account(world, payout, **account)).status_code == 200
    batch = await world.released("refund")
    await world.send_result(batch, world.result_file(await world.result_rows(batch)))
    assert payout["id"] in {one["id"] for one in await payouts(world, "paid")}


@pytest.mark.feature("N.05")
@pytest.mark.parametrize("named", [True, False])
async def test_a_private_card_does_not_become_the_units_account(
    world: World, person: Person, named: bool
) -> None:
    """A member's refund is paid to a card, told with the person or without; the unit's waits for an account."""
    await world.fund("500.00")
    changes = {"bank_card": None} if named else {"person_id": None, "policy_id": None}
    await world.tell(of_member(world, person, **changes))
    (private,) = await payouts(world, "awaiting_card")
    assert private["payee"] == "member"
    await paid_to(world, private, holder="张三", number="6222000011112222")
    await world.tell(refund(world, order_number="20260101000002"))
    (waiting,) = await payouts(world, "awaiting_card")
    assert waiting["card"] is None and waiting["claim_number"] == "20260101000002"
    assert await payouts(world, "waiting") == []


@pytest.mark.feature("N.05")
async def test_a_members_refund_goes_to_the_card_of_the_register(world: World, person: Person) -> None:
    """One waits until the member adds a card, one finds it there; the unit's refund does not take it."""
    await world.fund("500.00")
    await world.tell(of_member(world, person, bank_card=None, bank_name=None), refund(world))
    assert {one["status"] for one in await payouts(world)} == {"awaiting_card"}
    await world.tell(changed(world, person), times=2)
    await world.tell(of_member(world, person, bank_card=None, bank_name=None))
    waiting = await payouts(world, "waiting")
    assert [(one["payee"], one["name"], one["bank_name"]) for one in waiting] == [
        ("member", "许**", "江苏银行")
    ] * 2
    assert [one["payee"] for one in await payouts(world, "awaiting_card")] == ["unit"]
    rows = await world.result_rows(await world.released("refund"))
    assert {row[1] for row in rows} == {card_number(901)}


@pytest.mark.feature("N.05")
async def test_a_members_refund_does_not_take_the_units_account(world: World, person: Person) -> None:
    """The unit's account is known; a member's refund waits for a card of their own, told with the person or not."""
    await world.fund("500.00")
    await world.tell(refund(world))
    (of_unit,) = await payouts(world)
    await paid_to(world, of_unit)
    card = person.policy.bank_card
    await world.tell(
        of_member(world, person, bank_card=None),
        of_member(world, person, person_id=None, policy_id=None),
        of_member(world, person, person_id=None, bank_card=card),
    )
    waiting = await payouts(world, "awaiting_card")
    assert len(waiting) == 3 and {one["card"] for one in waiting} == {None}
    assert await payouts(world, "waiting") == []
    await world.tell(refund(world, order_number="20260101000003"))
    (known,) = await payouts(world, "waiting")
    assert known["card"] == "8390 **** **** 9999"


@pytest.mark.feature("N.05")
async def test_a_refund_without_a_policy_names_its_holder(world: World) -> None:
    keys = world.tenant.keys
    card = keys.sealed("6228450000000000001", context="person.card")
    name = keys.sealed("李新人", context="person.name")
    due = refund(world, payee="member", person_id=new_id(), reason="not_eligible", bank_card=card, name=name)
    await world.tell(due)
    (waiting,) = await payouts(world)
    assert (waiting["status"], waiting["name"]) == ("waiting", "李**"), waiting


@pytest.mark.feature("N.05", "P.03")
async def test_who_named_the_account_does_not_release_it_under_no_account(world: World) -> None:
    await world.fund()
    await world.tell(refund(world))
    (waiting,) = await payouts(world)
    human = new_id()
    namer = world.staff("payout_maker", human=human)
    assert (await name_account(world, waiting, actor=namer)).status_code == 200
    batch = await world.batch("refund")
    release = f"/payout-batches/{batch['id']}/release"
    answer = await world.client.post(release, world.staff("payout_checker", human=human))
    assert answer.status_code == 403 and answer.json()["code"] == "refund.account_named_by_releaser"
    assert (await world.client.post(release, world.staff("payout_checker"))).status_code == 200


@pytest.mark.feature("N.05")
async def test_who_names_an_account_and_what_it_looks_like(world: World, other: World) -> None:
    await world.fund()
    await world.tell(refund(world))
    (waiting,) = await payouts(world)
    path = f"/payouts/{waiting['id']}/account"
    assert (await world.client.post(path, None, json=ACCOUNT)).status_code == 401
    for actor in (world.staff("finance"), world.staff("payout_maker", org_path="/binhu/")):
        assert (await world.client.post(path, actor, json=ACCOUNT)).status_code == 403
    answer = await other.client.post(path, other.staff("payout_maker"), json=ACCOUNT)
    assert answer.status_code == 404
    for wrong in ({"number": "12"}, {"number": "6228-4500"}, {"holder": ""}, {"bank_name": " "}):
        assert (await name_account(world, waiting, **wrong)).status_code == 422
    person = await world.cover()
    await world.approved(person)
    listed = await world.client.get("/payouts?purpose=claim", world.staff("payout_maker"))
    (claim,) = listed.json()["items"]
    answer = await name_account(world, claim)
    assert answer.status_code == 409 and answer.json()["code"] == "payout.not_a_refund"
    assert (await name_account(world, waiting)).status_code == 200
    answer = await name_account(world, waiting)
    assert answer.status_code == 409 and answer.json()["code"] == "payout.payee_fixed"


@pytest.mark.feature("N.05")
async def test_refunds_and_claims_lie_in_batches_of_their_own(world: World, person: Person) -> None:
    await world.fund()
    await world.approved(person)
    await world.tell(of_member(world, person))
    claims, refunds = await world.batch(), await world.batch("refund")
    assert (claims["payouts"], claims["total"], refunds["payouts"], refunds["total"]) == (
        1,
        "460.00",
        1,
        "120.00",
    )
    listed = await world.client.get("/payout-batches?purpose=refund", world.staff("payout_maker"))
    assert [one["id"] for one in listed.json()["items"]] == [refunds["id"]]
    mine = (await world.client.get("/my/payouts", person.actor)).json()
    assert [item["amount"] for item in mine["items"]] == ["460.00"], "a refund is no benefit"


@pytest.mark.feature("N.05")
async def test_the_schedule_batches_refunds_too_and_a_branch_sees_its_units(
    world: World, person: Person
) -> None:
    await world.fund()
    await world.tell(of_member(world, person))
    monday = now().replace(hour=8, minute=0) + timedelta(days=(7 - now().weekday()) % 7)
    with set_to(monday):
        await prepare_batches(world.client.context, world.tenant.id)
    assert await world.count(PayoutBatch, PayoutBatch.purpose == "refund") == 1
    for path, number in (("/binhu/", 1), ("/xishan/", 0)):
        branch = world.staff("payout_maker", org_path=path)
        answer = await world.client.get("/payouts?purpose=refund", branch)
        assert len(answer.json()["items"]) == number, answer.text


@pytest.mark.feature("N.05")
async def test_a_refund_is_paid_although_the_fund_owes_more_than_its_floor(
    world: World, person: Person
) -> None:
    """Refunds are owed: no floor holds them back, but the bank must have the money."""
    await world.fund("100.00")
    await world.tell(of_member(world, person))
    batch = await world.batch("refund")
    release = f"/payout-batches/{batch['id']}/release"
    answer = await world.client.post(release, world.staff("payout_checker"))
    assert answer.status_code == 409 and answer.json()["code"] == "payout.balance_too_low"
    await world.fund("20.00")
    assert (await world.client.post(release, world.staff("payout_checker"))).status_code == 200


@pytest.mark.feature("N.05")
async def test_what_goes_back_online_is_booked_and_not_paid_again(world: World, person: Person) -> None:
    await world.fund("500.00")
    due = of_member(world, person, way="online")
    await world.tell(due)
    assert await payouts(world) == [] and (await world.ledger())["accounts"]["refunds_payable"] == "-120.00"
    back = RefundReturned(
        refund_id=due.refund_id, fund=FUND, amount=due.amount, returned_on=today(), number="W1"
    )
    first, second = await world.tell(back, back)
    assert first.id != second.id, "two messages: the inbox does not know the second"
    ledger = await world.ledger()
    assert (ledger["accounts"]["bank"], ledger["accounts"]["refunds_payable"]) == ("380.00", "0.00")


@pytest.mark.feature("N.05")
async def test_what_the_provider_refuses_is_paid_by_the_bank_to_a_named_account(
    world: World, person: Person
) -> None:
    """Booked once; the member's card is known, and a person looks at it all the same before it is paid there."""
    await world.fund("500.00")
    due = of_member(world, person, way="online")
    again = due.model_copy(update={"way": "transfer", "instead": True})
    await world.tell(due, again, again.model_copy(), times=2)
    (waiting,) = await payouts(world)
    assert (waiting["status"], waiting["card"], waiting["name"]) == ("awaiting_card", None, "许**")
    assert [
        "支付机构拒绝原路退款" in world.words(one.data["reason"]) for one in await world.events(FAILED)
    ] == [True]
    assert (await world.ledger())["accounts"]["refunds_payable"] == "-120.00", "owed once"
    assert "支付机构拒绝原路退款" in waiting["failure"]
    await world.tell(changed(world, person), times=2)
    (waiting,) = await payouts(world)
    assert (waiting["status"], waiting["card"]) == ("awaiting_card", None), "nobody has looked at it yet"
    await paid_to(world, waiting)
    ledger = (await world.ledger())["accounts"]
    assert (ledger["bank"], ledger["refunds_payable"]) == ("380.00", "0.00")


@pytest.mark.feature("N.05", "P.03")
async def test_a_refund_paid_at_the_counter_is_noted_by_two_people(world: World, person: Person) -> None:
    await world.fund("500.00")
    await world.tell(refund(world))
    (waiting,) = await payouts(world)
    settle = {"payout_id": waiting["id"], "paid_on": today().isoformat(), "memo": "柜面现金退款"}
    maker, checker = world.staff("payout_maker"), world.staff("payout_checker")
    wrong = {**settle, "paid_on": "2999-01-01"}
    answer = await propose(world, wrong, command="refund.settle", actor=maker)
    assert answer.status_code == 422 and answer.json()["code"] == "refund.settled_in_future"
    made = await propose(world, settle, command="refund.settle", actor=maker)
    assert made.status_code == 201, made.text
    assert (await approve(world, made.json(), checker)).status_code == 200
    assert (await payouts(world))[0]["status"] == "paid" and len(await world.events(PAID)) == 1
    ledger = await world.ledger()
    assert (ledger["accounts"]["bank"], ledger["accounts"]["refunds_payable"]) == ("380.00", "0.00")
    again = await propose(world, settle, command="refund.settle", actor=maker)
    assert again.status_code == 409 and again.json()["code"] == "payout.state_wrong"
    await world.approved(person)
    claim = (await world.client.get("/payouts?purpose=claim", maker)).json()["items"][0]
    answer = await propose(world, {**settle, "payout_id": claim["id"]}, command="refund.settle", actor=maker)
    assert answer.json()["code"] == "payout.not_a_refund"


@pytest.mark.feature("N.05")
async def test_a_paid_refund_lies_beside_the_banks_line(world: World, person: Person) -> None:
    await world.fund("500.00")
    await world.tell(of_member(world, person))
    batch = await world.released("refund")
    rows = await world.result_rows(batch)
    await world.send_result(batch, world.result_file(rows))
    lines = (("C1", "500.00", "20260101000001"), (f"S{rows[0][0]}", "-120.00", "退费"))
    assert (await world.send_statement(world.statement(*lines))).status_code == 201
    answer = await world.client.get(f"/reconciliation/standing?fund={FUND}", world.staff("finance"))
    assert answer.json()["reconciled"] and answer.json()["difference"] == "0.00", answer.text


@pytest.mark.feature("N.05", "A.05")
async def test_dues_that_went_back_are_booked_once(union: Any) -> None:
    bit = await union("bit")
    bill = {
        "bill_id": new_id(), "number": "D20260101000001", "person_id": new_id(), "unit_id": bit.unit_id,
        "fund": "union", "amount": Decimal("36.00"), "periods": ["2026-01"],
    }  # fmt: skip
    await bit.tell(DuesPaid(**bill, paid_on=today(), receipt_number="R1"))
    back = DuesRefunded(**bill, refund_id=new_id(), whole=True, refunded_on=today())
    await bit.tell(back, back, times=2)
    funds = (await bit.client.get("/ledger/funds", bit.staff("payout_maker"))).json()
    found = {fund["fund"]: fund for fund in funds}["union"]
    assert (found["accounts"]["bank"], found["accounts"]["dues"]) == ("0.00", "0.00")


async def test_one_payout_for_each_refund_in_the_database(world: World) -> None:
    due = refund(world)
    await world.tell(due)
    await world.tell(due.model_copy(update={"amount": Decimal("1.00")}))
    assert await world.count(Payout, Payout.refund_id == due.refund_id) == 1
