"""Receipts and certificates on paper (rows D.13, A.05): the text in the PDF, numbers without gaps, who may print."""

import asyncio
from datetime import timedelta

import pytest

from common import clock
from common.auth import ActorKind
from common.testing import Pump

from .campus import Campus
from .covers import Wanted, put, staff
from .terminating import text_of
from .world import World, id_number, person

TODAY = clock.today()
ISSUE = ("enrollment.receipt.issue", "enrollment.order.read")


@pytest.mark.feature("D.13")
async def test_the_agency_issues_and_prints_the_receipt_of_an_order(world: World) -> None:
    agency = staff(world, *ISSUE)
    order = await world.approved([person(1), person(2)])
    early = await world.client.post(f"/orders/{order}/receipt", agency)
    assert (early.status_code, early.json()["code"]) == (409, "receipt.nothing_received")
    await world.pay(order, "240.00")
    await world.client.post(f"/orders/{order}/payment/confirm", world.finance)
    issued = (await world.client.post(f"/orders/{order}/receipt", agency)).json()
    again = (await world.client.post(f"/orders/{order}/receipt", agency)).json()
    assert again["id"] == issued["id"] and again["number"] == issued["number"]
    assert (issued["amount"], issued["payer"]) == ("240.00", "无锡测试机械有限公司")
    paper = await world.client.get(f"/receipts/{issued['id']}/file", agency)
    text = text_of(paper.content)
    for expected in (issued["number"], "贰佰肆拾元整", "无锡测试机械有限公司", "¥240.00", "第1次打印"):
        assert expected in text, expected
    await world.client.get(f"/receipts/{issued['id']}/file", world.handler)
    assert (await world.client.get(f"/receipts/{issued['id']}", agency)).json()["prints"] == 2


@pytest.mark.feature("D.13")
async def test_receipt_numbers_have_no_gaps_though_many_are_issued_at_once(campus: Campus) -> None:
    members = [await campus.member("female", n) for n in range(6)]

    async def pay(member: object) -> None:
        made = await campus.client.post("/dues/bills", member, json={"wage": "4000"})  # type: ignore[arg-type]
        payment = await campus.start_paying(member, f"/dues/bills/{made.json()['id']}")  # type: ignore[arg-type]
        await campus.press(payment)

    await asyncio.gather(*(pay(member) for member in members))
    issuer = campus.client.mint.actor(campus.tenant, *ISSUE)
    numbers = sorted(r["number"] for r in (await campus.client.get("/receipts", issuer)).json()["items"])
    assert numbers == [f"{TODAY.year}{n:08d}" for n in range(1, 7)]


async def test_whose_receipts_they_are(world: World, other: World) -> None:
    order = await world.paid([person(1)])
    issued = (await world.client.post(f"/orders/{order}/receipt", staff(world, *ISSUE))).json()
    path = f"/receipts/{issued['id']}"
    for target in (path, f"{path}/file"):
        assert (await world.client.get(target)).status_code == 401
        assert (await world.client.get(target, staff(world, "audit.read"))).status_code == 403
        assert (await world.client.get(target, other.handler)).status_code == 404
        assert (await world.client.get(target, staff(world, *ISSUE, org_path="/xishan/"))).status_code == 404
    assert (await world.client.post(f"/orders/{order}/receipt")).status_code == 401
    assert (await world.client.post(f"/orders/{order}/receipt", world.handler)).status_code == 403
    assert (await world.client.post(f"/orders/{order}/receipt", staff(other, *ISSUE))).status_code == 404


@pytest.mark.feature("D.13")
async def test_the_certificate_of_cover(world: World, pump: Pump) -> None:
    await put(world, [Wanted(1, TODAY, TODAY + timedelta(days=364))])
    member = world.client.mint.actor(
        world.tenant, "enrollment.policy.read", kind=ActorKind.MEMBER,
        person_id=world.tenant.keys.person_id("resident_id", id_number(1)),
    )  # fmt: skip
    policy = (await world.client.get("/policies/mine", member)).json()["items"][0]
    path = f"/policies/{policy['id']}/certificate"
    paper = await world.client.get(path, member)
    assert paper.headers["content-type"] == "application/pdf"
    text = text_of(paper.content)
    for expected in ("参保凭证", policy["number"], id_number(1), person(1)["name"], "120.00", "参保中"):
        assert expected in text, expected
    assert (await world.client.get(path)).status_code == 401
    reader = staff(world, "enrollment.policy.read")
    assert (await world.client.get(path, reader)).status_code == 403
    printer = staff(world, "enrollment.policy.read", "enrollment.export")
    assert (await world.client.get(path, printer)).status_code == 200
    stranger = world.client.mint.actor(world.tenant, "enrollment.policy.read", kind=ActorKind.MEMBER)
    assert (await world.client.get(path, stranger)).status_code == 404
