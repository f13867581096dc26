"""Units that staff enter and their handlers; names of synchronised data that match no unit (rows C.02, C.14)."""

from typing import Any

import pytest

from common.contracts.identity import UnitApproved, UnitNameLinked, UnitsSnapshot
from common.testing import Client

from .offices import Office, new_office, someone
from .people import deliver, enrolled, people_of
from .union import Union, a_credit_code, a_mobile, an_id_number

EDIT, READ, LINK = "identity.unit.edit", "identity.unit.read", "identity.names.link"
LEFT = {"reason": "已调离"}


def entry(**changes: Any) -> dict[str, Any]:
    handler = {
        "name": "景操",
        "mobile": a_mobile(),
        "user_name": f"u{a_mobile()}",
        **changes.pop("handler", {}),
    }
    return {
        "name": "北京测试机械工会", "credit_code": a_credit_code(), "org_node": "chaoyang-jianwai",
        "handler": handler, **changes,
    }  # fmt: skip


@pytest.mark.feature("C.02")
async def test_staff_enter_a_unit_and_invite_its_handler(office: Office) -> None:
    agency = office.actor(EDIT, READ, org_path="/chaoyang/chaoyang-jianwai/")
    body = entry()
    answer = await office.client.post("/units/entered", agency, json=body)
    assert answer.status_code == 201, answer.text
    unit, handler = answer.json()["unit"], answer.json()["handler"]
    assert unit["status"] == "approved" and [s["state"] for s in unit["steps"]] == ["done"] * 3
    assert (
        handler["invitation_due"]
        and handler["named"]
        and handler["user_name"] == body["handler"]["user_name"]
    )
    (told,) = await office.events(UnitApproved)
    assert (told.unit.org_path, told.unit.status) == ("/chaoyang/chaoyang-jianwai/", "approved")
    invite = f"/units/{unit['id']}/handlers/{handler['account_id']}/invitation"
    invited = (await office.client.post(invite, agency)).json()
    opened = (await office.post("/staff-invitations/open", {"token": invited["token"]})).json()
    accepted = await office.post(
        "/staff-invitations/accept",
        {
            "token": invited["token"], "challenge_id": opened["challenge_id"], "password": "correct horse 8",
            "code": await office.sent_code(opened["challenge_id"]),
        },
    )  # fmt: skip
    assert accepted.status_code == 200, accepted.text
    step = (
        await office.post(
            "/sessions/staff", {"user_name": handler["user_name"], "password": "correct horse 8"}
        )
    ).json()
    tokens = await office.post(
        "/sessions/staff/code",
        {"challenge_id": step["challenge_id"], "code": await office.sent_code(step["challenge_id"])},
    )
    account = tokens.json()["account"]
    assert (account["kind"], account["unit_id"]) == ("handler", unit["id"])
    assert "identity.member.write" in account["permissions"]


@pytest.mark.feature("C.02")
async def test_what_a_unit_may_not_be(office: Office) -> None:
    clerk = office.actor(EDIT)
    first = entry()
    assert (await office.client.post("/units/entered", clerk, json=first)).status_code == 201
    twice = await office.client.post("/units/entered", clerk, json=entry(credit_code=first["credit_code"]))
    assert twice.json()["code"] == "unit.already_registered"
    same_mobile = entry(handler={"mobile": first["handler"]["mobile"]})
    assert (await office.client.post("/units/entered", clerk, json=same_mobile)).json()[
        "code"
    ] == "mobile.already_registered"
    same_user = entry(handler={"user_name": first["handler"]["user_name"]})
    assert (await office.client.post("/units/entered", clerk, json=same_user)).json()[
        "code"
    ] == "staff.exists"
    wrong = entry(name="", credit_code="91", handler={"name": "景 操", "mobile": "1", "user_name": "X"})
    answer = await office.client.post("/units/entered", clerk, json=wrong)
    assert {e["field"] for e in answer.json()["errors"]} == {
        "name", "credit_code", "handler.name", "handler.mobile", "handler.user_name",
    }  # fmt: skip
    elsewhere = office.actor(EDIT, org_path="/haidian/")
    outside = await office.client.post("/units/entered", elsewhere, json=entry())
    assert (outside.status_code, outside.json()["code"]) == (403, "unit.org_node_out_of_reach")
    assert "建外" in outside.json()["detail"] and "管理范围" in outside.json()["detail"]
    nowhere = await office.client.post("/units/entered", elsewhere, json=entry(org_node="nowhere"))
    assert nowhere.json()["code"] == "unit.org_node_unknown"
    extra = await office.client.post("/units/entered", clerk, json=entry() | {"status": "approved"})
    assert extra.status_code == 422, "nothing else can be set"


@pytest.mark.feature("C.02")
async def test_handlers_come_and_go(office: Office) -> None:
    clerk = office.actor(EDIT)
    entered = (await office.client.post("/units/entered", clerk, json=entry())).json()
    unit, first = entered["unit"]["id"], entered["handler"]["account_id"]

    async def add() -> Any:
        body = {"name": "李经办", "mobile": a_mobile(), "user_name": f"u{a_mobile()}"}
        return await office.client.post(f"/units/{unit}/handlers", clerk, json=body)

    others = [(await add()).json() for _ in range(4)]
    full = await add()
    assert (full.status_code, full.json()["code"]) == (409, "unit.too_many_handlers")
    named = await office.client.post(f"/units/{unit}/handlers/{first}/close", clerk, json=LEFT)
    assert named.json()["code"] == "unit.handler_named"
    second = others[0]["account_id"]
    assert (await office.client.post(f"/units/{unit}/handlers/{second}/name", clerk)).json()["named"]
    (told,) = await office.events(UnitsSnapshot)
    assert str(told.units[0].handler_account_id) == second
    assert (await office.client.post(f"/units/{unit}/handlers/{first}/close", clerk, json=LEFT)).json()[
        "status"
    ] == "closed"
    listed = (await office.client.get(f"/units/{unit}/handlers", clerk)).json()["items"]
    assert len(listed) == 4 and all("*" in item["mobile"] for item in listed)


@pytest.mark.feature("C.02")
async def test_a_unit_does_not_escape_to_a_sibling_branch(office: Office) -> None:
    unit = await office.unit("/chaoyang/chaoyang-jianwai/")
    district = office.actor(EDIT, org_path="/chaoyang/")

    async def move(actor: Any, node: str) -> Any:
        return await office.client.send(
            "PATCH", f"/units/{unit}", actor, headers={"If-Match": "1"}, json={"org_node": node}
        )

    assert (await move(district, "haidian-shangdi")).json()["code"] == "unit.org_node_out_of_reach"
    assert (await move(district, "chaoyang-wangjing")).json()["org_path"] == "/chaoyang/chaoyang-wangjing/"
    (told,) = await office.events(UnitsSnapshot)
    assert told.units[0].org_path == "/chaoyang/chaoyang-wangjing/"


@pytest.mark.feature("C.14")
async def test_names_that_match_no_unit_are_listed_and_linked(office: Office) -> None:
    linker = office.actor(LINK)
    unit = await office.unit(name="北京示范机械有限公司工会")
    units = [
        {"name": "北京示范机械有限公司工会"},
        {"name": "北京示范机械公司"},
        {"name": "北京示范机械（公司）"},
    ]

    async def sync(source: str = "settlement") -> Any:
        answer = await office.client.post("/synced-names", linker, json={"source": source, "units": units})
        assert answer.status_code == 200, answer.text
        return answer.json()

    first = await sync()
    assert [i["by"] for i in first["items"]] == ["name", None, None] and first["unmatched"] == 1
    await sync()
    (listed,) = (await office.client.get("/synced-names", linker)).json()["items"]
    assert (listed["kind"], listed["seen"], listed["source"]) == ("unit", 2, "settlement")

    async def decide(what: str, **body: Any) -> Any:
        headers = {"If-Match": str(listed["version"])}
        return await office.client.post(
            f"/synced-names/{listed['id']}/{what}", linker, headers=headers, json=body
        )

    assert (await decide("link")).json()["code"] == "synced_name.unit_needed"
    assert (await decide("link", unit_id=unit)).json()["linked_unit_id"] == unit
    (told,) = await office.events(UnitNameLinked)
    assert (str(told.unit_id), told.source) == (unit, "settlement")
    again = await sync("history")
    assert [i["by"] for i in again["items"]] == ["name", "link", "link"] and again["unmatched"] == 0
    assert (await office.client.get("/synced-names", linker)).json()["items"] == []
    assert (await decide("dismiss", note="重复")).status_code == 412


@pytest.mark.feature("C.14")
async def test_a_roster_that_names_a_member_otherwise_is_listed(union: Union) -> None:
    unit, number = await union.register_unit(), an_id_number()
    await deliver(union, await enrolled(union, [("张伟", number)], unit_id=unit["unit_id"]))
    await deliver(union, await enrolled(union, [("张维", number)], unit_id=unit["unit_id"]), times=2)
    linker = union.actor(LINK, "identity.member.write")
    (listed,) = (await union.client.get("/synced-names?kind=person", linker)).json()["items"]
    (person,) = await people_of(union)
    assert (listed["person_id"], listed["name"], listed["registered_name"]) == (str(person.id), "张*", "张*")
    linked = await union.client.post(
        f"/synced-names/{listed['id']}/link", linker, headers={"If-Match": "1"}, json={}
    )
    assert linked.json()["state"] == "linked", linked.text
    reader = union.actor("identity.member.read")
    (request,) = (await union.client.get("/member-requests", reader)).json()["items"]
    assert (request["state"], request["kind"]) == ("in_review", "change") and "数据同步" in request["reason"]
    assert linked.json()["request_id"] == request["id"]


@pytest.mark.feature("N.02")
async def test_who_may_reach_units_and_names(office: Office, identity: Client) -> None:
    other = await new_office(identity)
    clerk = office.actor(EDIT)
    entered = (await office.client.post("/units/entered", clerk, json=entry())).json()
    unit, handler = entered["unit"]["id"], entered["handler"]["account_id"]
    body = {"name": "李经办", "mobile": a_mobile(), "user_name": "liban1"}
    await office.client.post(
        "/synced-names", office.actor(LINK), json={"source": "history", "units": [{"name": "无此单位"}]}
    )
    name = (await office.client.get("/synced-names", office.actor(LINK))).json()["items"][0]["id"]
    routes: list[tuple[str, str, str, Any]] = [
        ("POST", "/units/entered", EDIT, entry()),
        ("GET", f"/units/{unit}/handlers", EDIT, None),
        ("POST", f"/units/{unit}/handlers", EDIT, body),
        ("POST", f"/units/{unit}/handlers/{handler}/invitation", EDIT, None),
        ("POST", f"/units/{unit}/handlers/{handler}/name", EDIT, None),
        ("POST", f"/units/{unit}/handlers/{handler}/close", EDIT, LEFT),
        ("POST", "/synced-names", LINK, {"source": "history", "units": [{"name": "另一单位"}]}),
        ("GET", "/synced-names", LINK, None),
        ("POST", f"/synced-names/{name}/link", LINK, {"unit_id": unit}),
        ("POST", f"/synced-names/{name}/dismiss", LINK, {"note": "无关"}),
    ]
    for method, path, permission, sent in routes:
        send, headers = office.client.send, {"If-Match": "1"}
        assert (await send(method, path, json=sent, headers=headers)).status_code == 401, path
        assert (await send(method, path, office.actor("x"), json=sent, headers=headers)).status_code == 403, (
            path
        )
        strangers = [office.actor(permission, org_path="/haidian/"), other.actor(permission)]
        for stranger in strangers:
            answer = await send(method, path, stranger, json=sent, headers=headers)
            if path == "/synced-names":
                assert answer.status_code == 200 and name not in answer.text
            elif path == "/units/entered":
                assert answer.status_code in (201, 403, 409, 422)
            else:
                assert answer.status_code == 404, (path, answer.text)
    assert someone()


@pytest.mark.feature("C.14")
async def test_a_credit_code_of_synchronised_data_is_checked(office: Office) -> None:
    units = [
        {"name": "甲单位", "credit_code": a_credit_code()},
        {"name": "乙单位", "credit_code": "12"},
        {"name": "丙"},
    ]
    body = {"source": "history", "units": units}
    refused = await office.client.post("/synced-names", office.actor(LINK), json=body)
    assert refused.status_code == 422
    assert {error["field"] for error in refused.json()["errors"]} == {"units.1.credit_code"}
    listed = await office.client.get("/synced-names", office.actor(LINK))
    assert listed.json()["items"] == [], "nothing of it is taken"
