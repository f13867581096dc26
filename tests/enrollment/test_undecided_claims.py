"""A claim that is handed in and undecided holds back what its policy would give back (D.11, P.01)."""

import asyncio
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from common.consumer import Worker
from common.contracts.claims import (
    ClaimApproved,
    ClaimFact,
    ClaimRejected,
    ClaimSubmitted,
    ClaimWithdrawn,
)
from common.contracts.claims_snapshot import ClaimsSnapshot
from common.ids import new_id
from enrollment.issuing.jobs import issue_policies

from .beijing import Beijing, member
from .terminating import (
    PRODUCT,
    TODAY,
    agency,
    approve,
    beijing_pack,
    covered,
    district,
    office,
    submitted,
)
from .test_amendments import group, said
from .test_cover_consumers import deliver
from .world import World, id_number

__all__ = ["beijing_pack", "office"]
DUE, ENDED = "enrollment.refund_due.v1", "enrollment.policy_terminated.v1"


def claim(world: World, document: str, **changes: Any) -> ClaimFact:
    values: dict[str, Any] = {
        "version": 2, "claim_id": new_id(), "number": "2026050100000007", "kind": "hospital",
        "person_id": world.tenant.keys.person_id("resident_id", document), "product_code": PRODUCT,
        "pack_version": 1, "status": "in_review", "amount": Decimal("300.00"),
        "event_on": TODAY - timedelta(days=9),
    }  # fmt: skip
    return ClaimFact(**(values | changes))


def after(fact: ClaimFact, status: str) -> ClaimFact:
    return fact.model_copy(update={"status": status, "version": fact.version + 1})


@pytest.mark.feature("D.11")
async def test_a_termination_waits_for_the_claim_that_it_depends_on(office: World, worker: Worker) -> None:
    (policy,) = await covered(office, 1)
    termination = await submitted(office, [policy])
    waiting = claim(office, id_number(1))
    await deliver(worker, office.tenant.id, ClaimSubmitted(claim=waiting))
    shown = (await office.client.get(f"/terminations/{termination}", office.handler)).json()
    assert shown["items"][0]["undecided_claims"] == [waiting.number]
    assert (await approve(office, termination, agency(office))).status_code == 200
    held = await approve(office, termination, district(office))
    assert (held.status_code, held.json()["code"]) == (409, "termination.claims_undecided")
    assert waiting.number in held.json()["detail"] and "待理赔办结" in held.json()["detail"]
    assert await said(office, ENDED) == []
    refused = ClaimRejected(
        claim=after(waiting, "rejected"), reason=office.tenant.keys.sealed_words("材料不符")
    )
    await deliver(worker, office.tenant.id, refused)
    await deliver(worker, office.tenant.id, ClaimSubmitted(claim=waiting), times=1)
    done = (await approve(office, termination, district(office))).json()
    assert (done["status"], done["items"][0]["refund"]) == ("done", "80.00")


@pytest.mark.feature("D.11")
async def test_an_agreed_claim_leaves_nothing_to_refund_before_its_payout_is_told(
    office: World, worker: Worker
) -> None:
    (policy,) = await covered(office, 1)
    termination = await submitted(office, [policy])
    await deliver(
        worker, office.tenant.id, ClaimApproved(claim=claim(office, id_number(1), status="approved"))
    )
    await approve(office, termination, agency(office))
    done = (await approve(office, termination, district(office))).json()
    assert (done["status"], done["items"][0]["refund"]) == ("done", "0.00")
    assert "已给付待遇" in done["items"][0]["refund_reason"] and await said(office, DUE) == []


@pytest.mark.feature("D.11")
@pytest.mark.parametrize(
    "changes",
    [
        {"event_on": TODAY - timedelta(days=101)},
        {"product_code": "critical-illness"},
        {"status": "withdrawn"},
        {"product_code": ""},
    ],
)
async def test_a_claim_that_has_nothing_to_do_with_the_cover_holds_nobody_up(
    office: World, worker: Worker, changes: dict[str, Any]
) -> None:
    (policy,) = await covered(office, 1)
    termination = await submitted(office, [policy])
    fact = claim(office, id_number(1), **changes)
    told = ClaimWithdrawn(claim=fact) if changes.get("status") else ClaimSubmitted(claim=fact)
    await deliver(worker, office.tenant.id, told, ClaimSubmitted(claim=claim(office, id_number(5))))
    await approve(office, termination, agency(office))
    done = (await approve(office, termination, district(office))).json()
    assert (done["status"], done["items"][0]["refund"]) == ("done", "80.00")


@pytest.mark.feature("D.11")
async def test_the_claim_and_the_last_approval_at_the_same_time(office: World, worker: Worker) -> None:
    """Either the approval was first, and the policy gives back; or it is held, and the policy goes on. Never half."""
    policies = await covered(office, *range(1, 7))
    requests = []
    for policy in policies:
        requests.append(await submitted(office, [policy]))
        await approve(office, requests[-1], agency(office))
    facts = [claim(office, id_number(n)) for n in range(1, 7)]
    answers = await asyncio.gather(
        *(approve(office, one, district(office)) for one in requests),
        *(deliver(worker, office.tenant.id, ClaimSubmitted(claim=fact)) for fact in facts),
    )
    codes = [answer.status_code for answer in answers[:6]]
    assert set(codes) <= {200, 409}
    ended = {UUID(event["policy"]["policy_id"]) for event in await said(office, ENDED)}
    assert ended == {policy for policy, code in zip(policies, codes, strict=True) if code == 200}
    assert {UUID(due["policy_id"]) for due in await said(office, DUE)} == ended
    for one, code in zip(requests, codes, strict=True):
        again = await approve(office, one, district(office))
        assert again.status_code == 409, "decided already, or held by the claim that is known by now"
        shown = (await office.client.get(f"/terminations/{one}", office.handler)).json()
        assert shown["status"] == ("done" if code == 200 else "submitted")


@pytest.mark.feature("P.01", "D.11")
async def test_who_has_an_undecided_claim_does_not_leave_by_an_amendment(
    beijing: Beijing, worker: Worker
) -> None:
    people = [member(1), member(2)]
    base = await group(beijing, worker, people, days=40)
    order = (await beijing.post(f"/orders/{base}/amendments", beijing.handler, status=201))["id"]
    numbers = {"document_numbers": [person["id_number"] for person in people]}
    await beijing.post(f"/orders/{order}/leavers", beijing.handler, numbers)
    fact = claim(beijing, people[0]["id_number"])
    await deliver(worker, beijing.tenant.id, ClaimSubmitted(claim=fact))
    await beijing.submit(order)
    await beijing.reviewed(order)
    for _ in range(2):
        await issue_policies(worker.context, beijing.tenant.id)
    done = await beijing.state(order)
    assert (done["status"], done["issued"], done["skipped"]) == ("done", 1, 1)
    assert "未办结的理赔" in done["message"]
    (ended,) = await said(beijing, ENDED)
    assert ended["policy"]["person_id"] != str(fact.person_id)
    assert len(await said(beijing, DUE)) == 1
    path = f"/orders/{order}/people?insurable=false"
    (left,) = (await beijing.client.get(path, beijing.handler)).json()["items"]
    (reason,) = left["reasons"]
    assert (left["outcome"], reason["code"], reason["action"]) == (
        "claim_open", "policy.claim_open", "decide_claim",
    )  # fmt: skip
    assert fact.number in reason["message"]


@pytest.mark.feature("N.06")
async def test_a_copy_that_is_empty_is_filled_by_a_snapshot_of_claims(office: World, worker: Worker) -> None:
    """The claims service says all claims again: those under way hold the termination, what is known newer stays."""
    (policy,) = await covered(office, 1)
    termination = await submitted(office, [policy])
    waiting = claim(office, id_number(1))
    subsidy = claim(office, id_number(1), product_code="", number="2026050100000008")
    invited = claim(office, id_number(1), status="to_upload", number="2026050100000009")
    told = ClaimsSnapshot(snapshot_id=new_id(), claims=[subsidy, waiting, invited])
    await deliver(worker, office.tenant.id, told, times=2)
    shown = (await office.client.get(f"/terminations/{termination}", office.handler)).json()
    assert shown["items"][0]["undecided_claims"] == [waiting.number]
    withdrawn = after(waiting, "withdrawn")
    await deliver(worker, office.tenant.id, ClaimWithdrawn(claim=withdrawn))
    await deliver(worker, office.tenant.id, ClaimsSnapshot(snapshot_id=new_id(), claims=[waiting]))
    shown = (await office.client.get(f"/terminations/{termination}", office.handler)).json()
    assert shown["items"][0]["undecided_claims"] == []
