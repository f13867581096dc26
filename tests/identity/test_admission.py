"""Admission one by one: refusals, states, reporting exactly a search result (rows D.02, D.03, D.06–D.10)."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from common.audit import AuditEntry
from common.auth import ActorKind
from common.contracts.identity import MembersAdmitted
from common.identifiers import luhn_digit
from common.ids import new_id
from common.testing import Client

from .offices import READ, WRITE, Office, id_of, new_office, someone, years_ago


def codes(answer: Any) -> set[tuple[str, str]]:
    """Field and code of each fault."""
    return {(e["field"], e["code"]) for e in answer.json()["errors"]}


@pytest.mark.feature("D.02")
async def test_save_and_create_the_next_then_report(office: Office) -> None:
    unit = await office.unit()
    handler = office.handler(unit)
    first, second = [await office.admit(handler, someone()) for _ in range(2)]
    assert {first["state"], second["state"]} == {"new"} and first["unit_id"] == unit
    numbers = [first["member_number"], second["member_number"]]
    assert int(numbers[1][:-1]) == int(numbers[0][:-1]) + 1
    assert all(luhn_digit(number[:-1]) == number[-1] for number in numbers)
    assert await office.events(MembersAdmitted) == [], (
        "nobody else hears of a person before they are confirmed"
    )
    found = await office.search(handler, state="new")
    assert found["search"]["total"] == 2 and {i["id"] for i in found["items"]} == {first["id"], second["id"]}
    reported = (await office.act(handler, "report", found)).json()
    assert (reported["total"], reported["confirmed"], reported["state"]) == (2, 2, "done")
    (told,) = await office.events(MembersAdmitted)
    assert told.notify and {f.state for f in told.members} == {"confirmed"}
    assert {f.member_number for f in told.members} == set(numbers)
    history = (await office.client.get(f"/members/{first['id']}/history", handler)).json()["items"]
    assert [h["reason"] for h in history] == ["admitted", "reported", "confirmed"]
    assert [h["number"] for h in history] == [1, 2, 3] and history[0]["changed_by"] == str(handler.id)


@pytest.mark.feature("D.02")
async def test_a_repeated_request_admits_once(office: Office) -> None:
    handler, body, key = office.handler(await office.unit()), someone(), str(new_id())
    first, again = [await office.client.post("/admissions", handler, json=body, once=key) for _ in range(2)]
    assert first.json() == again.json() and first.status_code == 201
    assert (await office.search(handler))["search"]["total"] == 1


@pytest.mark.feature("D.10", "N.02")
async def test_who_entered_people_may_proofread_them_until_they_are_reported(office: Office) -> None:
    unit = await office.unit()
    handler, colleague, agency = office.handler(unit), office.handler(unit), office.agency()
    typed = someone()
    mine = await office.admit(handler, typed)
    theirs = await office.admit(colleague, someone())
    assert typed["document_number"] not in str(mine)
    body = {"ids": [mine["id"], theirs["id"]]}
    (shown,) = (await office.client.post("/admissions/entered", handler, json=body)).json()["items"]
    assert shown["id"] == mine["id"] and shown["values"] == {
        name: typed[name] for name in ("name", "document_number", "mobile") if typed.get(name)
    }
    async with office.client.context.db.transaction(office.id) as session:
        looks = select(AuditEntry.actor_id, AuditEntry.subject).where(
            AuditEntry.action == "member.opened", AuditEntry.tenant_id == office.id
        )
        assert (await session.execute(looks)).all() == [(str(handler.id), f"person:{mine['id']}")]
    other = office.handler(await office.unit())
    for actor in (agency, other):
        assert (await office.client.post("/admissions/entered", actor, json=body)).json()["items"] == []
    reader = office.actor(READ, kind=ActorKind.HANDLER, unit_id=UUID(unit))
    for refused, status in ((None, 401), (reader, 403)):
        assert (await office.client.post("/admissions/entered", refused, json=body)).status_code == status
    await office.act(handler, "report", await office.search(handler, state="new"))
    assert (await office.client.post("/admissions/entered", handler, json=body)).json()["items"] == []


@pytest.mark.feature("D.07")
@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"name": "王 小京"}, "name", "name.space"),
        ({"name": ""}, "name", "name.missing"),
        ({"document_number": "11010519900101123"}, "document_number", "id.length"),
        ({"document_number": "11010519900230123X"}, "document_number", "id.birthdate"),
        ({"mobile": "12345"}, "mobile", "mobile.format"),
        ({"sex": "male"}, "sex", "sex.mismatch"),
        ({"document_kind": "passport", "document_number": "E1"}, "document_number", "document.format"),
        ({"document_kind": "passport", "document_number": "E12345678"}, "sex", "sex.missing"),
        (
            {"document_kind": "passport", "document_number": "E12345678", "sex": "male"},
            "born_on",
            "born.missing",
        ),
    ],
)
async def test_each_wrong_value_is_named(
    office: Office, changes: dict[str, Any], field: str, code: str
) -> None:
    answer = await office.client.post(
        "/admissions", office.handler(await office.unit()), json=someone() | changes
    )
    assert answer.status_code == 422 and (field, code) in codes(answer)


@pytest.mark.feature("D.07")
async def test_the_check_digit_expected_is_named(office: Office) -> None:
    number = id_of(years_ago(30))
    wrong = number[:-1] + ("0" if number[-1] != "0" else "1")
    answer = await office.client.post(
        "/admissions", office.handler(await office.unit()), json=someone(number=wrong)
    )
    (error,) = answer.json()["errors"]
    assert error["code"] == "id.checksum" and number[-1] in error["message"]


@pytest.mark.feature("D.06")
@pytest.mark.parametrize(
    ("sex", "years", "days", "code"),
    [
        ("female", 16, 0, "age.under"),
        ("female", 16, 1, None),
        ("female", 55, -1, None),
        ("female", 55, 0, "age.over"),
        ("male", 16, 0, "age.under"),
        ("male", 60, -1, None),
        ("male", 60, 0, "age.over"),
        ("female", 65, 0, "age.over"),
        ("female", 65, 1, "age.over_absolute"),
        ("male", 70, 0, "age.over_absolute"),
    ],
)
async def test_the_limits_of_age_hold_to_the_day(
    office: Office, sex: str, years: int, days: int, code: str | None
) -> None:
    number = id_of(years_ago(years, days=days), sex)
    answer = await office.client.post(
        "/admissions", office.handler(await office.unit()), json=someone(number=number)
    )
    if code is None:
        assert answer.status_code == 201
    else:
        assert codes(answer) == {("document_number", code)}


@pytest.mark.feature("D.06")
async def test_over_age_with_papers_needs_the_agency(office: Office) -> None:
    unit = await office.unit()
    handler = office.handler(unit)
    body = someone(number=id_of(years_ago(58), "female"))
    paper = {"code": "postponed-retirement", "receipt": office.receipt(handler.id)}
    entered = await office.admit(handler, {**body, "papers": [paper]})
    assert entered["over_age"] == "requested"
    refused = await office.act(handler, "report", await office.search(handler))
    assert (refused.status_code, refused.json()["code"]) == (409, "admission.consent_missing")

    async def decide(actor: Any, consents: bool = True, version: int = 1) -> Any:
        return await office.client.post(
            f"/admissions/{entered['id']}/over-age", actor, headers={"If-Match": str(version)},
            json={"consents": consents, "opinion": "局级干部，未办理退休"},
        )  # fmt: skip

    assert (await decide(office.clerk())).json()["code"] == "admission.consent_not_yours"
    assert (await decide(office.agency("/haidian/haidian-shangdi/"))).status_code == 404
    papers = (await office.client.get(f"/admissions/{entered['id']}/papers", office.agency())).json()
    assert [p["code"] for p in papers] == ["postponed-retirement"]
    assert (await decide(office.agency(), version=9)).status_code == 412
    consented = await decide(office.agency())
    assert consented.json()["over_age"] == "consented"
    assert (await decide(office.agency(), version=2)).json()["code"] == "admission.no_consent_asked"
    done = await office.act(handler, "report", await office.search(handler))
    assert done.json()["confirmed"] == 1


@pytest.mark.feature("D.06")
async def test_a_refused_consent_keeps_the_person_out(office: Office) -> None:
    handler = office.handler(await office.unit())
    paper = {"code": "postponed-retirement", "receipt": office.receipt(handler.id)}
    entered = await office.admit(handler, someone(number=id_of(years_ago(62), "male"), papers=[paper]))
    answer = await office.client.post(
        f"/admissions/{entered['id']}/over-age", office.agency(), headers={"If-Match": "1"},
        json={"consents": False, "opinion": "已办理退休"},
    )  # fmt: skip
    assert answer.json()["over_age"] == "refused"
    assert (await office.act(handler, "report", await office.search(handler))).status_code == 409
    foreign = {"code": "postponed-retirement", "receipt": office.receipt(new_id())}
    body = someone(number=id_of(years_ago(58), "female"), papers=[foreign])
    answer = await office.client.post("/admissions", handler, json=body)
    assert answer.json()["code"] == "unit.document_not_yours"


@pytest.mark.feature("D.07")
async def test_who_is_known_already_is_told_what_to_do(office: Office) -> None:
    here, there = await office.unit(), await office.unit(name="另一单位工会")
    body = someone()
    await office.admit(office.handler(here), body)
    again = await office.client.post("/admissions", office.handler(here), json=body)
    assert codes(again) == {("document_number", "member.duplicate")}
    renamed = await office.client.post("/admissions", office.handler(here), json={**body, "name": "李小京"})
    assert codes(renamed) == {("document_number", "member.duplicate"), ("name", "name.mismatch")}
    elsewhere = await office.client.post("/admissions", office.handler(there), json=body)
    assert codes(elsewhere) == {("document_number", "member.other_unit")}
    assert "调入" in elsewhere.json()["errors"][0]["message"]


@pytest.mark.feature("D.03")
async def test_exactly_what_was_shown_is_reported(office: Office) -> None:
    handler = office.handler(await office.unit())
    first = await office.admit(handler, someone())
    shown = await office.search(handler, state="new")
    await office.admit(handler, someone())
    changed = await office.act(handler, "report", shown)
    assert (changed.status_code, changed.json()["code"]) == (409, "admission.search_changed")
    assert changed.json()["params"] == {"shown": 1, "now": 2}
    one = await office.search(handler, member_number=first["member_number"])
    assert (await office.act(handler, "report", one)).json()["total"] == 1
    assert (await office.search(handler, state="new"))["search"]["total"] == 1
    assert (await office.search(handler, state="confirmed"))["items"][0]["id"] == first["id"]
    whole = await office.search(handler)
    assert (await office.act(handler, "report", whole)).json()["code"] == "admission.not_reportable"
    nobody = await office.search(handler, state="returned")
    assert (await office.act(handler, "report", nobody)).json()["code"] == "admission.search_nobody"
    assert (await office.act(office.handler(str(new_id())), "report", whole)).json()[
        "code"
    ] == "admission.search_unknown"


@pytest.mark.feature("D.03")
async def test_an_edit_after_the_search_is_noticed(office: Office) -> None:
    handler = office.handler(await office.unit())
    body = someone()
    entered = await office.admit(handler, body)
    shown = await office.search(handler, state="new")
    edited = await office.client.send(
        "PUT", f"/admissions/{entered['id']}", handler, headers={"If-Match": "1"}, json={**body, "name": "王大京"}
    )  # fmt: skip
    assert edited.status_code == 200 and edited.headers["ETag"] == '"2"'
    assert (await office.act(handler, "report", shown)).json()["code"] == "admission.search_changed"


@pytest.mark.feature("D.03")
async def test_where_the_pack_asks_for_a_person_finance_confirms_or_returns(identity: Client) -> None:
    node = "{code: finance, role: member_clerk, deadline_days: 3, title: {zh: 财务确认"
    eyes = node.replace("member_clerk,", "member_clerk, four_eyes_with: [submitter],")
    office = await new_office(identity, **{"confirmation: automatic": "confirmation: person", node: eyes})
    handler, clerk = office.handler(await office.unit()), office.clerk()
    kept, sent_back = [await office.admit(handler, someone()) for _ in range(2)]
    report = (await office.act(handler, "report", await office.search(handler))).json()
    assert (report["state"], report["confirmed"]) == ("waiting", 0)
    assert await office.events(MembersAdmitted) == []
    agency = office.agency()
    one = await office.search(agency, member_number=kept["member_number"])
    assert (await office.act(agency, "confirm", one)).json()["code"] == "admission.not_your_node"
    one = await office.search(clerk, member_number=kept["member_number"], state="reported")
    assert (await office.act(clerk, "confirm", one)).json() == {"people": 1}
    other = await office.search(clerk, member_number=sent_back["member_number"])
    assert (await office.act(clerk, "return", other, reason="身份证号与名单不符")).json() == {"people": 1}
    (told,) = await office.events(MembersAdmitted)
    assert [str(f.person_id) for f in told.members] == [kept["id"]]
    read = (await office.client.get(f"/members/{sent_back['id']}", handler)).json()
    assert (read["state"], read["returned_reason"]) == ("returned", "身份证号与名单不符")
    again = await office.search(handler, state="returned")
    assert (await office.act(handler, "report", again)).json()["total"] == 1
    confirmed = await office.search(clerk, member_number=kept["member_number"])
    assert (await office.act(clerk, "return", confirmed, reason="再看")).json()[
        "code"
    ] == "admission.not_reported"
    own = await office.search(clerk, state="reported")
    self_made = office.actor(WRITE, READ, roles=frozenset({"member_clerk"}))
    theirs = await office.admit(self_made, someone(unit_id=read["unit_id"]))
    assert own["search"]["total"] == 1
    mine = await office.search(self_made, member_number=theirs["member_number"])
    await office.act(self_made, "report", mine)
    mine = await office.search(self_made, member_number=theirs["member_number"])
    assert (await office.act(self_made, "confirm", mine)).json()["code"] == "admission.same_person"


@pytest.mark.feature("D.10")
async def test_only_new_and_returned_are_edited_and_deleted(office: Office) -> None:
    handler = office.handler(await office.unit())
    body = someone()
    member = await office.member(handler, body)
    headers = {"If-Match": str(member["version"])}
    edit = await office.client.send("PUT", f"/admissions/{member['id']}", handler, headers=headers, json=body)
    gone = await office.client.send("DELETE", f"/admissions/{member['id']}", handler, headers=headers)
    assert {edit.json()["code"], gone.json()["code"]} == {"admission.not_editable"}
    new = await office.admit(handler, someone())
    path = f"/admissions/{new['id']}"
    assert (await office.client.send("DELETE", path, handler)).status_code == 428
    assert (await office.client.send("DELETE", path, handler, headers={"If-Match": "7"})).status_code == 412
    assert (await office.client.send("DELETE", path, handler, headers={"If-Match": "1"})).status_code == 204
    assert (await office.client.send("DELETE", path, handler, headers={"If-Match": "1"})).status_code == 404
    assert (await office.client.get(f"/members/{new['id']}", handler)).status_code == 404


@pytest.mark.feature("D.10")
async def test_what_an_edit_leaves_out_stays(office: Office) -> None:
    """Values are shown masked: nobody has to type the number again to change a name, and no mobile gets lost."""
    handler = office.handler(await office.unit())
    entered = await office.admit(handler, someone(name="王小京", mobile="13800008888"))
    path, wanted = f"/admissions/{entered['id']}", {"name": "王大京"}
    edited = await office.client.send("PUT", path, handler, headers={"If-Match": "1"}, json=wanted)
    assert edited.status_code == 200, edited.text
    assert edited.json()["document_number"] == entered["document_number"]
    assert edited.json()["mobile"] == entered["mobile"] == "138****8888"
    found = await office.search(handler, name="王大京", mobile="13800008888")
    assert [one["id"] for one in found["items"]] == [entered["id"]]
    wrong = await office.client.send(
        "PUT", path, handler, headers={"If-Match": "2"}, json={"document_kind": "passport"}
    )
    assert ("document_number", "document.format") in codes(wrong)
    empty = await office.client.send("PUT", path, handler, headers={"If-Match": "2"}, json={"mobile": ""})
    assert empty.json()["mobile"] is None
    other = someone(document_kind="passport", document_number="E12345678", sex="female", born_on="1990-01-01")
    foreign = await office.admit(handler, other)
    named = await office.client.send(
        "PUT", f"/admissions/{foreign['id']}", handler, headers={"If-Match": "1"}, json={"name": "Jane·Doe"}
    )
    assert named.status_code == 200, named.text


@pytest.mark.feature("D.10")
async def test_delete_all_needs_the_typed_words(office: Office) -> None:
    handler = office.handler(await office.unit())
    member = await office.member(handler, someone())
    for _ in range(3):
        await office.admit(handler, someone())
    shown = await office.search(handler, state="new")
    assert (await office.act(handler, "delete", shown, words="删除")).json()[
        "code"
    ] == "admission.words_wrong"
    whole = await office.search(handler)
    assert (await office.act(handler, "delete", whole, words="全部删除")).json()[
        "code"
    ] == "admission.not_deletable"
    assert (await office.act(handler, "delete", shown, words="全部删除")).json() == {"people": 3}
    assert [i["id"] for i in (await office.search(handler))["items"]] == [member["id"]]
    again = await office.act(handler, "delete", shown, words="全部删除")
    assert again.json()["code"] == "admission.search_changed"


async def test_more_than_a_batch_is_confirmed_by_the_worker(office: Office) -> None:
    from identity.members.admission import reporting

    handler = office.handler(await office.unit())
    monkey = reporting.BATCH
    reporting.BATCH = 2
    try:
        for _ in range(5):
            await office.admit(handler, someone())
        report = (await office.act(handler, "report", await office.search(handler))).json()
        assert (report["state"], report["confirmed"]) == ("confirming", 2)
        await reporting.confirm_reports(office.client.context, office.id)
        await reporting.confirm_reports(office.client.context, office.id)
    finally:
        reporting.BATCH = monkey
    read = (await office.client.get(f"/admissions/reports/{report['id']}", handler)).json()
    assert (read["state"], read["confirmed"]) == ("done", 5)
    told = await office.events(MembersAdmitted)
    assert sum(len(t.members) for t in told) == 5 and len({f.person_id for t in told for f in t.members}) == 5


async def test_what_an_admission_may_not_set_is_refused(office: Office) -> None:
    handler = office.handler(await office.unit())
    for extra in (
        {"state": "confirmed"},
        {"member_number": "1"},
        {"over_age": "consented"},
        {"account_id": str(new_id())},
    ):
        answer = await office.client.post("/admissions", handler, json={**someone(), **extra})
        assert answer.status_code == 422, extra


async def test_units_that_are_not_approved_and_unions_without_admission(office: Office, union: Any) -> None:
    waiting = await office.unit(status="under_review")
    answer = await office.client.post("/admissions", office.handler(waiting), json=someone())
    assert answer.json()["code"] == "admission.unit_not_approved"
    answer = await office.client.post("/admissions", office.clerk(), json=someone())
    assert answer.json()["code"] == "admission.unit_needed"
    answer = await union.client.post("/admissions", union.actor(WRITE), json=someone())
    assert answer.json()["code"] == "admission.not_offered"


@pytest.mark.feature("N.02")
async def test_who_may_reach_admissions(office: Office, identity: Client) -> None:
    other = await new_office(identity)
    unit, sibling = await office.unit(), await office.unit("/haidian/haidian-shangdi/")
    handler = office.handler(unit)
    entered = await office.admit(handler, someone())
    person, search = entered["id"], await office.search(handler)
    named = {"search_id": search["search"]["id"]}
    report = (await office.act(handler, "report", search)).json()["id"]
    routes: list[tuple[str, str, Any]] = [
        ("POST", "/admissions", someone(unit_id=unit)),
        ("POST", "/admissions/search", {}),
        ("POST", "/admissions/report", named),
        ("GET", f"/admissions/reports/{report}", None),
        ("POST", "/admissions/confirm", named),
        ("POST", "/admissions/return", {**named, "reason": "不符"}),
        ("POST", "/admissions/delete", {**named, "words": "全部删除"}),
        ("PUT", f"/admissions/{person}", someone()),
        ("DELETE", f"/admissions/{person}", None),
        ("GET", f"/admissions/{person}/papers", None),
        ("POST", f"/admissions/{person}/over-age", {"consents": True, "opinion": "同意"}),
        ("GET", f"/members/{person}/history", None),
    ]
    headers = {"If-Match": "1"}
    strangers = [
        office.handler(sibling), office.agency("/haidian/haidian-shangdi/"), other.clerk(), other.handler(unit),
        office.actor(WRITE, READ, kind=ActorKind.MEMBER, person_id=new_id()),
    ]  # fmt: skip
    for method, path, body in routes:
        send = office.client.send
        assert (await send(method, path, json=body, headers=headers)).status_code == 401, path
        assert (await send(method, path, office.actor("x"), json=body, headers=headers)).status_code == 403, (
            path
        )
        for stranger in strangers:
            answer = await send(method, path, stranger, json=body, headers=headers)
            if path == "/admissions/search":
                assert answer.json()["items"] == [] and answer.json()["search"]["total"] == 0
            elif path == "/admissions" and stranger.kind is ActorKind.MEMBER:
                assert answer.status_code == 404
            elif path == "/admissions" and stranger == strangers[3]:
                assert answer.status_code == 404, "another tenant's unit"
            else:
                assert answer.status_code == 404, (path, stranger.kind, answer.text)
