"""What people book: manual postings and bank accounts of funds by two of them; refunds and dues by events."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from claims.ledger.models import LedgerPosting
from common.clock import today
from common.contracts.dues import DuesPaid
from common.contracts.enrollment import RefundDue
from common.ids import new_id

from .test_reconciliation import lines, standing
from .world import FUND, PRODUCT, Person, World


def posting(**changes: Any) -> dict[str, Any]:
    return {
        "fund": FUND, "debit": "bank", "credit": "interest", "amount": "12.34", "booked_on": today().isoformat(),
        "memo": "四季度结息",
    } | changes  # fmt: skip


async def propose(
    world: World, parameters: dict[str, Any], *, command: str = "ledger.post", actor: Any = None
) -> Any:
    body = {"command": command, "parameters": parameters, "reason": "银行回单"}
    return await world.client.post("/proposals", actor or world.staff("finance"), json=body)


async def approve(world: World, proposal: dict[str, Any], actor: Any = None) -> Any:
    path = f"/proposals/{proposal['id']}/approve"
    return await world.client.post(path, actor or world.staff("payout_checker"), json={})


@pytest.mark.feature("P.03", "N.05")
async def test_a_manual_posting_takes_two_people(world: World) -> None:
    both = world.client.mint.actor(
        world.tenant, "claims.ledger.post", "claims.ledger.approve", person_id=new_id()
    )
    made = await propose(world, posting(), actor=both)
    assert made.status_code == 201, made.text
    assert await world.count(LedgerPosting) == 0, "nothing runs before the second person"
    for actor in (both, both.model_copy(update={"id": new_id()})):
        answer = await approve(world, made.json(), actor)
        assert answer.status_code == 403 and answer.json()["code"] == "proposal.same_person"
    answer = await approve(world, made.json())
    assert answer.status_code == 200 and answer.json()["outcome"]["available"] == "12.34", answer.text
    assert (await approve(world, made.json())).json()["code"] == "proposal.decided"
    ledger = await world.ledger()
    assert ledger["accounts"]["bank"] == "12.34" and ledger["accounts"]["interest"] == "-12.34"
    assert await world.count(LedgerPosting, LedgerPosting.cause_kind == "manual") == 1


@pytest.mark.feature("P.03")
async def test_who_decides_sees_who_proposed_and_when(world: World) -> None:
    proposer = world.staff("finance").model_copy(update={"label": "cai.li"})
    made = (await propose(world, posting(), actor=proposer)).json()
    path = f"/proposals/{made['id']}"
    seen = (await world.client.get(path, world.staff("payout_checker"))).json()
    assert (seen["proposer"], seen["proposed_by"]) == ("cai.li", str(proposer.id))
    assert seen["created_at"] == made["created_at"] and seen["may_decide"] is True


@pytest.mark.feature("P.03")
@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"debit": "claims_payable"}, "ledger.account_not_by_hand"),
        ({"credit": "bank"}, "ledger.sides_equal"),
        ({"booked_on": (today() + timedelta(days=1)).isoformat()}, "ledger.booked_in_future"),
        ({"fund": "nothing"}, "payout.fund_unknown"),
        ({"amount": "-1"}, "request.invalid"),
        ({"amount": "1.234"}, "request.invalid"),
        ({"debit": "cash"}, "request.invalid"),
    ],
)
async def test_a_posting_that_cannot_be(world: World, changes: dict[str, Any], code: str) -> None:
    answer = await propose(world, posting(**changes))
    assert answer.status_code == 422 and answer.json()["code"] == code, answer.text


@pytest.mark.feature("N.05")
async def test_money_taken_out_by_hand_leaves_the_fund_its_floor(world: World) -> None:
    await world.fund("100.00")
    out = posting(debit="bank_fees", credit="bank", amount="100.01", memo="手续费")
    proposal = (await propose(world, out)).json()
    answer = await approve(world, proposal)
    assert answer.status_code == 409 and answer.json()["code"] == "ledger.fund_too_low"
    path = f"/proposals/{proposal['id']}"
    assert (await world.client.get(path, world.staff("payout_checker"))).json()["state"] == "proposed"
    await world.fund("1.00")
    assert (await approve(world, proposal)).status_code == 200
    assert (await world.ledger())["available"] == "0.99"


@pytest.mark.feature("N.05", "P.03")
async def test_a_posting_closes_the_line_of_the_bank_that_it_is_for(world: World) -> None:
    await world.fund()
    await world.send_statement(
        world.statement(("C", "100000.00", "20260101000001"), ("F", "-2.50", "手续费"))
    )
    (fee,) = await lines(world, "open")
    for amount in ("2.51", "-2.50"):
        wrong = posting(debit="bank_fees", credit="bank", amount=amount, bank_line_id=fee["id"])
        assert (await propose(world, wrong)).status_code == 422
    turned = posting(debit="bank", credit="interest", amount="2.50", bank_line_id=fee["id"])
    assert (await propose(world, turned)).json()["code"] == "ledger.bank_line_wrong"
    right = posting(debit="bank_fees", credit="bank", amount="2.50", bank_line_id=fee["id"])
    assert (await approve(world, (await propose(world, right)).json())).status_code == 200
    found = await standing(world)
    assert found["reconciled"] and found["difference"] == "0.00" and await lines(world, "open") == []


@pytest.mark.feature("P.03")
async def test_another_bank_account_of_a_fund(world: World, person: Person) -> None:
    reader = world.staff("payout_maker")
    path = f"/ledger/funds/{FUND}/account"
    assert (await world.client.get(path, reader)).json()["number"] == "839010188900024409"
    assert (await world.client.get("/ledger/funds/nothing/account", reader)).status_code == 404
    same = {
        "fund": FUND,
        "holder": "无锡市职工互助互济会",
        "bank": "江苏银行太湖新城支行",
        "number": "839010188900024409",
    }
    answer = await propose(world, same, command="fund.account")
    assert answer.status_code == 422 and answer.json()["code"] == "ledger.account_unchanged"
    other = same | {"bank": "无锡农村商业银行", "number": "019801600000012"}
    proposal = (await propose(world, other, command="fund.account")).json()
    again = await propose(world, other | {"number": "99999999"}, command="fund.account")
    assert again.status_code == 409 and again.json()["code"] == "proposal.open"
    assert (await world.client.get(path, reader)).json()["number"] == same["number"]
    assert (await approve(world, proposal)).status_code == 200
    found = (await world.client.get(path, reader)).json()
    assert found["number"] == other["number"] and len(found["history"]) == 1


@pytest.mark.feature("N.05", "P.03")
async def test_money_given_back_without_a_file(world: World, person: Person) -> None:
    await world.fund()
    await world.approved(person)
    batch = await world.released()
    (payout,) = (await world.client.get("/payouts", world.staff("payout_maker"))).json()["items"]
    back = {"payout_id": payout["id"], "reversed_on": today().isoformat(), "reason": "银行电话通知退汇"}
    maker = world.staff("payout_maker")
    early = await propose(world, back, command="payout.reverse", actor=maker)
    assert early.status_code == 409 and early.json()["code"] == "payout.state_wrong"
    await world.send_result(batch, world.result_file(await world.result_rows(batch)))
    proposal = (await propose(world, back, command="payout.reverse", actor=maker)).json()
    assert (await approve(world, proposal)).status_code == 200
    payout = (await world.client.get(f"/payouts/{payout['id']}", maker)).json()
    assert payout["status"] == "failed" and payout["failure"] == "银行电话通知退汇"
    assert (await world.ledger())["accounts"]["bank"] == "100000.00"


@pytest.mark.feature("N.05", "P.03")
async def test_a_batch_that_the_bank_refuses_as_a_whole_is_paid_with_the_next(
    world: World, person: Person
) -> None:
    await world.fund()
    await world.approved(person)
    maker = world.staff("payout_maker")
    prepared = await world.batch()
    refusal = {"batch_id": prepared["id"], "reason": "银行：文件头合计与明细不符，未付款"}
    early = await propose(world, refusal, command="payout.batch_refused", actor=maker)
    assert early.status_code == 409 and early.json()["code"] == "payout.batch_not_released"
    path = f"/payout-batches/{prepared['id']}"
    assert (await world.client.post(f"{path}/release", world.staff("payout_checker"))).status_code == 200
    (sent,) = (await world.client.get("/payouts", maker)).json()["items"]
    file = world.result_file(await world.result_rows(prepared))

    branch = world.staff("payout_maker", org_path="/binhu/")
    assert (await propose(world, refusal, command="payout.batch_refused", actor=branch)).status_code == 403
    proposal = (await propose(world, refusal, command="payout.batch_refused", actor=maker)).json()
    alone = await approve(world, proposal, maker)
    assert alone.status_code == 403, "another person's consent"
    assert (await world.client.get(path, maker)).json()["status"] == "released"
    assert (await approve(world, proposal)).status_code == 200
    batch = (await world.client.get(path, maker)).json()
    assert (batch["status"], batch["reason"]) == ("cancelled", refusal["reason"])
    ledger = await world.ledger()
    assert ledger["accounts"]["bank"] == "100000.00" and ledger["difference"] == "0.00"
    assert Decimal(ledger["accounts"].get("in_transit", "0")) == 0
    late = await world.send_result(prepared, file)
    assert late.status_code == 409 and late.json()["code"] == "payout.batch_not_released"

    again = await world.released()
    (waiting,) = (await world.client.get("/payouts", maker)).json()["items"]
    assert (waiting["id"], waiting["number"], waiting["status"]) == (sent["id"], sent["number"], "released")
    await world.send_result(again, world.result_file(await world.result_rows(again)))
    assert (await world.client.get(f"/payouts/{sent['id']}", maker)).json()["status"] == "paid"
    known = refusal | {"batch_id": again["id"]}
    answered = await propose(world, known, command="payout.batch_refused", actor=maker)
    assert answered.status_code == 409 and answered.json()["code"] == "payout.batch_answered"
    assert (await world.ledger())["difference"] == "0.00"


@pytest.mark.feature("P.03")
async def test_staff_of_a_branch_propose_and_approve_nothing_of_the_books(
    world: World, person: Person
) -> None:
    await world.fund()
    await world.approved(person)
    batch = await world.released()
    await world.send_result(batch, world.result_file(await world.result_rows(batch)))
    (payout,) = (await world.client.get("/payouts", world.staff("payout_maker"))).json()["items"]
    back = {"payout_id": payout["id"], "reversed_on": today().isoformat(), "reason": "银行电话通知退汇"}
    account = {"fund": FUND, "holder": "互济会", "bank": "农商银行", "number": "019801600000012"}
    for command, role, parameters in (
        ("payout.reverse", "payout_maker", back),
        ("ledger.post", "finance", posting()),
        ("fund.account", "finance", account),
    ):
        branch = world.staff(role, org_path="/binhu/")
        answer = await propose(world, parameters, command=command, actor=branch)
        assert answer.status_code == 403 and answer.json()["code"] == "auth.not_permitted", answer.text
        made = await propose(world, parameters, command=command, actor=world.staff(role))
        checker = world.staff("payout_checker", org_path="/binhu/")
        assert (await approve(world, made.json(), checker)).status_code == 404, "not theirs to see"
    assert (await world.ledger())["accounts"]["bank"] == "99540.00"


@pytest.mark.feature("N.05")
async def test_refunds_are_owed_once_and_not_for_release(world: World, person: Person) -> None:
    await world.fund("500.00")
    event = RefundDue(
        refund_id=new_id(), reason="paid_too_much", fund=FUND, product_code=PRODUCT, amount=Decimal("120.00"),
        due_on=today(), payee="unit", unit_id=world.unit_id, order_id=new_id(), order_number="20260101000001",
    )  # fmt: skip
    await world.tell(event, event, times=2)
    ledger = await world.ledger()
    assert ledger["accounts"]["refunds_payable"] == "-120.00" and ledger["available"] == "380.00"
    reader = world.client.mint.actor(world.tenant, "claims.statistics.read")
    assert (await world.client.get("/statistics", reader)).json()["contributions"] == "380.00"
    await world.approved(person)
    batch = await world.batch()
    answer = await world.client.post(f"/payout-batches/{batch['id']}/release", world.staff("payout_checker"))
    assert answer.json()["code"] == "payout.balance_too_low"
    by_hand = posting(debit="refunds_payable", credit="bank", amount="120.00", memo="退多缴互助金")
    refused = await propose(world, by_hand)
    assert refused.json()["code"] == "ledger.account_not_by_hand", "its payout would pay it once more"


@pytest.mark.feature("N.05")
async def test_dues_are_booked_once_into_their_own_fund(union: Any) -> None:
    bit = await union("bit")
    event = DuesPaid(
        bill_id=new_id(), number="D20260101000001", person_id=new_id(), unit_id=bit.unit_id, fund="union",
        amount=Decimal("36.00"), periods=["2026-01"], paid_on=today(), receipt_number="R1",
    )  # fmt: skip
    await bit.tell(event, event, times=2)
    funds = (await bit.client.get("/ledger/funds", bit.staff("payout_maker"))).json()
    found = {fund["fund"]: fund for fund in funds}
    assert found["union"]["accounts"]["bank"] == "36.00" and found["union"]["accounts"]["dues"] == "-36.00"
    assert found["union"]["difference"] == "0.00" and found["mutual"]["accounts"]["bank"] == "0.00"
