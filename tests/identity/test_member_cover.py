"""A member's enrolments and claims in the register's own copies; the audit log read and verified (rows D.09, N.07)."""

from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from common.clock import today
from common.consumer.runtime import Runtime
from common.contracts.claims import (
    ClaimApproved,
    ClaimFact,
    ClaimSubmitted,
    PayoutCompleted,
    PayoutFact,
    PayoutRequested,
    PayoutWithdrawn,
)
from common.contracts.claims_snapshot import ClaimsSnapshot
from common.contracts.enrollment import PoliciesIssued, PolicyFact, PolicyTerminated
from common.db import unscoped
from common.events import Event
from common.events.outbox import wrap
from common.ids import new_id
from common.testing import Client
from identity.consumers import SUBSCRIPTIONS

from .offices import READ, Office, new_office, someone


async def tell(office: Office, *events: Event, times: int = 1) -> None:
    runtime = Runtime(office.client.context, SUBSCRIPTIONS, bus=None)  # type: ignore[arg-type]
    for event in events:
        envelope = wrap(event, office.id)
        for _ in range(times):
            await runtime._until_done(office.id, [envelope])


async def policy(office: Office, person: dict[str, Any], **changes: Any) -> PolicyFact:
    keys = await office.keys()
    values: dict[str, Any] = {
        "policy_id": new_id(), "number": "B00000001", "person_id": UUID(person["id"]),
        "unit_id": UUID(person["unit_id"]), "order_id": new_id(), "product_code": "inpatient", "pack_version": 1,
        "shares": 1, "contribution": Decimal("80.00"), "starts_on": today(), "ends_on": today(),
        "status": "in_force", "name": keys.sealed("王", context="person.name"),
        "document_number": keys.sealed("1", context="person.document", kind="document"),
    }  # fmt: skip
    return PolicyFact(**(values | changes))


def claim(person: dict[str, Any], **changes: Any) -> ClaimFact:
    values: dict[str, Any] = {
        "claim_id": new_id(), "number": "L1", "kind": "hospital", "person_id": UUID(person["id"]),
        "product_code": "inpatient", "pack_version": 1, "status": "in_review",
    }  # fmt: skip
    return ClaimFact(**(values | changes))


@pytest.mark.feature("D.09")
async def test_enrolments_claims_and_payouts_of_a_member(office: Office) -> None:
    handler = office.handler(await office.unit())
    person = await office.member(handler, someone())
    cover = await policy(office, person)
    await tell(office, PoliciesIssued(batch_id=new_id(), policies=[cover]), times=2)
    ended = cover.model_copy(update={"version": 2, "status": "terminated"})
    await tell(office, PolicyTerminated(policy=ended, ended_on=today()), times=2)
    await tell(office, PoliciesIssued(batch_id=new_id(), policies=[cover], notify=False))
    handed_in = claim(person)
    approved = handed_in.model_copy(update={"version": 2, "status": "approved", "amount": Decimal("460.00")})
    await tell(office, ClaimSubmitted(claim=handed_in), ClaimApproved(claim=approved), times=2)
    await tell(office, ClaimSubmitted(claim=handed_in))
    money = PayoutFact(
        payout_id=new_id(), claim_id=handed_in.claim_id, claim_number="L1", person_id=UUID(person["id"]),
        amount=Decimal("460.00"),
    )  # fmt: skip
    paid = money.model_copy(update={"version": 3, "paid_on": today()})
    await tell(
        office, PayoutRequested(payout=money), PayoutCompleted(payout=paid), PayoutRequested(payout=money)
    )
    shown = (await office.client.get(f"/members/{person['id']}/cover", handler)).json()
    (one,) = shown["policies"]
    assert (one["status"], one["ended_on"], one["product"]) == (
        "terminated", today().isoformat(), "在职职工住院医疗互助保障活动",
    )  # fmt: skip
    assert [(c["status"], c["amount"]) for c in shown["claims"]] == [("approved", "460.00")]
    assert [(p["status"], p["paid_on"]) for p in shown["payouts"]] == [("paid", today().isoformat())]


@pytest.mark.feature("D.09", "P.06")
async def test_a_payout_whose_decision_was_taken_back_is_none_until_it_is_asked_for_again(
    office: Office,
) -> None:
    handler = office.handler(await office.unit())
    person = await office.member(handler, someone())
    money = PayoutFact(
        payout_id=new_id(), claim_id=new_id(), claim_number="L1", person_id=UUID(person["id"]),
        amount=Decimal("460.00"),
    )  # fmt: skip

    async def shown() -> list[str]:
        cover = (await office.client.get(f"/members/{person['id']}/cover", handler)).json()
        return [payout["status"] for payout in cover["payouts"]]

    back = PayoutWithdrawn(payout=money.model_copy(update={"version": 3}))
    await tell(office, PayoutRequested(payout=money), back, PayoutRequested(payout=money), times=2)
    assert await shown() == []
    await tell(office, PayoutRequested(payout=money.model_copy(update={"version": 4})))
    assert await shown() == ["requested"]


@pytest.mark.feature("D.09")
async def test_members_are_found_by_number_name_and_id(office: Office) -> None:
    handler = office.handler(await office.unit())
    body = someone(name="诸葛小京")
    person = await office.member(handler, body)
    await office.member(handler, someone())
    for criteria in (
        {"member_number": person["member_number"]},
        {"name": "诸葛小京"},
        {"document_number": body["document_number"]},
    ):
        found = (await office.client.post("/members/search", handler, json=criteria)).json()["items"]
        assert [i["id"] for i in found] == [person["id"]], criteria
    empty = await office.client.post("/members/search", handler, json={})
    assert empty.json()["code"] == "member.search_empty"
    nobody = await office.client.post("/members/search", handler, json={"name": "诸葛"})
    assert nobody.json()["items"] == [], "no search by a part of a name"


@pytest.mark.feature("N.02")
async def test_who_may_see_a_members_cover(office: Office, identity: Client) -> None:
    other = await new_office(identity)
    handler = office.handler(await office.unit())
    person = await office.member(handler, someone())
    path = f"/members/{person['id']}/cover"
    assert (await office.client.get(path)).status_code == 401
    assert (await office.client.get(path, office.actor("x"))).status_code == 403
    sibling = office.handler(await office.unit("/haidian/haidian-shangdi/"))
    for stranger in (sibling, office.actor(READ, org_path="/haidian/"), other.actor(READ)):
        assert (await office.client.get(path, stranger)).status_code == 404


@pytest.mark.feature("N.07")
async def test_the_audit_log_is_read_and_verified(office: Office, identity: Client) -> None:
    handler = office.handler(await office.unit())
    person = await office.member(handler, someone())
    revealer = office.actor("identity.member.reveal")
    await office.client.post(f"/members/{person['id']}/reveal", revealer, json={"reason": "核对身份"})
    auditor = office.actor("audit.read")
    found = (
        await office.client.get(f"/audit?subject=person:{person['id']}&action=member.revealed", auditor)
    ).json()
    (entry,) = found["items"]
    assert entry["actor_id"] == str(revealer.id) and set(entry["detail"]) == {"reason"}
    assert "核对身份" not in str(entry), "the words stay with the person and go with their data"
    assert entry["about"] == person["member_number"], "what people know the member by"
    for words in (f"about={person['member_number']}", "kind=person&verb=revealed&verb=read"):
        found = (await office.client.get(f"/audit?{words}", auditor)).json()["items"]
        assert entry["seq"] in [one["seq"] for one in found]
        assert all(one["subject"].startswith("person:") for one in found)
    for words in (
        "about=没有这个编号",
        "kind=unit&verb=revealed",
        f"until={entry['at'].replace('+', '%2B')}&verb=revealed",
    ):
        assert (await office.client.get(f"/audit?{words}", auditor)).json()["items"] == []
    first = (await office.client.get("/audit?limit=2", auditor)).json()
    second = (await office.client.get(f"/audit?limit=200&before={first['next_before']}", auditor)).json()
    assert [e["seq"] for e in first["items"] + second["items"]] == list(
        range(first["items"][0]["seq"], 0, -1)
    )
    verdict = (await office.client.get("/audit/verify", auditor)).json()
    assert verdict["intact"] and verdict["entries"] == verdict["seq"] == first["items"][0]["seq"]
    anchored = await office.client.get(f"/audit/verify?seq={verdict['seq']}&hash={'0' * 64}", auditor)
    assert not anchored.json()["intact"], "a chain that was written anew is not the one that was anchored"
    denied = unscoped(
        text("UPDATE audit_entry SET action = 'x' WHERE tenant_id = :t"), why="a test of the grant"
    )
    with pytest.raises(Exception, match="permission denied"):
        async with office.client.context.db.transaction(office.id) as session:
            await session.execute(denied, {"t": office.id})
    other = await new_office(identity)
    theirs = (await identity.get("/audit?limit=200", other.actor("audit.read"))).json()["items"]
    assert str(person["id"]) not in str(theirs)
    for path in ("/audit", "/audit/verify", "/audit/people", "/audit/codes"):
        assert (await identity.get(path)).status_code == 401
        assert (await identity.get(path, office.actor("x"))).status_code == 403
        assert (await identity.get(path, office.actor("audit.read", org_path="/haidian/"))).status_code == 404


@pytest.mark.feature("N.06")
async def test_a_snapshot_of_claims_fills_the_copy_and_is_older_than_what_is_known(office: Office) -> None:
    handler = office.handler(await office.unit())
    person = await office.member(handler, someone())
    first, second = claim(person), claim(person, number="L2")
    done = first.model_copy(update={"version": 2, "status": "approved", "amount": Decimal("460.00")})
    await tell(office, ClaimApproved(claim=done))
    await tell(office, ClaimsSnapshot(snapshot_id=new_id(), claims=[second, first]), times=2)
    shown = (await office.client.get(f"/members/{person['id']}/cover", handler)).json()["claims"]
    assert {(one["number"], one["status"]) for one in shown} == {("L1", "approved"), ("L2", second.status)}
