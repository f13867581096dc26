"""A task is assigned to whom it can be: an active account with the node's role whose branch holds the claim."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio

from common.clock import today

from .papers import receipt
from .world import World


@pytest_asyncio.fixture
async def wuxi(union: Callable[[str], Awaitable[World]]) -> World:
    return await union("wuxi")


@pytest_asyncio.fixture
async def claim(wuxi: World) -> dict[str, Any]:
    return await wuxi.submitted(await wuxi.cover(), verified=False)


async def assign(wuxi: World, claim: dict[str, Any], colleague: Any) -> Any:
    path, chief = f"/queue/{claim['id']}/assign", wuxi.role("claims_reviewer")
    return await wuxi.client.post(path, chief, json={"handler_id": str(colleague.id)})


@pytest.mark.feature("C.10", "N.03")
async def test_role_place_and_state_of_the_colleague_are_checked(wuxi: World, claim: dict[str, Any]) -> None:
    """The claim lies in /binhu/ at the first check."""
    unknown, closed, other_role, elsewhere, below, fit, whole = (
        wuxi.role("claims_checker"),
        wuxi.role("claims_checker"),
        wuxi.role("report_reviewer"),
        wuxi.role("claims_checker", org_path="/xinwu/"),
        wuxi.role("claims_checker", org_path="/binhu/hudai/"),
        wuxi.role("claims_checker", org_path="/binhu/"),
        wuxi.role("claims_checker"),
    )
    await wuxi.employ(other_role, elsewhere, below, fit, whole)
    await wuxi.employ(closed, status="closed")
    for colleague, code in (
        (unknown, "task.colleague_unknown"),
        (closed, "task.colleague_unknown"),
        (other_role, "task.colleague_unfit"),
        (elsewhere, "task.colleague_elsewhere"),
        (below, "task.colleague_elsewhere"),
    ):
        answer = await assign(wuxi, claim, colleague)
        assert answer.status_code == 422 and answer.json()["code"] == code, answer.text
    for colleague in (fit, whole):
        answer = await assign(wuxi, claim, colleague)
        assert answer.json()["handler_id"] == str(colleague.id), answer.text


@pytest.mark.feature("C.10")
async def test_the_colleagues_to_choose_from(wuxi: World, other: World, claim: dict[str, Any]) -> None:
    fit, unfit = wuxi.role("claims_checker"), wuxi.role("report_reviewer")
    await wuxi.employ(fit, unfit)
    path = f"/queue/{claim['id']}/colleagues"
    found = (await wuxi.client.get(path, wuxi.role("claims_reviewer"))).json()
    assert found == [{"id": str(fit.id), "name": "沈丽华", "org_path": ""}]
    await wuxi.employ(fit, status="closed")
    assert (await wuxi.client.get(path, wuxi.role("claims_reviewer"))).json() == []
    assert (await wuxi.client.get(path)).status_code == 401
    assert (await wuxi.client.get(path, wuxi.role("claims_checker"))).status_code == 403
    far = wuxi.role("claims_reviewer", org_path="/xinwu/")
    assert (await wuxi.client.get(path, far)).status_code == 404
    stranger = other.client.mint.actor(other.tenant, "claims.claim.assign")
    assert (await other.client.get(path, stranger)).status_code == 404


@pytest.mark.feature("C.10")
async def test_an_assignment_stands_in_the_timeline_for_staff_and_decides_nothing(wuxi: World) -> None:
    covered = await wuxi.cover()
    claim = await wuxi.submitted(covered, verified=False)
    chief, fit = wuxi.role("claims_reviewer", label="fuhe1"), wuxi.role("claims_checker", label="chushen2")
    await wuxi.employ(fit)
    path = f"/queue/{claim['id']}/assign"
    for body in ({"reason": "原办理人休假"}, {}):
        answer = await wuxi.client.post(path, chief, json={"handler_id": str(fit.id), **body})
        assert answer.status_code == 200, answer.text
    steps = [s for s in (await wuxi.read(chief, claim))["timeline"] if s["action"] == "assigned"]
    assert [(s["outcome"], s["handler"], s["opinion"]) for s in steps] == [
        ("改派", "fuhe1", "→ 沈丽华：原办理人休假")
    ], "the same again, without a reason, is no other assignment"
    (told,) = [event.data for event in await wuxi.events("claims.claim_assigned.v1")]
    assert told["handler_id"] == str(fit.id) and wuxi.words(told["reason"]) == "原办理人休假"
    assert "assigned" not in {s["action"] for s in (await wuxi.read(covered.actor, claim))["timeline"]}
    long = await wuxi.client.post(path, chief, json={"handler_id": str(fit.id), "reason": "长" * 501})
    assert long.status_code == 422
    assert (await wuxi.decide(fit, claim, "first-check")).status_code == 200
    assert (await wuxi.decide(chief, claim, "review")).status_code == 200, "who assigned it may decide it"


@pytest.mark.feature("C.10")
async def test_papers_that_came_with_a_correction_are_told_from_the_first(wuxi: World) -> None:
    covered = await wuxi.cover()
    claim = await wuxi.submitted(covered, verified=False)
    checker = wuxi.role("claims_checker")
    assert {one["later"] for one in (await wuxi.read(checker, claim))["documents"]} == {False}
    back = await wuxi.decide(checker, claim, "first-check", "return", opinion="票据看不清")
    assert back.status_code == 200, back.text
    clear = receipt(covered.name, "99", admitted=today() - timedelta(days=30))
    new = await wuxi.upload(covered.actor, clear, kind="settlement")
    body = {"documents": [{"receipt": new, "rule": "settlement", "stay": 1}]}
    added = await wuxi.client.post(f"/claims/{claim['id']}/documents", covered.actor, json=body)
    assert added.status_code in (200, 201), added.text
    papers = (await wuxi.read(checker, claim))["documents"]
    assert [one["rule"] for one in papers if one["later"]] == ["settlement"]
    assert papers[-1]["added_at"] > papers[0]["added_at"]
