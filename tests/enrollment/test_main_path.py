"""The main path of an order, from draft to policies in force (rows C.03 to C.06)."""

import io

import openpyxl
import pytest

from common.consumer import Worker
from common.crypto import parse_link_key, verify
from common.testing import Pump

from .world import PRODUCT, World, id_number, person


@pytest.mark.feature("C.03")
@pytest.mark.feature("C.05")
async def test_order_to_policies(world: World, pump: Pump) -> None:
    rows = [person(n) for n in range(1, 6)] + [person(6, name="王 五"), person(7, mobile="123")]
    order = await world.order()
    answer = await world.upload(order, rows)
    assert answer.status_code == 200, answer.text
    assert answer.json()["order"] == {"insurable": 5, "not_insurable": 2, "changed": 0}

    refused = await world.submit(order)
    assert refused.status_code == 409 and refused.json()["code"] == "order.not_insurable_left"
    submitted = (await world.submit(order, leave_out_not_insurable=True)).json()
    assert (submitted["status"], submitted["left_out"], submitted["people"]) == ("submitted", 2, 5)

    approved = await world.client.post(f"/orders/{order}/approve", world.reviewer, json={"opinion": "同意"})
    assert approved.json()["status"] == "to_pay"
    detail = await world.state(order)
    assert detail["amount_due"] == "600.00"
    assert detail["account"]["number"] == world.tenant.pack.account.number

    reported = await world.pay(order, "600.00")
    assert reported.json()["status"] == "payment_review"
    confirmed = await world.client.post(f"/orders/{order}/payment/confirm", world.finance)
    assert confirmed.json()["status"] == "paid", confirmed.text
    await pump.settle()

    done = await world.state(order)
    assert (done["status"], done["issued"], done["skipped"]) == ("done", 5, 0)
    assert [step["decision"] for step in done["steps"]] == [
        "submitted", "passed", "payment_reported", "confirmed"
    ]  # fmt: skip
    policies = (await world.client.get("/policies", world.handler)).json()["items"]
    assert len(policies) == 5
    assert {p["state"] for p in policies} == {"in_force"}
    assert {p["contribution"] for p in policies} == {"120.00"}
    assert all(id_number(n) not in str(policies) for n in range(1, 6))


@pytest.mark.feature("C.05")
async def test_wrong_payment_is_held_then_put_right(world: World) -> None:
    order = await world.approved([person(1), person(2)])
    for amount, word in (("100.00", "少付"), ("300.00", "多付")):
        held = (await world.pay(order, amount)).json()
        assert held["status"] == "payment_held"
        assert word in held["message"] and "240.00" in held["message"]
        blocked = await world.client.post(f"/orders/{order}/payment/confirm", world.finance)
        assert (blocked.status_code, blocked.json()["code"]) == (409, "payment.amount_differs")
    right = (await world.pay(order, "240.00")).json()
    assert (right["status"], right["message"]) == ("payment_review", None)


@pytest.mark.feature("C.05")
async def test_finance_refuses_and_handler_reports_again(world: World) -> None:
    order = await world.approved([person(1)])
    await world.pay(order, "120.00")
    answer = await world.client.post(
        f"/orders/{order}/payment/refuse", world.finance, json={"reason": "凭证模糊"}
    )
    assert (answer.json()["status"], answer.json()["refusal_reason"]) == ("to_pay", "凭证模糊")
    assert (await world.pay(order, "120.00")).json()["status"] == "payment_review"


@pytest.mark.feature("C.05")
async def test_the_same_person_may_not_approve_and_confirm(world: World) -> None:
    both = world.client.mint.actor(
        world.tenant,
        "enrollment.order.read",
        "enrollment.order.review",
        "enrollment.payment.confirm",
        roles=frozenset({"reviewer", "finance"}),
    )
    order = await world.submitted([person(1)])
    assert (await world.client.post(f"/orders/{order}/approve", both, json={})).status_code == 200
    await world.pay(order, "120.00")
    answer = await world.client.post(f"/orders/{order}/payment/confirm", both)
    assert (answer.status_code, answer.json()["code"]) == (403, "order.four_eyes")
    assert (await world.client.post(f"/orders/{order}/payment/confirm", world.finance)).status_code == 200


async def test_another_role_may_not_decide(world: World) -> None:
    order = await world.submitted([person(1)])
    stranger = world.client.mint.actor(world.tenant, "enrollment.order.review", roles=frozenset({"finance"}))
    answer = await world.client.post(f"/orders/{order}/approve", stranger, json={})
    assert (answer.status_code, answer.json()["code"]) == (403, "order.other_role")


@pytest.mark.feature("C.05")
async def test_return_makes_a_draft_again(world: World) -> None:
    order = await world.submitted([person(1)])
    answer = await world.client.post(f"/orders/{order}/return", world.reviewer, json={"reason": "缺少一人"})
    assert (answer.json()["status"], answer.json()["return_reason"]) == ("draft", "缺少一人")
    added = await world.upload(order, [person(2)])
    assert added.json()["order"]["insurable"] == 2
    assert (await world.submit(order)).json()["people"] == 2


@pytest.mark.feature("C.05")
async def test_papers_must_be_the_handlers_and_of_the_right_kind(world: World) -> None:
    order = await world.approved([person(1)])
    body = world.payment("120.00")
    cases = {
        "payment.paper_format": body | {"voucher": world.receipt("application/pdf")},
        "payment.paper_not_yours": body
        | {"papers": [world.receipt("application/pdf", owner=world.finance.id)]},
        "payment.paper_missing": body | {"voucher": " "},
        "document.unknown": body | {"voucher": "l1.abcdefgh.ijklmnop"},
    }
    for code, wrong in cases.items():
        answer = await world.client.post(f"/orders/{order}/payment", world.handler, json=wrong)
        assert answer.json()["code"] == code, answer.text
    assert (await world.state(order))["status"] == "to_pay"


@pytest.mark.feature("C.05")
async def test_finance_sees_the_papers(world: World) -> None:
    order = await world.approved([person(1)])
    await world.pay(order, "120.00")
    answer = await world.client.get(f"/orders/{order}/payment/papers", world.finance)
    assert [paper["kind"] for paper in answer.json()["items"]] == ["voucher", "stamped"]
    key = parse_link_key(world.client.context.settings.link_key.get_secret_value())
    for paper in answer.json()["items"]:
        claims = verify("document-link", paper["url"].partition("?link=")[2], key)
        assert claims["document_id"] == paper["document_id"]
        assert (claims["reader_id"], claims["tenant_id"]) == (str(world.finance.id), str(world.tenant.id))


async def test_submission_needs_an_approved_unit(world: World) -> None:
    order = await world.order()
    await world.upload(order, [person(1)])
    await world.approve_unit(status="returned", version=2)
    answer = await world.submit(order)
    assert (answer.status_code, answer.json()["code"]) == (409, "order.unit_not_approved")


async def test_an_empty_order_is_not_submitted(world: World) -> None:
    answer = await world.submit(await world.order())
    assert (answer.status_code, answer.json()["code"]) == (409, "order.nobody_insurable")


@pytest.mark.feature("C.06")
async def test_policies_are_searched_and_exported(world: World, other: World, pump: Pump) -> None:
    order = await world.paid([person(1), person(2)])
    await other.paid([person(1)])
    await pump.settle()
    number = (await world.state(order))["number"]
    searches = [
        ({"order_number": number}, 2), ({"product": PRODUCT}, 2), ({"year": 2001}, 0),
        ({"document_number": id_number(1).lower()}, 1), ({"name": person(2)["name"]}, 1),
        ({"document_number": id_number(3)}, 0),
    ]  # fmt: skip
    for body, found in searches:
        answer = await world.client.post("/policies/search", world.handler, json=body)
        assert len(answer.json()["items"]) == found, body
    unknown = await world.client.post("/policies/search", world.handler, json={"product": "none"})
    assert unknown.status_code == 422 and "项目" in unknown.json()["detail"]
    export = await world.client.get("/policies/export", world.handler, params={"order_number": number})
    sheet = openpyxl.load_workbook(io.BytesIO(export.content)).active
    assert sheet is not None
    cells = [row[4] for row in sheet.iter_rows(values_only=True)]
    assert sorted(cells[1:]) == sorted([id_number(1), id_number(2)])


async def test_members_see_their_own_policies_only(world: World, pump: Pump) -> None:
    from common.auth import ActorKind

    await world.paid([person(1), person(2)])
    await pump.settle()
    mine = world.tenant.keys.person_id("resident_id", id_number(1))
    member = world.client.mint.actor(
        world.tenant, "enrollment.policy.read", kind=ActorKind.MEMBER, person_id=mine
    )
    for path in ("/policies/mine", "/policies"):
        items = (await world.client.get(path, member)).json()["items"]
        assert len(items) == 1 and items[0]["bank_card"].startswith("6228 **** **** ")


async def test_nobody_is_covered_twice(world: World, pump: Pump, worker: Worker) -> None:
    """Two orders with the same person pass all checks before either is paid: one policy, the other is told."""
    first = await world.approved([person(1), person(2)])
    late = await world.order()
    answer = await world.upload(late, [person(1), person(3)])
    reasons = (await world.client.get(f"/orders/{late}/people?insurable=false", world.handler)).json()[
        "items"
    ]
    assert [r["code"] for r in reasons[0]["reasons"]] == ["policy.in_progress"], answer.text
    await world.pay(first, "240.00")
    await world.client.post(f"/orders/{first}/payment/confirm", world.finance)
    await pump.settle()
    again = await world.order()
    await world.upload(again, [person(1)])
    people = (await world.client.get(f"/orders/{again}/people?insurable=false", world.handler)).json()[
        "items"
    ]
    assert [r["code"] for r in people[0]["reasons"]] == ["policy.duplicate"]
