"""A member is found by their number: among an order's people, on which orders, in the records."""

from typing import Any

import pytest

from common.consumer import Worker

from .beijing import Beijing, member
from .test_beijing_orders import in_force


@pytest.mark.feature("D.04")
async def test_an_id_number_fills_the_member_number_too(beijing: Beijing) -> None:
    await beijing.admit([member(1)])
    order = await beijing.order()
    path, number = f"/orders/{order}/people/lookup", member(1)["id_number"]
    seen = await beijing.post(path, beijing.handler, {"document_number": number})
    assert (seen["known"], seen["member_number"]) == (True, member(1)["member_number"])
    stranger = await beijing.post(path, beijing.handler, {"document_number": member(5)["id_number"]})
    assert (stranger["known"], stranger["member_number"]) == (False, None)


@pytest.mark.feature("D.04")
@pytest.mark.feature("D.07")
async def test_a_member_number_of_somebody_else_is_told_and_corrected_in_its_place(beijing: Beijing) -> None:
    one, other = member(1), member(2)
    await beijing.admit([one, other])
    order = await beijing.order()
    await beijing.upload(order, [one | {"member_number": other["member_number"]}, other])
    assert await beijing.reasons(order) == {one["id_number"][-4:]: ["member.number_mismatch"]}
    listed = await beijing.client.get(f"/orders/{order}/people?insurable=false", beijing.handler)
    (refused,) = listed.json()["items"]
    (reason,) = refused["reasons"]
    assert (reason["field"], reason["action"]) == ("member_number", "correct")
    assert "不是同一名会员" in reason["message"]
    path = f"/orders/{order}/people/{refused['id']}"
    again = await beijing.post(f"/orders/{order}/recheck", beijing.handler)
    assert again == {"insurable": 1, "not_insurable": 1, "changed": 0}, "it does not go away by itself"
    named = await beijing.client.send("PATCH", path, beijing.handler, json={"name": one["name"]})
    assert [reason["code"] for reason in named.json()["reasons"]] == ["member.number_mismatch"]
    for number, insurable in (("M999999", False), (one["member_number"], True)):
        edited = await beijing.client.send("PATCH", path, beijing.handler, json={"member_number": number})
        assert (edited.status_code, edited.json()["insurable"]) == (200, insurable), edited.text
    named = {"name": other["name"], "document_number": other["id_number"], "member_number": "1234567890"}
    elsewhere = await beijing.order(product="critical-illness")
    problem = await beijing.post(f"/orders/{elsewhere}/people", beijing.handler, named, status=422)
    assert [error["code"] for error in problem["errors"]] == ["member.number_mismatch"]


async def found(beijing: Beijing, path: str, **search: Any) -> list[dict[str, Any]]:
    return list((await beijing.post(path, beijing.handler, search))["items"])


@pytest.mark.feature("C.06")
@pytest.mark.feature("D.04")
@pytest.mark.feature("D.09")
async def test_found_by_member_number(beijing: Beijing, worker: Worker) -> None:
    people = [member(1), member(2)]
    await beijing.admit(people)
    both = await in_force(beijing, worker, people)
    number = {"member_number": people[1]["member_number"]}
    (policy,) = await found(beijing, "/policies/search", **number)
    assert policy["name"].startswith(people[1]["name"][0]) and policy["order_id"] == both
    (placed,) = await found(beijing, f"/orders/{both}/people/search", **number)
    assert placed["document_number"][-4:] == people[1]["id_number"][-4:]
    assert [order["id"] for order in await found(beijing, "/orders/found", **number)] == [both]
    summary = await beijing.post("/orders/found/summary", beijing.handler, number)
    assert (summary["orders"], summary["people"]) == (1, 2)
    for path in ("/policies/search", f"/orders/{both}/people/search", "/orders/found"):
        assert await found(beijing, path, member_number="M999999") == [], path
    exported = await beijing.client.post("/policies/export", beijing.handler, json=number)
    assert exported.status_code == 200
