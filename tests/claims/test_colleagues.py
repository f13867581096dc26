"""A task is assigned to whom it can be: an active account with the node's role whose branch holds the claim."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
import pytest_asyncio

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
