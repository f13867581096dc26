"""Early termination: request, printed form, signed scan, agency and office, refund (row D.11)."""

import asyncio
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import event as sql_event

from common.auth import Actor
from common.crypto import verify
from common.ids import new_id
from common.testing import Pump
from enrollment.individual.repository import ApplicationRepository

from .campus import CRITICAL, Campus
from .covers import Wanted, put, staff
from .terminating import (
    PRODUCT,
    REVIEW,
    TODAY,
    agency,
    approve,
    beijing_pack,
    covered,
    district,
    office,
    request,
    submit,
    submitted,
    text_of,
)
from .world import World, id_number, person

__all__ = ["beijing_pack", "office"]


@pytest.mark.feature("D.11")
async def test_from_the_search_to_the_refund(office: World, emitted_of: Any) -> None:
    ids = await covered(office, 1, 2)
    found = await office.client.post(
        "/policies/search", office.handler, json={"state": "in_force", "document_number": id_number(1)}
    )
    assert [p["id"] for p in found.json()["items"]] == [str(ids[0])]

    made = (await request(office, ids)).json()
    assert made["status"] == "draft" and made["number"].startswith("ZZ")
    assert id_number(1) not in str(made)
    form = await office.client.get(f"/terminations/{made['id']}/form", office.handler)
    assert form.headers["content-type"] == "application/pdf"
    text = text_of(form.content)
    for expected in (
        "保单提前终止申请表",
        made["number"],
        id_number(1),
        person(2)["name"],
        "职工离职",
        "北京",
    ):
        assert expected in text, expected

    bare = await office.client.post(f"/terminations/{made['id']}/submit", office.handler, json={"scans": []})
    assert (bare.status_code, bare.json()["code"]) == (422, "termination.scans_missing")
    assert "请上传签字盖章的终止申请表。" in bare.text
    nothing = await office.client.post(
        "/terminations", office.handler, json={"policies": [], "reason": "职工离职"}
    )
    assert (nothing.status_code, nothing.json()["code"]) == (422, "termination.policies_missing")
    handed_in = (await submit(office, made["id"])).json()
    assert (handed_in["status"], handed_in["node"], handed_in["scans"]) == ("submitted", "agency", 1)

    early = await approve(office, made["id"], district(office))
    assert (early.status_code, early.json()["code"]) == (403, "order.other_role")
    checked = await approve(office, made["id"], agency(office))
    assert (checked.json()["status"], checked.json()["node"]) == ("submitted", "office")
    done = (await approve(office, made["id"], district(office))).json()
    assert done["status"] == "done", done
    # 100 days of 12 months begun on the day: 8 whole months are left.
    assert [item["refund"] for item in done["items"]] == ["80.00", "80.00"]
    assert done["refunded"] == "160.00"
    assert [step["decision"] for step in done["steps"]] == ["submitted", "passed", "passed"]
    records = await office.client.post("/policies/search", office.handler, json={"state": "terminated"})
    assert {p["ended_on"] for p in records.json()["items"]} == {TODAY.isoformat()}
    events = await emitted_of(office)
    ended = [e.data for e in events if e.type == "enrollment.policy_terminated.v1"]
    owed = [e.data for e in events if e.type == "enrollment.refund_due.v1"]
    assert {(e["ended_on"], e["refund"]) for e in ended} == {(TODAY.isoformat(), "80.00")}
    assert [(e["amount"], e["payee"], e["reason"]) for e in owed] == [("80.00", "unit", "terminated")] * 2


@pytest.mark.feature("D.11")
async def test_cover_that_is_to_end_is_in_force_until_its_last_day(office: World) -> None:
    last = TODAY + timedelta(days=30)
    ids = await covered(office, 1)
    made = (await request(office, ids, last_day=last.isoformat())).json()
    await submit(office, made["id"])
    await approve(office, made["id"], agency(office))
    assert (await approve(office, made["id"], district(office))).json()["status"] == "done"
    for state in ("in_force", "terminated"):
        found = await office.client.post("/policies/search", office.handler, json={"state": state})
        (policy,) = found.json()["items"]
        assert (policy["state"], policy["ended_on"]) == ("in_force", last.isoformat())
        assert policy["state_text"] == f"{last.isoformat()} 终止"
    for state in ("may_end", "expired", "not_started"):
        found = await office.client.post("/policies/search", office.handler, json={"state": state})
        assert found.json()["items"] == []


@pytest.mark.feature("D.11")
async def test_cover_that_is_still_to_begin_is_among_what_may_end(office: World) -> None:
    starts = TODAY + timedelta(days=10)
    ids = await put(office, [Wanted(1, starts, starts + timedelta(days=364), product=PRODUCT)])
    found = await office.client.post("/policies/search", office.handler, json={"state": "may_end"})
    assert [(p["id"], p["state_text"]) for p in found.json()["items"]] == [(str(ids[0]), "未生效")]


@pytest.mark.feature("D.11")
async def test_nobody_ends_a_policy_of_a_sibling_unit(office: World) -> None:
    starts, sibling = TODAY - timedelta(days=100), new_id()
    await office.tell_units([office.unit(unit_id=sibling, org_path="/haidian/agency-1/")])
    theirs = await put(
        office, [Wanted(1, starts, starts + timedelta(days=364), product=PRODUCT, unit_id=sibling)]
    )
    own = await covered(office, 2)
    alone = await request(office, theirs)
    assert (alone.status_code, alone.json()["code"]) == (422, "termination.policies_unknown")
    mixed = await request(office, [*own, *theirs])
    assert (mixed.status_code, mixed.json()["code"]) == (422, "termination.policies_unknown")


async def covered_until(office: World) -> date | None:
    async with office.client.context.db.transaction(office.tenant.id) as session:
        person_id = office.tenant.keys.person_id("resident_id", id_number(1))
        repository = ApplicationRepository(session, office.tenant.id)
        return await repository.covered_until(person_id, PRODUCT)


@pytest.mark.feature("D.11")
async def test_ending_a_running_term_and_its_renewal_frees_the_cover(office: World) -> None:
    starts = TODAY - timedelta(days=340)
    ends = starts + timedelta(days=364)
    renewal = Wanted(1, ends + timedelta(days=1), ends + timedelta(days=365), term=2, product=PRODUCT)
    ids = await put(office, [Wanted(1, starts, ends, product=PRODUCT), renewal])
    termination = await submitted(office, ids)
    await approve(office, termination, agency(office))
    assert (await approve(office, termination, district(office))).json()["status"] == "done"
    assert await covered_until(office) == TODAY


@pytest.mark.feature("D.11")
async def test_ending_the_running_term_alone_keeps_the_renewals_cover(office: World) -> None:
    starts = TODAY - timedelta(days=340)
    ends = starts + timedelta(days=364)
    renewal = Wanted(1, ends + timedelta(days=1), ends + timedelta(days=365), term=2, product=PRODUCT)
    running, _ = await put(office, [Wanted(1, starts, ends, product=PRODUCT), renewal])
    termination = await submitted(office, [running])
    await approve(office, termination, agency(office))
    await approve(office, termination, district(office))
    assert await covered_until(office) == renewal.ends_on


@pytest.mark.feature("D.11")
async def test_nobody_decides_on_what_they_asked_for_by_another_account(office: World) -> None:
    human = new_id()
    office.handler = office.handler.model_copy(update={"human": human})
    termination = await submitted(office, await covered(office, 1))
    own = await approve(office, termination, agency(office, human=human))
    assert (own.status_code, own.json()["code"]) == (403, "order.four_eyes")
    passed = await approve(office, termination, agency(office, human=new_id()))
    assert passed.status_code == 200, passed.text


@pytest.mark.feature("D.11")
async def test_what_is_refused(office: World) -> None:
    running, expired = await covered(office, 1), await covered(office, 2, begun_days_ago=400)
    unknown = await request(office, [new_id()])
    assert (unknown.status_code, unknown.json()["code"]) == (422, "termination.policies_unknown")
    ended = await request(office, [*running, *expired])
    assert (ended.status_code, ended.json()["code"]) == (409, "termination.not_in_force")
    past = await request(office, running, last_day=(TODAY - timedelta(days=1)).isoformat())
    assert (past.status_code, past.json()["code"]) == (422, "termination.last_day")
    assert (await request(office, running)).status_code == 201
    twice = await request(office, running)
    assert (twice.status_code, twice.json()["code"]) == (409, "termination.requested")


@pytest.mark.feature("D.11")
async def test_a_day_that_has_passed_is_refused_when_a_request_is_changed(office: World) -> None:
    made = (await request(office, await covered(office, 1))).json()
    edit = {"reason": "职工离职", "last_day": (TODAY - timedelta(days=1)).isoformat()}
    headers = {"If-Match": str(made["version"])}
    past = await office.client.send(
        "PUT", f"/terminations/{made['id']}", office.handler, json=edit, headers=headers
    )
    assert (past.status_code, past.json()["code"]) == (422, "termination.last_day")


@pytest.mark.feature("D.11")
async def test_a_returned_request_is_corrected_and_a_rejected_one_frees_its_policies(office: World) -> None:
    ids = await covered(office, 1, 2)
    termination = await submitted(office, ids)
    path = f"/terminations/{termination}"
    back = await office.client.post(f"{path}/return", agency(office), json={"reason": "扫描件不清"})
    assert (back.json()["status"], back.json()["answer"]) == ("draft", "扫描件不清")
    edit = {"reason": "职工离职", "remove": [str(ids[1])]}
    version = str(back.json()["version"])
    changed = await office.client.send("PUT", path, office.handler, json=edit, headers={"If-Match": version})
    assert [item["policy"]["id"] for item in changed.json()["items"]] == [str(ids[0])], changed.text
    stale = await office.client.send("PUT", path, office.handler, json=edit, headers={"If-Match": version})
    assert stale.status_code == 412
    assert (await submit(office, termination)).status_code == 200
    refused = await office.client.post(f"{path}/reject", agency(office), json={"reason": "材料不全"})
    assert refused.json()["status"] == "rejected"
    assert (await approve(office, termination, agency(office))).json()["code"] == "termination.wrong_state"
    assert (await request(office, ids)).status_code == 201


@pytest.mark.feature("D.11")
async def test_the_office_above_the_agency_decides_and_nobody_twice(office: World) -> None:
    termination = await submitted(office, await covered(office, 1))
    both = staff(office, *REVIEW, roles=frozenset({"agency", "office"}), org_path="/haidian/")
    assert (await approve(office, termination, both)).status_code == 200
    twice = await approve(office, termination, both)
    assert (twice.status_code, twice.json()["code"]) == (403, "order.four_eyes")
    elsewhere = district(office, org_path="/chaoyang/")
    assert (await approve(office, termination, elsewhere)).status_code == 404


@pytest.mark.feature("D.11")
async def test_whose_turn_it_is_what_was_decided_and_what_is_to_come(office: World) -> None:
    termination = await submitted(office, await covered(office, 1))
    below, above = agency(office), district(office)

    async def seen(actor: Actor) -> dict[str, Any]:
        return (await office.client.get(f"/terminations/{termination}", actor)).json()

    async def waiting(actor: Actor) -> list[str]:
        found = await office.client.get("/terminations", actor, params={"mine": True})
        return [one["id"] for one in found.json()["items"] if one["may_decide"]]

    assert (await waiting(below), await waiting(above), await waiting(office.handler)) == (
        [termination],
        [],
        [],
    )
    first = await seen(below)
    assert first["may_decide"] and not (await seen(above))["may_decide"]
    assert [step["decision"] for step in first["steps"]] == ["submitted", "pending", "pending"]
    assert first["node_title"] == first["steps"][1]["title"]
    assert first["refunded"] is None and first["expected_refund"] == first["items"][0]["refund"]
    decided = (await approve(office, termination, below)).json()
    assert not decided["may_decide"], "nothing is left for who has decided"
    assert (await waiting(below), await waiting(above)) == ([], [termination])
    passed, next_one = decided["steps"][1:]
    assert (passed["decision"], passed["actor_id"], passed["opinion"]) == ("passed", str(below.id), "同意")
    assert (next_one["decision"], next_one["at"]) == ("pending", None)
    done = (await approve(office, termination, above)).json()
    assert [step["decision"] for step in done["steps"]] == ["submitted", "passed", "passed"]
    assert done["node_title"] is None and done["expected_refund"] is None and done["refunded"]


@pytest.mark.feature("D.11")
async def test_the_signed_form_is_looked_at_by_whoever_sees_the_request(office: World, world: World) -> None:
    termination = await submitted(office, await covered(office, 1))
    path = f"/terminations/{termination}/scans"
    shown = await office.client.get(path, agency(office))
    (scan,) = shown.json()["items"]
    assert (scan["kind"], scan["title"]) == ("signed", "盖章签字的终止申请表")
    link = parse_qs(urlsplit(scan["url"]).query)["link"][0]
    claims = verify("document-link", link, office.client.context.link_key)
    assert (
        claims["document_id"] == scan["document_id"] and f"/documents/{scan['document_id']}/" in scan["url"]
    )
    assert claims["tenant_id"] == str(office.tenant.id)
    audit = await office.client.get(
        "/audit", staff(office, "audit.read"), params={"subject": f"termination:{termination}"}
    )
    assert [entry["action"] for entry in audit.json()["items"]] == ["papers.opened"]

    assert (await office.client.get(path)).status_code == 401
    assert (await office.client.get(path, staff(office, "audit.read"))).status_code == 403
    assert (await office.client.get(path, staff(office, *REVIEW, org_path="/chaoyang/"))).status_code == 404
    assert (await office.client.get(path, world.handler)).status_code == 404
    draft = (await request(office, await covered(office, 2))).json()["id"]
    nothing = await office.client.get(f"/terminations/{draft}/scans", office.handler)
    assert nothing.json() == {"items": []}


async def test_two_taps_end_a_policy_once(office: World, emitted_of: Any) -> None:
    termination = await submitted(office, await covered(office, 1))
    await approve(office, termination, agency(office))
    taps = await asyncio.gather(*(approve(office, termination, district(office)) for _ in range(4)))
    assert sorted(tap.status_code for tap in taps) == [200, 409, 409, 409]
    owed = [e for e in await emitted_of(office) if e.type == "enrollment.refund_due.v1"]
    assert len(owed) == 1


async def test_whose_requests_they_are(office: World, world: World) -> None:
    made = (await request(office, await covered(office, 1))).json()
    path = f"/terminations/{made['id']}"
    assert (await office.client.get(path)).status_code == 401
    assert (await office.client.get(path, staff(office, "audit.read"))).status_code == 403
    assert (await office.client.get(path, staff(office, *REVIEW, org_path="/chaoyang/"))).status_code == 404
    assert (await office.client.get(path, world.handler)).status_code == 404
    assert (await office.client.get(f"{path}/form", agency(office))).status_code == 403
    assert len((await office.client.get("/terminations", agency(office))).json()["items"]) == 1
    closed = await world.client.post(
        "/terminations", world.handler, json={"policies": [str(new_id())], "reason": "离职了"}
    )
    assert (closed.status_code, closed.json()["code"]) == (404, "termination.not_offered")
    assert (await office.client.send("DELETE", path, office.handler)).status_code == 204


@pytest.mark.feature("A.05")
async def test_what_a_member_paid_online_goes_back_online(campus: Campus, pump: Pump) -> None:
    member = await campus.member()
    application = await campus.paid(member)
    await pump.settle()
    done = await terminated(campus, member)
    assert (done["status"], done["refunded"]) == ("done", "90.00"), done
    await pump.settle()
    payments = (await campus.client.get("/payments", campus.finance)).json()["items"]
    assert [(p["subject_id"], Decimal(p["refunded"])) for p in payments] == [(application, Decimal("90.00"))]


async def terminated(campus: Campus, member: Actor) -> dict[str, Any]:
    """A member's only policy ends by a termination."""
    policy = (await campus.client.get("/policies/mine", member)).json()["items"][0]
    assert policy["product"] == CRITICAL
    officer = campus.client.mint.actor(
        campus.tenant, "enrollment.order.write", "enrollment.order.read", roles=frozenset({"officer"})
    )
    body = {"policies": [policy["id"]], "reason": "本人申请退出"}
    made = (await campus.client.post("/terminations", officer, json=body)).json()
    world = World.__new__(World)
    world.client, world.tenant = campus.client, campus.tenant
    scan = world.receipt("application/pdf", owner=officer.id)
    path = f"/terminations/{made['id']}"
    handed_in = await campus.client.post(f"{path}/submit", officer, json={"scans": [scan]})
    assert handed_in.status_code == 200, handed_in.text
    return dict((await campus.client.post(f"{path}/approve", campus.chair, json={})).json())


@pytest.mark.feature("D.11")
async def test_policies_of_a_request_end_as_a_set(office: World) -> None:
    """No more statements for forty policies than for one."""
    statements: dict[int, list[str]] = {}
    engine = office.client.context.db.engine.sync_engine
    for first, number in ((100, 1), (200, 40)):
        termination = await submitted(office, await covered(office, *range(first, first + number)))
        await approve(office, termination, agency(office))
        seen = statements.setdefault(number, [])

        def count(connection: Any, cursor: Any, statement: str, *rest: Any, seen: list[str] = seen) -> None:
            seen.append(statement)

        sql_event.listen(engine, "before_cursor_execute", count)
        try:
            done = (await approve(office, termination, district(office))).json()
        finally:
            sql_event.remove(engine, "before_cursor_execute", count)
        assert (done["status"], done["refunded"]) == ("done", f"{80 * number}.00"), done
        assert {item["refund"] for item in done["items"]} == {"80.00"}
    # One more where a copy in memory has become too old meanwhile; one for each policy would be forty.
    assert abs(len(statements[40]) - len(statements[1])) <= 2, statements[40]
