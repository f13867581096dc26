"""Membership dues: by band or flat, paid online, with a receipt (row A.05)."""

import asyncio
from decimal import Decimal
from typing import Any

import pypdfium2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from common import clock
from common.clock import today
from common.contracts.dues import DuesRefunded
from common.contracts.pack import TenantPack
from common.contracts.pack.money import Dues, Rounding
from enrollment.dues.rules import band_of, dues_of, period_of, periods_of
from enrollment.online_payments.jobs import send_refunds

from .campus import Campus
from .test_amendments import said

BANDS = Dues.model_validate(
    {
        "fund": "union",
        "period": "month",
        "bands": (
            {"up_to": Decimal(5000), "amount": Decimal(10)},
            {"up_to": Decimal(10000), "amount": Decimal(20)},
            {"rate": Decimal("0.003")},
        ),
    }
)
WAGES = st.decimals(min_value="0.01", max_value=9_999_999, places=2)


async def bill(campus: Campus, member: Any, **body: Any) -> Any:
    return await campus.client.post("/dues/bills", member, json=body)


@pytest.mark.feature("A.05")
async def test_dues_by_salary_band_paid_with_a_receipt(campus: Campus) -> None:
    member, year = await campus.member(), clock.today().year
    dues = (await campus.client.get("/dues", member)).json()
    assert dues["by_wage"] and len(dues["tariff"]) == 3 and len(dues["periods"]) == 12
    two = [f"{year}-10", f"{year}-11"]
    made = (await bill(campus, member, wage="12000.00", periods=two)).json()
    assert (made["per_period"], made["amount"], made["state"]) == ("36.00", "72.00", "open")
    payment = await campus.start_paying(member, f"/dues/bills/{made['id']}", "web")
    await campus.press(payment)
    bills = (await campus.client.get("/dues/bills", member)).json()["items"]
    states = {p["period"]: p["state"] for p in (await campus.client.get("/dues", member)).json()["periods"]}
    assert [b["state"] for b in bills] == ["paid"]
    assert [states[period] for period in (*two, f"{year}-12")] == ["paid", "paid", "due"]
    receipts = (await campus.client.get("/receipts?kind=dues", member)).json()["items"]
    assert [(r["number"], r["amount"]) for r in receipts] == [(bills[0]["receipt_number"], "72.00")]
    assert receipts[0]["payer"] == "王*"
    of_bill = (await campus.client.get(f"/receipts?kind=dues&subject={made['id']}", member)).json()["items"]
    assert of_bill == receipts
    (await campus.client.get(f"/receipts/{receipts[0]['id']}/file", member)).raise_for_status()
    for nothing in (f"/receipts?kind=cover&subject={made['id']}", f"/receipts?subject={payment['id']}"):
        assert (await campus.client.get(nothing, member)).json()["items"] == []
    stranger = await campus.member(serial=7)
    assert (await campus.client.get(f"/receipts?subject={made['id']}", stranger)).json()["items"] == []
    assert (await campus.client.get(f"/receipts/{receipts[0]['id']}/file", stranger)).status_code == 404
    assert (await campus.client.get("/receipts?subject=x", member)).status_code == 422
    assert "12000" not in str(bills) + str(receipts)


@pytest.mark.feature("A.05")
async def test_a_wage_is_needed_and_a_period_must_be_of_this_year(campus: Campus) -> None:
    member = await campus.member()
    assert (await bill(campus, member)).json()["code"] == "dues.wage_required"
    for period in ("2019-01", "1999-Q1", "soon"):
        refused = await bill(campus, member, wage="4000", periods=[period])
        assert (refused.status_code, refused.json()["code"]) == (422, "dues.period_invalid")
    assert (await bill(campus, member, wage="-1")).status_code == 422


@pytest.mark.feature("A.05")
async def test_nobody_pays_a_period_twice(campus: Campus) -> None:
    member = await campus.member()
    answers = await asyncio.gather(*(bill(campus, member, wage="4000") for _ in range(5)))
    assert sorted(a.status_code for a in answers) == [201, 409, 409, 409, 409]
    made = next(a for a in answers if a.status_code == 201).json()
    cancelled = await campus.client.post(f"/dues/bills/{made['id']}/cancel", member)
    assert cancelled.json()["state"] == "cancelled"
    again = (await bill(campus, member, wage="4000")).json()
    await campus.press(await campus.start_paying(member, f"/dues/bills/{again['id']}"))
    twice = await campus.client.post(f"/dues/bills/{again['id']}/payment", member, json={})
    assert (twice.status_code, twice.json()["code"]) == (409, "dues.wrong_state")
    late = await campus.client.post(f"/dues/bills/{again['id']}/cancel", member)
    assert late.status_code == 409


async def test_whose_bills_they_are(campus: Campus, world: Any) -> None:
    member, stranger = await campus.member(serial=7), await campus.member("male", 3)
    made = (await bill(campus, member, wage="4000")).json()
    assert (await campus.client.post("/dues/bills", json={})).status_code == 401
    path = f"/dues/bills/{made['id']}/payment"
    assert (await campus.client.post(path, stranger, json={})).status_code == 404
    assert (await campus.client.get("/dues/bills", stranger)).json()["items"] == []
    (listed,) = (await campus.client.get("/dues/bills", campus.finance)).json()["items"]
    assert listed["person_name"] == "王*"
    assert (await bill(campus, campus.chair)).status_code == 403
    elsewhere = world.client.mint.actor(world.tenant, "enrollment.dues.pay", person_id=member.person_id)
    assert (await campus.client.get("/dues", elsewhere)).json()["code"] == "dues.not_collected"


def test_flat_dues(bit_pack: TenantPack) -> None:
    flat = Dues.model_validate({"fund": "union", "period": "year", "flat": Decimal("60")})
    assert dues_of(flat, None, Rounding()) == Decimal("60.00")
    with pytest.raises(ValueError, match="wage"):
        dues_of(BANDS, None, Rounding())
    assert bit_pack.dues == BANDS


@given(WAGES)
def test_a_wage_has_one_band_and_its_dues_are_never_above_the_wage_share(wage: Decimal) -> None:
    band = band_of(BANDS, wage)
    amount = dues_of(BANDS, wage, Rounding())
    assert amount == (band.amount if band.amount is not None else Rounding().apply(wage * (band.rate or 0)))
    assert amount >= 0


@given(st.dates())
def test_every_day_lies_in_a_period_of_its_year(day: Any) -> None:
    for every in ("month", "quarter", "year"):
        assert period_of(every, day) in periods_of(every, day.year)  # type: ignore[arg-type]


@pytest.mark.feature("A.05")
async def test_a_refunded_bill_is_paid_no_more_and_its_period_may_be_paid_again(campus: Campus) -> None:
    member = await campus.member()
    made = (await bill(campus, member, wage="8000.00")).json()
    payment = await campus.start_paying(member, f"/dues/bills/{made['id']}")
    await campus.press(payment)
    path, total = f"/payments/{payment['id']}/refund", Decimal(made["amount"])

    async def told() -> list[dict[str, Any]]:
        return await said(campus, DuesRefunded.wire)

    async def refund(amount: Decimal) -> str:
        body = {"amount": f"{amount:.2f}", "reason": "重复缴费"}
        answer = await campus.client.post(path, campus.finance, json=body)
        assert answer.status_code == 200, answer.text
        assert len(await told()) == len(answer.json()["refunds"]) - 1, "nothing is booked before it was sent"
        await send_refunds(campus.client.context, campus.tenant.id)
        bills = (await campus.client.get("/dues/bills", member)).json()["items"]
        return str(bills[0]["state"])

    async def receipt() -> dict[str, Any]:
        return dict((await campus.client.get("/receipts?kind=dues", member)).json()["items"][0])

    assert (await receipt())["refunded"] == "0.00"
    assert await refund(Decimal("1.00")) == "paid"
    assert ((await receipt())["refunded"], (await receipt())["refunded_on"]) == ("1.00", str(today()))
    again = await bill(campus, member, wage="8000.00")
    assert (again.status_code, again.json()["code"]) == (409, "dues.period_paid")
    assert await refund(total - 1) == "refunded"
    assert (await receipt())["refunded"] == made["amount"]
    paper = await campus.client.get(f"/receipts/{(await receipt())['id']}/file", member)
    page = pypdfium2.PdfDocument(paper.content)[0].get_textpage().get_text_range()
    assert "已全额退款" in page and "不再作为付款凭证" in page
    found = (await campus.client.get("/dues/bills?state=refunded", member)).json()["items"]
    assert [item["id"] for item in found] == [made["id"]]
    assert [(data["amount"], data["whole"]) for data in await told()] == [
        ("1.00", False), (f"{total - 1:.2f}", True)
    ]  # fmt: skip
    assert (await bill(campus, member, wage="8000.00")).status_code == 201
