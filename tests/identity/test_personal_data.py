"""Personal data on request: export, erasure by two people and by every service, retention by rule (row N.07)."""

import json
from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, text

from common.auth import Actor, ActorKind
from common.clock import now, set_to, today
from common.contracts.claims import ClaimFact, ClaimSubmitted, RefundFact, RefundFailed, RefundPaid
from common.contracts.enrollment import PoliciesIssued, RefundDue, RefundReturned
from common.contracts.erasure import ERASURE_DONE
from common.contracts.export import EXPORT_PART, PersonExportAsked
from common.contracts.identity import PersonErased
from common.db import unscoped
from common.export import seal_part
from common.ids import new_id
from common.testing import Client
from common.testing.tasks import wear_out
from identity.members.models import GivenReason, Person, PersonRecord
from identity.members.repository import MemberRepository
from identity.privacy.erasing import apply_retention
from identity.privacy.exporting import GATHERED_WITHIN, forget_exports
from identity.privacy.models import DataRequest, DataRequestPart

from .offices import Office, new_office, someone
from .test_bulk_admission import ended, working
from .test_member_cover import policy, tell

OWN, MANAGE = "identity.member.own", "identity.privacy.manage"
pytestmark = pytest.mark.feature("N.07")


def member_of(office: Office, person: dict[str, Any]) -> Actor:
    return office.actor(OWN, kind=ActorKind.MEMBER, person_id=UUID(person["id"]))


async def admitted(office: Office, **changes: Any) -> dict[str, Any]:
    body = someone(mobile="13912345678", **changes)
    return {
        **body,
        **await office.member(office.handler(await office.unit()), body),
        "number": body["document_number"],
    }


async def asked(office: Office, actor: Actor, kind: str, person: dict[str, Any] | None = None) -> Any:
    path = f"/members/{person['id']}/data-requests" if person else "/members/me/data-requests"
    return await office.client.post(path, actor, json={"kind": kind, "reason": "本人要求"})


async def decide(office: Office, actor: Actor, request: dict[str, Any], what: str, **body: Any) -> Any:
    headers = {"If-Match": str(request["version"])}
    return await office.client.post(
        f"/data-requests/{request['id']}/{what}", actor, headers=headers, json=body or None
    )


async def leave(office: Office, person: dict[str, Any]) -> None:
    async with office.client.context.db.transaction(office.id) as session:
        (row,) = await MemberRepository.of(session).locked([UUID(person["id"])])
        row.change({"state": "left"})


async def give(
    office: Office, event: PersonExportAsked, services: Iterable[str], *, held: Any = None, pieces: int = 1
) -> None:
    """Let services answer with their parts, each piece twice and the last first."""
    for service in services:
        content = held or {"message": [{"text": f"{service}的一条消息"}]}
        (packed,) = seal_part(content, event.public_key)
        parts = (
            [packed]
            if pieces == 1
            else seal_part({"noise": [new_id().hex for _ in range(9000)]}, event.public_key)
        )
        for number, piece in reversed(list(enumerate(parts, 1))):
            part = EXPORT_PART[service](
                request_id=event.request_id, person_id=event.person_id, number=number, of=len(parts), rows=1,
                content=piece,
            )  # fmt: skip
            await tell(office, part, times=2)


async def test_a_member_downloads_all_that_the_platform_holds(office: Office) -> None:
    person = await admitted(office, name="诸葛小京")
    me = member_of(office, person)
    change = {"person_id": person["id"], "name": "诸葛晓京", "reason": "户口本已更名，电话13900001111"}
    asking = office.actor("identity.member.write", "identity.member.read")
    changed = await office.client.post("/member-requests/changes", asking, json=change)
    assert changed.status_code == 201, changed.text
    request = (await asked(office, me, "export")).json()
    assert request["state"] == "running" and request["task_id"]
    assert request["waiting"] == sorted(EXPORT_PART)
    (event,) = await office.events(PersonExportAsked)
    assert (str(event.request_id), str(event.person_id)) == (request["id"], person["id"])
    async with working(office):
        first, *others = sorted(EXPORT_PART)
        await give(office, event, [first], pieces=2)
        await give(office, event, others[:-1])
        (waiting,) = (await office.client.get("/members/me/data-requests", me)).json()
        assert (waiting["state"], waiting["waiting"]) == ("running", others[-1:]), (
            "the last part is waited for"
        )
        early = await office.client.get(f"/tasks/{request['task_id']}/result", me)
        assert early.json()["code"] == "task.not_done"
        await give(office, event, others[-1:])
        assert (await ended(office, me, request["task_id"]))["state"] == "done"
    content = await office.client.get(f"/tasks/{request['task_id']}/result", me)
    held = json.loads(content.content)
    assert held["person"]["name"] == "诸葛小京" and held["person"]["document"] == person["number"]
    assert [h["reason"] for h in held["history"]] == ["admitted", "reported", "confirmed"]
    assert "tenant_id" not in held["person"] and held["missing"] == []
    assert set(held["services"]) == set(EXPORT_PART) and len(held["services"][first]["noise"]) == 9000
    assert held["services"][others[0]]["message"] == [{"text": f"{others[0]}的一条消息"}]
    (told,) = held["own"]["member_request"]
    assert (told["name"], told["reason"]) == ("诸葛晓京", change["reason"]), "what was asked about them too"
    assert "export_key" not in content.text
    (own,) = (await office.client.get("/members/me/data-requests", me)).json()
    assert own["state"] == "done" and own["waiting"] == []
    stranger = office.actor(OWN, kind=ActorKind.MEMBER, person_id=new_id())
    assert (await office.client.get(f"/tasks/{request['task_id']}/result", stranger)).status_code == 404


async def test_an_export_names_whose_part_is_missing_and_its_key_goes(office: Office) -> None:
    person = await admitted(office)
    officer = office.actor(MANAGE)
    request = (await asked(office, officer, "export", person)).json()
    (event,) = await office.events(PersonExportAsked)
    *there, away = sorted(EXPORT_PART)
    await give(office, event, there)
    await forget_exports(office.client.context, office.id)
    with set_to(now() + GATHERED_WITHIN + timedelta(minutes=1)):
        async with working(office):
            assert (await ended(office, officer, request["task_id"]))["state"] == "done"
        held = json.loads((await office.client.get(f"/tasks/{request['task_id']}/result", officer)).content)
        assert held["missing"] == [away] and set(held["services"]) == set(there)
        (read,) = (await office.client.get("/data-requests", officer)).json()["items"]
        assert (read["state"], read["waiting"]) == ("done", [away])
        await give(office, event, [away])
        assert await parts_of(office) == (len(there), 1), "what comes too late is dropped"
    with set_to(now() + GATHERED_WITHIN + timedelta(hours=2)):
        await forget_exports(office.client.context, office.id)
    assert await parts_of(office) == (0, 0), "nobody can read what may be left of them on the bus"


async def test_an_export_that_is_given_up_says_so_and_is_asked_for_anew(office: Office) -> None:
    person = await admitted(office)
    me, officer = member_of(office, person), office.actor(MANAGE)
    request = (await asked(office, me, "export")).json()
    await wear_out(office.client.context, office.id)
    async with working(office):
        assert (await ended(office, me, request["task_id"]))["state"] == "failed"
    (failed,) = (await office.client.get("/members/me/data-requests", me)).json()
    assert (failed["state"], failed["waiting"]) == ("failed", [])
    assert failed["problem"]["code"] == "task.interrupted" and "重试" in failed["problem"]["zh"]
    again = (await asked(office, me, "export")).json()
    assert (again["state"], again["problem"]) == ("running", None)
    dropped = await office.client.post(f"/tasks/{again['task_id']}/cancel", me)
    assert dropped.status_code == 200, dropped.text
    third = (await asked(office, me, "export")).json()

    async def listed(state: str) -> list[tuple[str, str | None]]:
        found = (await office.client.get(f"/data-requests?state={state}", officer)).json()["items"]
        return [(one["id"], one["problem"] and one["problem"]["code"]) for one in found]

    assert await listed("failed") == [(again["id"], "task.cancelled"), (request["id"], "task.interrupted")]
    assert await listed("running") == [(third["id"], None)], "what was given up is waited for no more"


async def parts_of(office: Office) -> tuple[int, int]:
    """How many parts and how many keys of exports there are."""
    async with office.client.context.db.transaction(office.id) as session:
        parts = (await session.execute(select(DataRequestPart.id))).scalars().all()
        keys = select(DataRequest.id).where(DataRequest.export_key.is_not(None))
        return len(parts), len((await session.execute(keys)).scalars().all())


async def test_an_erasure_takes_two_people_and_every_service(office: Office) -> None:
    person = await admitted(office)
    me, first, second = member_of(office, person), office.actor(MANAGE), office.actor(MANAGE)
    request = (await asked(office, first, "erasure", person)).json()
    assert request["state"] == "open"
    assert (await asked(office, me, "erasure")).json()["code"] == "data_request.open"
    refused = await decide(office, first, request, "approve")
    assert (refused.status_code, refused.json()["code"]) == (403, "data_request.same_person")
    approved = (await decide(office, second, request, "approve")).json()
    assert approved["state"] == "running" and set(approved["waiting"]) == set(ERASURE_DONE)
    (told,) = await office.events(PersonErased)
    assert str(told.person_id) == person["id"]
    found = await office.client.post(
        "/members/search", office.actor("identity.member.read"), json={"document_number": person["number"]}
    )
    assert found.json()["items"] == [], "nobody finds the number any more"
    read = (await office.client.get(f"/members/{person['id']}", office.actor("identity.member.read"))).json()
    assert (
        read["name"].startswith("已")
        and read["mobile"] is None
        and read["member_number"] == person["member_number"]
    )
    await nothing_left(office, person)
    for service, event in ERASURE_DONE.items():
        await tell(office, event(request_id=told.request_id, person_id=told.person_id, rows=3), times=2)
        state = (await office.client.get("/data-requests", first)).json()["items"][0]
        assert (service in state["parts"]) and (state["state"] == "done") == (
            state["waiting"] == [] and len(state["parts"]) == 1 + len(ERASURE_DONE)
        )
    assert state["state"] == "done"
    again = await asked(office, first, "erasure", person)
    assert again.json()["code"] == "data_request.erased"


async def nothing_left(office: Office, person: dict[str, Any]) -> None:
    """No sealed value of the person opens to what it was, in the person's row or its history."""
    keys = await office.keys()
    async with office.client.context.db.transaction(office.id) as session:
        rows: list[Any] = list(
            (await session.execute(select(Person).where(Person.id == UUID(person["id"])))).scalars()
        )
        rows += (
            await session.execute(select(PersonRecord).where(PersonRecord.person_id == UUID(person["id"])))
        ).scalars()
    assert len(rows) > 3
    for row in rows:
        assert keys.open(row.name_sealed, context="person.name") == "已删除"
        assert keys.open(row.document_sealed, context="person.document") == "已删除"
        assert (
            row.document_index.startswith("erased:") and row.mobile_sealed is None and row.name_index is None
        )


async def test_cover_and_open_claims_keep_the_data(office: Office) -> None:
    person = await admitted(office)
    await tell(office, PoliciesIssued(batch_id=new_id(), policies=[await policy(office, person)]))
    officer = office.actor(MANAGE)
    covered = await asked(office, officer, "erasure", person)
    assert (covered.status_code, covered.json()["code"]) == (409, "data_request.still_needed")
    assert covered.json()["params"]["reasons"] == ["covered"]
    other = await admitted(office)
    request = (await asked(office, officer, "erasure", other)).json()
    claim = ClaimFact(
        claim_id=new_id(), number="L1", kind="hospital", person_id=UUID(other["id"]), product_code="inpatient",
        pack_version=1, status="in_review", amount=Decimal(1),
    )  # fmt: skip
    await tell(office, ClaimSubmitted(claim=claim))
    late = await decide(office, office.actor(MANAGE), request, "approve")
    assert late.json()["params"]["reasons"] == ["claim_open"], "looked at again when it is approved"
    told = await decide(office, office.actor(MANAGE), request, "refuse", answer="有未结理赔")
    assert (told.json()["state"], told.json()["answer"]) == ("refused", "有未结理赔")
    assert (await decide(office, office.actor(MANAGE), told.json(), "refuse", answer="再次")).json()[
        "code"
    ] == "data_request.decided"


def owed(person: dict[str, Any], **changes: Any) -> RefundDue:
    values: dict[str, Any] = {
        "refund_id": new_id(), "reason": "terminated", "fund": "medical", "product_code": "inpatient",
        "amount": Decimal("120.00"), "due_on": today(), "payee": "member", "person_id": UUID(person["id"]),
    }  # fmt: skip
    return RefundDue(**(values | changes))


@pytest.mark.feature("N.05")
@pytest.mark.parametrize("order", ["due first", "payment first"])
async def test_a_refund_that_is_owed_keeps_the_data_until_it_is_paid(office: Office, order: str) -> None:
    person = await admitted(office)
    officer = office.actor(MANAGE)
    bank, online = owed(person, way="transfer"), owed(person, way="online")
    await tell(office, owed(person, payee="unit"))
    fact = RefundFact(
        version=3, refund_id=bank.refund_id, payout_id=new_id(), number="R1", fund="medical",
        amount=bank.amount, person_id=UUID(person["id"]), payee="member",
    )  # fmt: skip
    back = RefundReturned(
        refund_id=online.refund_id, fund="medical", amount=online.amount, returned_on=today(), number="W1"
    )
    paid = RefundPaid(refund=fact.model_copy(update={"version": 6, "paid_on": today()}))
    if order == "due first":
        await tell(office, bank, online, times=2)
        refused = await asked(office, officer, "erasure", person)
        assert (refused.status_code, refused.json()["code"]) == (409, "data_request.still_needed")
        assert refused.json()["params"]["reasons"] == ["refund_open"] and "退费" in refused.json()["detail"]
        keys = await office.keys()
        await tell(office, RefundFailed(refund=fact, reason=keys.sealed_words("账户已销户")), paid, times=2)
        assert (await asked(office, officer, "erasure", person)).status_code == 409, "one is still owed"
        await tell(office, back, times=2)
    else:
        await tell(office, back, paid, online, bank)
    assert (await asked(office, officer, "erasure", person)).status_code == 201


async def test_a_member_withdraws_an_erasure(office: Office) -> None:
    person = await admitted(office)
    me = member_of(office, person)
    request = (await asked(office, me, "erasure")).json()
    headers = {"If-Match": "1"}
    gone = await office.client.post(
        f"/members/me/data-requests/{request['id']}/withdraw", me, headers=headers
    )
    assert gone.json()["state"] == "withdrawn"
    assert (await decide(office, office.actor(MANAGE), gone.json(), "approve")).json()[
        "code"
    ] == "data_request.decided"


async def test_retention_by_the_packs_rule(identity: Client) -> None:
    office = await new_office(
        identity, **{"{left_years: 10, unreported_days: 365}": "{left_years: 5, unreported_days: 180}"}
    )
    unit = await office.unit()
    handler = office.handler(unit)
    left, kept = await office.member(handler, someone()), await office.member(handler, someone())
    await leave(office, left)
    draft = await office.admit(handler, someone())
    await apply_retention(office.client.context, office.id)
    assert (await office.client.get(f"/members/{draft['id']}", handler)).status_code == 200, "not yet"
    with set_to(now() + timedelta(days=181)):
        await apply_retention(office.client.context, office.id)
    assert (await office.client.get(f"/members/{draft['id']}", handler)).status_code == 404
    assert await office.events(PersonErased) == []
    with set_to(now() + timedelta(days=5 * 366 + 2)):
        await apply_retention(office.client.context, office.id)
        await apply_retention(office.client.context, office.id)
    (told,) = await office.events(PersonErased)
    assert str(told.person_id) == left["id"]
    assert (await office.client.get(f"/members/{kept['id']}", handler)).json()["name"] == "王**"
    count = unscoped(text("SELECT count(*) FROM data_request WHERE tenant_id = :t"), why="test")
    async with office.client.context.db.transaction(office.id) as session:
        assert (await session.execute(count, {"t": office.id})).scalar_one() == 1
    assert today()


@pytest.mark.feature("N.02")
async def test_who_may_reach_personal_data(office: Office, identity: Client) -> None:
    other = await new_office(identity)
    person = await admitted(office)
    request = (await asked(office, office.actor(MANAGE), "erasure", person)).json()
    base = f"/data-requests/{request['id']}"
    body = {"kind": "export", "reason": "本人要求"}
    routes: list[tuple[str, str, str, Any]] = [
        ("POST", "/members/me/data-requests", OWN, body),
        ("GET", "/members/me/data-requests", OWN, None),
        ("POST", f"/members/me/data-requests/{request['id']}/withdraw", OWN, None),
        ("POST", f"/members/{person['id']}/data-requests", MANAGE, body),
        ("GET", "/data-requests", MANAGE, None),
        ("POST", f"{base}/approve", MANAGE, None),
        ("POST", f"{base}/refuse", MANAGE, {"answer": "不同意"}),
    ]
    for method, path, permission, sent in routes:
        send, headers = office.client.send, {"If-Match": "1"}
        assert (await send(method, path, json=sent, headers=headers)).status_code == 401, path
        assert (await send(method, path, office.actor("x"), json=sent, headers=headers)).status_code == 403, (
            path
        )
        for stranger in (office.actor(permission, org_path="/haidian/"), other.actor(permission)):
            answer = await send(method, path, stranger, json=sent, headers=headers)
            if path == "/data-requests":
                assert answer.json()["items"] == []
            else:
                assert answer.status_code == 404, (path, answer.text)


async def test_a_reason_with_a_number_is_kept_with_the_person_and_goes_with_them(office: Office) -> None:
    person, words = await admitted(office), "本人来电13812345678核对，王小京"
    revealer = office.actor("identity.member.reveal", "identity.member.read")
    answer = await office.client.post(f"/members/{person['id']}/reveal", revealer, json={"reason": words})
    assert answer.status_code == 200, answer.text
    log = await office.client.get(f"/audit?subject=person:{person['id']}", office.actor("audit.read"))
    assert "13812345678" not in log.text and "小京" not in log.text
    kept = select(GivenReason).where(GivenReason.person_id == UUID(person["id"]))
    async with office.client.context.db.transaction(office.id) as session:
        given = (await session.execute(kept)).scalar_one()
    assert (await office.keys()).open(given.words_sealed, context="person.reason") == words
    assert str(given.id) in log.text and given.given_by == revealer.id
    path, auditor = f"/given-reasons/{given.id}", office.actor("audit.read")
    told = (await office.client.get(path, auditor)).json()
    assert (told["words"], told["action"], told["person_id"]) == (words, "member.revealed", person["id"])
    log = await office.client.get(f"/audit?subject=person:{person['id']}&action=reason.read", auditor)
    assert [entry["actor_id"] for entry in log.json()["items"]] == [str(auditor.id)], "reading is an entry"
    assert (await office.client.get(path)).status_code == 401
    assert (await office.client.get(path, revealer)).status_code == 403
    far = office.actor("audit.read", org_path="/haidian/")
    assert (await office.client.get(path, far)).status_code == 404
    request = (await asked(office, office.actor(MANAGE), "erasure", person)).json()
    assert (await decide(office, office.actor(MANAGE), request, "approve")).status_code == 200
    async with office.client.context.db.transaction(office.id) as session:
        assert (await session.execute(kept)).scalar_one_or_none() is None
