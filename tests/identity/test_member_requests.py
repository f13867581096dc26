"""Changes of name or number, transfers between units, with approval; the history stays (row D.08)."""

from typing import Any

import pytest
from sqlalchemy import select

from common.audit import AuditEntry
from common.auth import ActorKind
from common.contracts.identity import MemberChanged, MemberTransferred
from common.ids import new_id
from common.testing import Client
from identity.extras import limits

from .offices import READ, WRITE, Office, id_of, new_office, someone, years_ago

pytestmark = pytest.mark.feature("D.08")


async def changed(office: Office, actor: Any, person: dict[str, Any], **facts: Any) -> Any:
    body = {"person_id": person["id"], "reason": "公安机关更正", **facts}
    return await office.client.post("/member-requests/changes", actor, json=body)


async def transferred(office: Office, actor: Any, person: dict[str, Any], to: str | None = None) -> Any:
    body = {"member_number": person["member_number"], "to_unit_id": to, "reason": "工作调动"}
    return await office.client.post("/member-requests/transfers", actor, json=body)


async def handed_in(office: Office, actor: Any, request: dict[str, Any]) -> Any:
    items = [{"id": request["id"], "version": request["version"]}]
    return await office.client.post("/member-requests/report", actor, json={"items": items})


async def read(office: Office, actor: Any, request: dict[str, Any]) -> dict[str, Any]:
    answer = await office.client.get(f"/member-requests/{request['id']}", actor)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def decide(office: Office, actor: Any, request: dict[str, Any], outcome: str = "approved") -> Any:
    version = (await read(office, office.clerk(), request))["version"]
    return await office.client.post(
        f"/member-requests/{request['id']}/decide", actor, headers={"If-Match": str(version)},
        json={"outcome": outcome, "opinion": "核实"},
    )  # fmt: skip


async def test_a_number_is_corrected_with_approval_and_the_history_stays(office: Office) -> None:
    handler, clerk = office.handler(await office.unit()), office.clerk()
    person = await office.member(handler, someone())
    number = id_of(years_ago(31))
    request = (await changed(office, handler, person, document_number=number, name="王晓京")).json()
    assert (request["state"], request["new_name"], request["name"]) == ("new", "王**", "王**")
    assert (await handed_in(office, handler, request)).json() == {"requests": 1}
    waiting = await read(office, clerk, request)
    assert (waiting["state"], waiting["node"], waiting["node_title"]) == (
        "in_review",
        "information",
        "信息部审批",
    )
    approved = await decide(office, clerk, request)
    assert approved.json()["state"] == "approved", approved.text
    assert [s["outcome"] for s in approved.json()["steps"]] == ["submitted", "approved"]
    (told,) = await office.events(MemberChanged)
    assert told.member.version == person["version"] + 1 and str(told.member.person_id) == person["id"]
    found = await office.client.post(
        "/members/search", handler, json={"document_number": number, "name": "王晓京"}
    )
    assert [i["id"] for i in found.json()["items"]] == [person["id"]], "the id stays, number and name are new"
    history = (await office.client.get(f"/members/{person['id']}/history", handler)).json()["items"]
    assert (history[-1]["reason"], history[-1]["note"]) == ("changed", "公安机关更正")
    assert history[-1]["document_number"] != history[0]["document_number"]


async def test_what_can_be_asked_for(office: Office) -> None:
    handler = office.handler(await office.unit())
    number = id_of(years_ago(30))
    person, other = (
        await office.member(handler, someone(number=number)),
        await office.member(handler, someone()),
    )
    wrong = await changed(office, handler, person, document_number=number[:-1] + "A", name="王 京")
    assert {e["field"] for e in wrong.json()["errors"]} == {"document_number", "name"}
    same = await changed(office, handler, person, document_number=number, name="王小京")
    assert same.json()["code"] == "member_request.nothing_changes"
    taken = await changed(office, handler, other, document_number=number)
    assert (taken.status_code, taken.json()["code"]) == (409, "member.document_taken")
    new = await office.admit(handler, someone())
    assert (await changed(office, handler, new, name="李四")).json()["code"] == "member_request.not_a_member"
    assert (await changed(office, handler, person, name="李四")).status_code == 201
    twice = await changed(office, handler, person, name="李五")
    assert twice.json()["code"] == "member_request.open"


async def test_the_submitter_does_not_decide_and_the_node_has_its_role(office: Office) -> None:
    unit = await office.unit()
    handler = office.handler(unit)
    clerk = office.actor(WRITE, READ, roles=frozenset({"member_clerk"}))
    person = await office.member(handler, someone())
    request = (await changed(office, clerk, person, name="李四")).json()
    assert (await decide(office, office.clerk(), request)).json()["code"] == "member_request.not_in_review"
    await handed_in(office, clerk, request)
    for actor, own, waits in (
        (clerk, True, False),
        (office.clerk(), False, True),
        (office.actor(READ, roles=frozenset({"member_clerk"})), False, False),
        (office.agency(), False, False),
        (handler, False, False),
    ):
        (shown,) = (await office.client.get("/member-requests", actor)).json()["items"]
        assert (shown["is_own"], shown["awaits_caller"]) == (own, waits), "what the screen offers"
    assert (await decide(office, clerk, request)).json()["code"] == "member_request.same_person"
    strange = await decide(office, office.agency(), request)
    assert strange.json()["code"] == "member_request.not_your_node"
    assert "“信息部审批”" in strange.json()["detail"] and "“信息部”" in strange.json()["detail"], (
        "whose node it is"
    )
    assert (await decide(office, handler, request)).json()["code"] == "member_request.not_your_node"
    returned = await decide(office, office.clerk(), request, "returned")
    assert (returned.json()["state"], returned.json()["answer"]) == ("returned", "核实")
    headers = {"If-Match": str(returned.json()["version"])}
    edited = await office.client.send(
        "PUT", f"/member-requests/{request['id']}", clerk, headers=headers,
        json={"name": "李思", "reason": "更正笔误"},
    )  # fmt: skip
    assert edited.json()["reason"] == "更正笔误"
    stale = await handed_in(office, clerk, returned.json())
    assert stale.status_code == 412, "what was shown is what is handed in"
    await handed_in(office, clerk, edited.json())
    assert (await decide(office, office.clerk(), request, "rejected")).json()["state"] == "rejected"
    assert await office.events(MemberChanged) == []


async def test_a_transfer_into_the_own_unit(office: Office) -> None:
    here, there = await office.unit(), await office.unit("/haidian/haidian-shangdi/", name="上地单位工会")
    mine, theirs = office.handler(here), office.handler(there)
    person = await office.member(theirs, someone())
    found = await office.client.post("/members/lookup", mine, json={"member_number": person["member_number"]})
    assert (found.json()["name"], found.json()["unit_name"]) == ("王**", "上地单位工会")
    request = (await transferred(office, mine, person)).json()
    assert (request["unit_name"], request["to_unit_name"]) == ("上地单位工会", "北京测试单位工会")
    assert (await read(office, theirs, request))["state"] == "new", "both units see it"
    await handed_in(office, mine, request)
    assert (await decide(office, office.clerk(), request)).json()["state"] == "approved"
    (told,) = await office.events(MemberTransferred)
    assert (str(told.from_unit_id), str(told.to_unit_id), str(told.member.unit_id)) == (there, here, here)
    assert (await office.client.get(f"/members/{person['id']}", mine)).status_code == 200
    assert (await office.client.get(f"/members/{person['id']}", theirs)).status_code == 404
    history = (await office.client.get(f"/members/{person['id']}/history", mine)).json()["items"]
    assert [h["unit_name"] for h in history][-2:] == ["上地单位工会", "北京测试单位工会"]


async def test_what_a_transfer_needs(office: Office) -> None:
    here, there = await office.unit(), await office.unit("/haidian/haidian-shangdi/")
    third = office.handler(await office.unit("/xicheng/xicheng-jinrongjie/"))
    mine, theirs = office.handler(here), office.handler(there)
    person = await office.member(theirs, someone())
    assert (await transferred(office, theirs, person)).json()["code"] == "member_request.same_unit"
    foreign = await transferred(office, third, person, here)
    assert (foreign.status_code, foreign.json()["code"]) == (403, "member_request.not_your_member")
    assert (await transferred(office, mine, person, str(new_id()))).status_code == 404
    unknown = await office.client.post(
        "/members/lookup", mine, json={"document_number": id_of(years_ago(40))}
    )
    assert (unknown.status_code, unknown.json()["code"]) == (404, "member.unknown")
    nothing = await office.client.post("/members/lookup", mine, json={})
    assert nothing.json()["code"] == "member_request.number_needed"
    request = (await transferred(office, theirs, person, here)).json()
    gone = await office.client.post(
        f"/member-requests/{request['id']}/withdraw", theirs, headers={"If-Match": "1"}
    )
    assert gone.json()["state"] == "withdrawn"
    assert (await handed_in(office, theirs, gone.json())).json()["code"] == "member_request.closed"


async def test_a_member_who_moved_meanwhile_is_noticed(office: Office) -> None:
    here, there = await office.unit(), await office.unit("/haidian/haidian-shangdi/")
    third = office.handler(await office.unit("/xicheng/xicheng-jinrongjie/"))
    person = await office.member(office.handler(there), someone())
    mine = office.handler(here)
    request = (await transferred(office, mine, person)).json()
    await handed_in(office, mine, request)
    from uuid import UUID

    from identity.members.repository import MemberRepository

    async with office.client.context.db.transaction(office.id) as session:
        (row,) = await MemberRepository.of(session).locked([UUID(person["id"])])
        row.change({"unit_id": third.unit_id})
    answer = await decide(office, office.clerk(), request)
    assert (answer.status_code, answer.json()["code"]) == (409, "member_request.member_moved")


CHAIN = """  transfers:
    code: transfer
    title: {zh: 会员调动, en: Transfer between units}
    nodes:
      - {code: giving, role: handler, unit: giving, title: {zh: 调出单位同意, en: Giving unit}}
      - {code: receiving, role: handler, unit: receiving, title: {zh: 调入单位同意, en: Receiving unit}}
      - {code: information, role: member_clerk, four_eyes_with: [submitter], deadline_days: 5,"""
BEIJING = """  transfers:
    code: transfer
    title: {zh: 会员调动, en: Transfer between units}
    nodes:
      - {code: information, role: member_clerk, four_eyes_with: [submitter], deadline_days: 5,"""


async def test_where_the_pack_asks_both_units_each_agrees(identity: Client) -> None:
    office = await new_office(identity, **{BEIJING: CHAIN})
    here, there = await office.unit(), await office.unit("/haidian/haidian-shangdi/")
    roles = {"roles": frozenset({"handler"}), "kind": ActorKind.HANDLER}
    from uuid import UUID

    mine = office.actor(WRITE, READ, unit_id=UUID(here), **roles)
    theirs = office.actor(WRITE, READ, unit_id=UUID(there), **roles)
    person = await office.member(theirs, someone())
    request = (await transferred(office, mine, person)).json()
    await handed_in(office, mine, request)
    assert (await read(office, mine, request))["node"] == "giving"
    assert (await decide(office, mine, request)).json()["code"] == "member_request.not_your_node"
    agreed = await decide(office, theirs, request)
    assert agreed.json()["node"] == "information", "the receiving unit agreed by asking"
    assert (await decide(office, office.clerk(), request)).json()["state"] == "approved"
    back = (await transferred(office, office.clerk(), person, there)).json()
    clerk = office.actor(WRITE, READ, roles=frozenset({"member_clerk"}))
    assert (await handed_in(office, clerk, back)).status_code == 404, "it is another's"


async def test_without_a_chain_a_second_person_decides(union: Any) -> None:
    from .people import deliver, enrolled, people_of
    from .union import an_id_number

    unit = await union.register_unit()
    await deliver(union, await enrolled(union, [("张伟", an_id_number())], unit_id=unit["unit_id"]))
    (person,) = await people_of(union)
    first, second = union.actor(WRITE, READ), union.actor(WRITE, READ)
    body = {"person_id": str(person.id), "name": "张维", "reason": "公安机关更正"}
    request = (await union.client.post("/member-requests/changes", first, json=body)).json()
    assert request["member_number"] == person.member_number and person.member_number
    items = [{"id": request["id"], "version": 1}]
    await union.client.post("/member-requests/report", first, json={"items": items})
    path = f"/member-requests/{request['id']}/decide"
    headers, approve = {"If-Match": "2"}, {"outcome": "approved"}
    refused = await union.client.post(path, first, headers=headers, json=approve)
    assert refused.json()["code"] == "member_request.same_person"
    done = await union.client.post(path, second, headers=headers, json=approve)
    assert done.json()["state"] == "approved"


async def test_look_ups_are_counted(office: Office) -> None:
    handler = office.handler(await office.unit())
    for _ in range(300):
        await limits(office.client.context).count(f"member-lookup:{office.id}:{handler.id}", seconds=60)
    answer = await office.client.post("/members/lookup", handler, json={"member_number": "1000000018"})
    assert answer.status_code == 429


@pytest.mark.feature("N.02")
async def test_who_may_reach_requests(office: Office, identity: Client) -> None:
    other = await new_office(identity)
    unit, sibling = await office.unit(), await office.unit("/haidian/haidian-shangdi/")
    handler = office.handler(unit)
    person = await office.member(handler, someone())
    request = (await changed(office, handler, person, name="李四")).json()
    path, headers = f"/member-requests/{request['id']}", {"If-Match": "1"}
    named = {"member_number": person["member_number"]}
    routes: list[tuple[str, str, Any]] = [
        ("POST", "/member-requests/changes", {"person_id": person["id"], "name": "李四", "reason": "更正"}),
        ("POST", "/member-requests/report", {"items": [{"id": request["id"], "version": 1}]}),
        ("GET", path, None),
        ("PUT", path, {"name": "李五", "reason": "更正"}),
        ("POST", f"{path}/withdraw", None),
        ("POST", f"{path}/decide", {"outcome": "approved"}),
        ("GET", "/member-requests", None),
        ("POST", "/members/lookup", named),
        ("POST", "/member-requests/transfers", named | {"to_unit_id": unit, "reason": "调动"}),
    ]  # fmt: skip
    strangers = [office.handler(sibling), office.agency("/haidian/haidian-shangdi/"), other.clerk()]
    send = office.client.send
    for method, path, body in routes:
        assert (await send(method, path, json=body, headers=headers)).status_code == 401, path
        assert (await send(method, path, office.actor("x"), json=body, headers=headers)).status_code == 403, (
            path
        )
        for stranger in strangers:
            answer = await send(method, path, stranger, json=body, headers=headers)
            if path == "/member-requests":
                assert answer.json()["items"] == []
            elif path == "/members/lookup":
                assert answer.status_code == (404 if stranger is strangers[2] else 200)
            elif path.endswith("transfers") and stranger is not strangers[2]:
                assert answer.json()["code"] == "member_request.same_unit"
            else:
                assert answer.status_code == 404, (path, answer.text)
    listed = (await office.client.get("/member-requests?kind=change&state=new", handler)).json()["items"]
    assert [i["id"] for i in listed] == [request["id"]]


async def test_who_decides_reads_the_new_name_in_full_and_that_is_logged(
    office: Office, identity: Client
) -> None:
    handler, clerk = office.handler(await office.unit()), office.clerk()
    person = await office.member(handler, someone())
    number = id_of(years_ago(32))
    request = (await changed(office, handler, person, document_number=number, name="王晓京")).json()
    path = f"/member-requests/{request['id']}/reveal"
    early = await office.client.post(path, clerk)
    assert early.json()["code"] == "member_request.not_in_review"
    await handed_in(office, handler, request)
    for outsider in (handler, office.agency()):
        assert (await office.client.post(path, outsider)).json()["code"] == "member_request.not_your_node"
    assert (await office.client.post(path)).status_code == 401
    assert (await office.client.post(path, office.actor(READ))).status_code == 403
    assert (await office.client.post(path, (await new_office(identity)).clerk())).status_code == 404
    full = (await office.client.post(path, clerk)).json()
    assert (full["new_name"], full["new_document_number"]) == ("王晓京", number)
    assert full["name"].startswith("王") and "*" not in full["name"] + full["document_number"]
    looked = select(AuditEntry.actor_id, AuditEntry.subject).where(
        AuditEntry.action == "member_request.revealed", AuditEntry.tenant_id == office.id
    )
    async with office.client.context.db.transaction(office.id) as session:
        found = [tuple(row) for row in await session.execute(looked)]
    assert found == [(str(clerk.id), f"member_request:{request['id']}")]
