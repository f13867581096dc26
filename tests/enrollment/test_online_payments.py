"""Money that members pay online: notices that verify, once; amounts that match; what goes back (row A.05)."""

import asyncio
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import orjson
import pytest
from sqlalchemy import select, update

from common import clock
from common.auth import Actor
from common.ids import new_id
from common.testing import Pump
from enrollment.online_payments.jobs import ask_about_payments, send_refunds
from enrollment.online_payments.models import OnlineRefund
from enrollment.online_payments.ports.sandbox import SIGNATURE, SandboxPayments
from enrollment.online_payments.rules import MOST_TRIES
from enrollment.words import seal_clear_words

from .campus import Campus
from .test_amendments import said
from .test_terminations import terminated


def sandbox(campus: Campus) -> SandboxPayments:
    port = campus.client.context.extras["payments"]["sandbox"]
    assert isinstance(port, SandboxPayments)
    return port


async def tell(campus: Campus, told: dict[str, Any], *, signature: str | None = None) -> Any:
    """Send a notice as the provider would."""
    body = orjson.dumps(told)
    headers = {SIGNATURE: signature if signature is not None else sandbox(campus).signature(body)}
    path = f"/payments/notices/sandbox/{campus.tenant.id}"
    return await campus.client.post(path, content=body, headers=headers)


def told_of(payment: dict[str, Any], **changes: str) -> dict[str, Any]:
    told = {
        "number": payment["number"], "state": "paid", "amount": payment["amount"],
        "paid_at": clock.now().isoformat(), "transaction_id": "t1",
    }  # fmt: skip
    return told | changes


async def look(campus: Campus, payment: dict[str, Any], actor: Actor | None = None) -> dict[str, Any]:
    answer = await campus.client.get(f"/payments/{payment['id']}", actor or campus.finance)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def bill_to_pay(campus: Campus, member: Actor) -> dict[str, Any]:
    """A payment of 90 yuan of dues: money that finance may give back."""
    made = await campus.client.post(
        "/dues/bills", member, json={"wage": "30000.00", "periods": [f"{clock.today().year}-11"]}
    )
    assert made.json()["amount"] == "90.00", made.text
    return await campus.start_paying(member, f"/dues/bills/{made.json()['id']}")


async def opened(campus: Campus, serial: int = 0) -> tuple[Actor, str, dict[str, Any]]:
    member = await campus.member(serial=serial)
    application = await campus.approved(member)
    return member, application, await campus.start_paying(member, f"/applications/{application}")


@pytest.mark.feature("A.05")
async def test_finance_sees_who_pays(campus: Campus) -> None:
    member, _, payment = await opened(campus)
    for actor in (campus.finance, member):
        (listed,) = (await campus.client.get("/payments", actor)).json()["items"]
        assert (listed["number"], listed["person_name"]) == (payment["number"], "王*")


@pytest.mark.feature("A.05")
async def test_the_sandbox_has_a_page_to_pay_or_fail(campus: Campus) -> None:
    member, application, payment = await opened(campus)
    page = await campus.client.get(payment["handle"]["url"].removeprefix("/api/enrollment"))
    assert page.status_code == 200 and "90.00" in page.text and "支付失败 Fail" in page.text
    await campus.press(payment, "failed")
    assert (await look(campus, payment))["state"] == "failed"
    assert (await campus.look(application, member))["status"] == "to_pay"
    again = await campus.start_paying(member, f"/applications/{application}")
    assert again["id"] != payment["id"]
    await campus.press(again)
    assert (await campus.look(application, member))["status"] == "paid"


@pytest.mark.feature("A.05")
async def test_a_notice_told_many_times_takes_effect_once(campus: Campus, pump: Pump) -> None:
    member, application, payment = await opened(campus)
    answers = await asyncio.gather(*(tell(campus, told_of(payment)) for _ in range(6)))
    assert {answer.status_code for answer in answers} == {200}
    await pump.settle()
    assert (await campus.look(application, member))["history"][-1]["decision"] == "paid"
    assert len((await campus.client.get("/receipts", member)).json()["items"]) == 1
    assert len((await campus.client.get("/policies/mine", member)).json()["items"]) == 1


@pytest.mark.feature("A.05")
async def test_a_forged_notice_changes_nothing(campus: Campus) -> None:
    member, application, payment = await opened(campus)
    for signature in ("", "0" * 64):
        forged = await tell(campus, told_of(payment), signature=signature)
        assert (forged.status_code, forged.json()["code"]) == (401, "online_payment.notice_forged")
    genuine = sandbox(campus).signature(orjson.dumps(told_of(payment)))
    changed = await tell(campus, told_of(payment, amount="0.01"), signature=genuine)
    assert changed.status_code == 401
    assert (await look(campus, payment))["state"] == "open"
    assert (await campus.look(application, member))["status"] == "to_pay"


@pytest.mark.feature("A.05")
async def test_another_amount_is_held_for_a_person(campus: Campus) -> None:
    member, application, payment = await opened(campus)
    assert (await tell(campus, told_of(payment, amount="89.99"))).status_code == 200
    held = (await campus.client.get("/payments?state=held", campus.finance)).json()["items"]
    assert [(item["id"], item["amount_paid"]) for item in held] == [(payment["id"], "89.99")]
    assert (await campus.look(application, member))["status"] == "to_pay"
    back = await campus.client.post(
        f"/payments/{payment['id']}/refund", campus.finance, json={"amount": "89.99", "reason": "金额不符"}
    )
    assert back.json()["refunded"] == "89.99", back.text


async def test_an_unknown_number_and_an_unknown_union_are_left_alone(campus: Campus) -> None:
    told = told_of({"number": "0" * 32, "amount": "1.00"})
    assert (await tell(campus, told)).status_code == 200
    answer = await campus.client.post(f"/payments/notices/sandbox/{UUID(int=7)}", content=b"{}")
    assert answer.status_code == 404
    answer = await campus.client.post(f"/payments/notices/nobody/{campus.tenant.id}", content=b"{}")
    assert answer.status_code == 404


@pytest.mark.feature("A.05")
async def test_a_payment_whose_notice_never_came_is_asked_about(campus: Campus) -> None:
    member, application, payment = await opened(campus)
    await sandbox(campus).decide(payment["number"], "paid")
    with clock.set_to(clock.now() + timedelta(minutes=2)):
        await ask_about_payments(campus.client.context, campus.tenant.id)
    assert (await campus.look(application, member))["status"] == "paid"


async def test_the_payer_may_ask_at_once(campus: Campus) -> None:
    member, _, payment = await opened(campus)
    await sandbox(campus).decide(payment["number"], "paid")
    answer = await campus.client.post(f"/payments/{payment['id']}/refresh", member)
    assert answer.json()["state"] == "paid", answer.text


async def test_an_unpaid_payment_is_closed_after_its_time(campus: Campus) -> None:
    member, application, payment = await opened(campus)
    same = await campus.start_paying(member, f"/applications/{application}")
    assert same["id"] == payment["id"]
    with clock.set_to(clock.now() + timedelta(minutes=31)):
        await ask_about_payments(campus.client.context, campus.tenant.id)
        assert (await look(campus, payment))["state"] == "closed"
        fresh = await campus.start_paying(member, f"/applications/{application}")
    assert fresh["id"] != payment["id"]


@pytest.mark.feature("A.05")
async def test_money_that_comes_too_late_goes_back(campus: Campus) -> None:
    member, application, payment = await opened(campus)
    await campus.client.post(f"/applications/{application}/withdraw", member)
    assert (await look(campus, payment))["state"] == "closed"
    assert (await tell(campus, told_of(payment))).status_code == 200
    shown = await look(campus, payment)
    assert (shown["state"], shown["refunded"]) == ("paid", "90.00")
    assert [refund["state"] for refund in shown["refunds"]] == ["requested"]


@pytest.mark.feature("A.05")
async def test_who_pays_a_cancelled_bill_is_told_that_the_money_goes_back(campus: Campus) -> None:
    member = await campus.member()
    payment = await bill_to_pay(campus, member)
    await campus.client.post(f"/dues/bills/{payment['subject_id']}/cancel", member)
    await sandbox(campus).decide(payment["number"], "paid")
    for _ in range(2):
        assert (await tell(campus, told_of(payment))).status_code == 200
    (late,) = await said(campus, "enrollment.late_payment_received.v1")
    assert (late["purpose"], late["amount"], late["title"]) == ("dues", "90.00", payment["title"])
    assert late["person_id"] == str(member.person_id)
    shown = await look(campus, payment, member)
    assert (shown["late"], shown["state"], shown["state_text"]) == (True, "paid", "退款中")
    await send_refunds(campus.client.context, campus.tenant.id)
    shown = await look(campus, payment, member)
    assert (shown["late"], shown["state_text"], shown["refunds"][0]["state"]) == (True, "已退款", "done")
    assert (await campus.client.get("/receipts", member)).json()["items"] == []


@pytest.mark.feature("A.05")
async def test_a_payment_in_time_is_not_late(campus: Campus) -> None:
    member = await campus.member()
    payment = await bill_to_pay(campus, member)
    assert (await tell(campus, told_of(payment))).status_code == 200
    shown = await look(campus, payment, member)
    assert (shown["late"], shown["state_text"]) == (False, "已支付")
    assert await said(campus, "enrollment.late_payment_received.v1") == []


def watched(query: Any, asked: list[str]) -> Any:
    async def ask(number: str, pack: Any) -> Any:
        asked.append(number)
        return await query(number, pack)

    return ask


@pytest.mark.feature("A.05")
@pytest.mark.parametrize("paid", [True, False])
async def test_a_payment_closed_here_only_is_asked_about_until_the_provider_is_sure(
    campus: Campus, monkeypatch: pytest.MonkeyPatch, paid: bool
) -> None:
    member, application, payment = await opened(campus)
    await campus.client.post(f"/applications/{application}/withdraw", member)
    if paid:
        await sandbox(campus).decide(payment["number"], "paid")
    asked: list[str] = []
    monkeypatch.setattr(sandbox(campus), "query", watched(sandbox(campus).query, asked))
    with clock.set_to(clock.now() + timedelta(minutes=2)):
        await ask_about_payments(campus.client.context, campus.tenant.id)
    assert asked
    asked.clear()
    with clock.set_to(clock.now() + timedelta(minutes=4)):
        await ask_about_payments(campus.client.context, campus.tenant.id)
    assert asked == [], "its word is final"
    shown = await look(campus, payment)
    assert (shown["state"], shown["refunded"]) == (("paid", "90.00") if paid else ("closed", "0.00"))


@pytest.mark.feature("A.05")
async def test_refunds_never_exceed_what_was_paid(campus: Campus) -> None:
    payment = await bill_to_pay(campus, await campus.member())
    unpaid = await campus.client.post(
        f"/payments/{payment['id']}/refund", campus.finance, json={"amount": "1.00", "reason": "多付"}
    )
    assert (unpaid.status_code, unpaid.json()["code"]) == (409, "online_payment.nothing_paid")
    await campus.press(payment)
    tries = await asyncio.gather(
        *(
            campus.client.post(
                f"/payments/{payment['id']}/refund",
                campus.finance,
                json={"amount": "40.00", "reason": "退款"},
            )
            for _ in range(4)
        )
    )
    assert sorted(answer.status_code for answer in tries) == [200, 200, 409, 409]
    await send_refunds(campus.client.context, campus.tenant.id)
    shown = await look(campus, payment)
    assert Decimal(shown["refunded"]) == Decimal("80.00")
    assert [refund["state"] for refund in shown["refunds"]] == ["done", "done"]
    assert sum(map(Decimal, (await sandbox(campus).look(payment["number"]))["refunds"].values())) == 80


@pytest.mark.feature("A.05", "N.05")
async def test_what_pays_for_cover_goes_back_by_a_termination_alone(campus: Campus, pump: Pump) -> None:
    """Else the policy would stay in force, and no book would know of the money."""
    member, _, payment = await opened(campus)
    await campus.press(payment)
    await pump.settle()
    body = {"amount": "90.00", "reason": "本人要求退款"}
    refused = await campus.client.post(f"/payments/{payment['id']}/refund", campus.finance, json=body)
    assert (refused.status_code, refused.json()["code"]) == (409, "online_payment.cover_in_force")
    assert (await look(campus, payment))["refunded"] == "0.00"
    assert (await terminated(campus, member))["refunded"] == "90.00"
    await pump.settle()
    await send_refunds(campus.client.context, campus.tenant.id)
    assert [refund["state"] for refund in (await look(campus, payment))["refunds"]] == ["done"]


@pytest.mark.feature("A.05")
async def test_a_payment_begun_anew_is_closed_with_the_provider_first(campus: Campus) -> None:
    member, application, first = await opened(campus)
    second = await campus.start_paying(member, f"/applications/{application}", "web")
    assert second["id"] != first["id"]
    assert (await sandbox(campus).look(first["number"]))["state"] == "closed"
    await sandbox(campus).decide(second["number"], "paid")
    again = await campus.client.post(f"/applications/{application}/payment", member, json={"mode": "qr"})
    assert (again.status_code, again.json()["code"]) == (409, "online_payment.already_paid")
    answer = await campus.client.post(f"/payments/{second['id']}/refresh", member)
    assert answer.json()["state"] == "paid" and (await campus.look(application, member))["status"] == "paid"


@pytest.mark.feature("A.05", "N.05")
async def test_of_two_payments_of_one_cover_the_later_goes_back_and_the_other_counts(
    campus: Campus, pump: Pump
) -> None:
    """The receipt stays a proof, and a termination gives back of the payment that was taken."""
    member, application, first = await opened(campus)
    second = await campus.start_paying(member, f"/applications/{application}", "web")
    await campus.press(second)
    await pump.settle()
    assert (await tell(campus, told_of(first))).status_code == 200
    shown = await look(campus, first)
    assert (shown["state"], shown["refunded"]) == ("paid", "90.00")
    (receipt,) = (await campus.client.get("/receipts", member)).json()["items"]
    assert (receipt["refunded"], receipt["refunded_on"]) == ("0.00", None)
    assert (await terminated(campus, member))["refunded"] == "90.00"
    await pump.settle()
    await send_refunds(campus.client.context, campus.tenant.id)
    shown = await look(campus, second)
    assert [(refund["amount"], refund["state"]) for refund in shown["refunds"]] == [("90.00", "done")]
    (receipt,) = (await campus.client.get("/receipts", member)).json()["items"]
    assert receipt["refunded"] == "90.00"


async def test_who_may_see_and_refund_a_payment(campus: Campus) -> None:
    member, _, payment = await opened(campus)
    stranger = await campus.member("female", 8)
    path = f"/payments/{payment['id']}"
    assert (await campus.client.get(path)).status_code == 401
    assert (await campus.client.get(path, stranger)).status_code == 404
    assert (await campus.client.get(path, member)).status_code == 200
    body = {"amount": "1.00", "reason": "退款"}
    assert (await campus.client.post(f"{path}/refund", json=body)).status_code == 401
    assert (await campus.client.post(f"{path}/refund", member, json=body)).status_code == 403
    officer = campus.client.mint.actor(campus.tenant, "audit.read")
    assert (await campus.client.get("/payments", officer)).status_code == 403


@pytest.mark.feature("N.07")
async def test_why_money_went_back_is_sealed_and_read_in_clear(campus: Campus) -> None:
    payment = await bill_to_pay(campus, await campus.member())
    await campus.press(payment)
    words = "李四重复缴费，来电要求退款"
    body = {"amount": "40.00", "reason": words}
    back = await campus.client.post(f"/payments/{payment['id']}/refund", campus.finance, json=body)
    assert [refund["reason"] for refund in back.json()["refunds"]] == [words], back.text
    mine = OnlineRefund.tenant_id == campus.tenant.id
    async with campus.client.context.db.transaction(campus.tenant.id) as session:
        assert (await session.execute(select(OnlineRefund.reason).where(mine))).scalar_one().startswith("s1.")
        await session.execute(update(OnlineRefund).where(mine).values(reason=words))
    await seal_clear_words(campus.client.context, campus.tenant.id)
    async with campus.client.context.db.transaction(campus.tenant.id) as session:
        assert (await session.execute(select(OnlineRefund.reason).where(mine))).scalar_one().startswith("s1.")
    await send_refunds(campus.client.context, campus.tenant.id)
    shown = (await look(campus, payment))["refunds"]
    assert [(refund["reason"], refund["state"]) for refund in shown] == [(words, "done")]


@pytest.mark.feature("A.05", "N.05")
async def test_a_refund_of_cover_that_the_provider_refuses_is_paid_by_the_bank(
    campus: Campus, pump: Pump
) -> None:
    """The payer's card is closed: it is told once more as a transfer, and is not sent online again."""
    member, _, payment = await opened(campus)
    await campus.press(payment)
    await pump.settle()
    await terminated(campus, member)
    (first,) = await said(campus, "enrollment.refund_due.v1")
    await pump.settle()
    await sandbox(campus).refuse_refunds(payment["number"])
    for _ in range(2):
        await send_refunds(campus.client.context, campus.tenant.id)
    (second,) = await said(campus, "enrollment.refund_due.v1")
    assert (first["way"], first["instead"]) == ("online", False)
    assert (second["way"], second["instead"]) == ("transfer", True)
    same = {name: first[name] for name in ("refund_id", "amount", "person_id", "payee", "policy_id", "fund")}
    assert {name: second[name] for name in same} == same
    listed = (await campus.client.get("/payments?refund=refused", campus.finance)).json()["items"]
    assert [one["id"] for one in listed] == [payment["id"]]
    (refund,) = listed[0]["refunds"]
    assert (refund["state"], refund["by_bank"]) == ("refused", True)
    path = f"/payments/{payment['id']}/refunds/{refund['id']}/retry"
    again = await campus.client.post(path, campus.finance)
    assert (again.status_code, again.json()["code"]) == (409, "online_payment.refund_by_bank")
    assert await said(campus, "enrollment.refund_returned.v1") == []


@pytest.mark.feature("A.05")
async def test_a_refund_that_was_refused_is_sent_again_by_finance(campus: Campus) -> None:
    member = await campus.member()
    payment = await bill_to_pay(campus, member)
    await campus.press(payment)
    body = {"amount": "90.00", "reason": "重复缴费"}
    asked = await campus.client.post(f"/payments/{payment['id']}/refund", campus.finance, json=body)
    (refund,) = asked.json()["refunds"]
    path = f"/payments/{payment['id']}/refunds/{refund['id']}/retry"
    early = await campus.client.post(path, campus.finance)
    assert (early.status_code, early.json()["code"]) == (409, "online_payment.refund_not_refused")
    await sandbox(campus).refuse_refunds(payment["number"])
    await send_refunds(campus.client.context, campus.tenant.id)
    assert [one["state"] for one in (await look(campus, payment))["refunds"]] == ["refused"]
    assert await said(campus, "enrollment.dues_refunded.v1") == [], "the money is still here"
    (bill,) = (await campus.client.get("/dues/bills", member)).json()["items"]
    assert bill["state"] == "paid"
    stranger = f"/payments/{new_id()}/refunds/{refund['id']}/retry"
    for actor, at, status in ((None, path, 401), (member, path, 403), (campus.finance, stranger, 404)):
        assert (await campus.client.post(at, actor)).status_code == status
    wrong = await campus.client.post(f"/payments/{payment['id']}/refunds/{new_id()}/retry", campus.finance)
    assert wrong.status_code == 404
    await sandbox(campus).refuse_refunds(payment["number"], False)
    assert (await campus.client.post(path, campus.finance)).json()["refunds"][0]["state"] == "requested"
    await send_refunds(campus.client.context, campus.tenant.id)
    assert [one["state"] for one in (await look(campus, payment))["refunds"]] == ["done"]
    assert [one["amount"] for one in await said(campus, "enrollment.dues_refunded.v1")] == ["90.00"]


@pytest.mark.feature("A.05")
async def test_a_refund_is_not_tried_for_ever(campus: Campus) -> None:
    """The provider never takes it: after some days a person sees it."""
    member, application, payment = await opened(campus)
    await campus.client.post(f"/applications/{application}/withdraw", member)
    await tell(campus, told_of(payment))
    begun = clock.now()
    for attempt in range(MOST_TRIES):
        (refund,) = (await look(campus, payment))["refunds"]
        assert refund["state"] == "requested", attempt
        with clock.set_to(begun + timedelta(hours=7) * (attempt + 1)):
            await send_refunds(campus.client.context, campus.tenant.id)
    (refund,) = (await look(campus, payment))["refunds"]
    assert (refund["state"], refund["by_bank"]) == ("refused", False)
