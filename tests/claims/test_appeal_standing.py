"""What staff read beside an appeal before they answer: whether they may, why not, and that nobody may."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio

from common.auth import Actor
from common.clock import today

from .papers import receipt
from .test_appeals import WORDS, answered, rejected
from .world import Person, World

ROLES = frozenset({"claims_checker", "report_reviewer"})
PERMISSIONS = ("claims.claim.read", "claims.claim.check", "claims.claim.report_review")


@pytest_asyncio.fixture
async def wuxi(union: Callable[[str], Awaitable[World]]) -> World:
    return await union("wuxi")


@pytest_asyncio.fixture
async def covered(wuxi: World) -> Person:
    return await wuxi.cover()


def both(wuxi: World, **who: Any) -> Actor:
    """Staff who check claims and answer appeals."""
    return wuxi.client.mint.actor(wuxi.tenant, *PERMISSIONS, roles=ROLES, **who)


async def seen(wuxi: World, reader: Actor) -> dict[str, Any]:
    (appeal,) = (await wuxi.client.get("/appeals?status=open", reader)).json()["items"]
    return dict(appeal)


async def refused_by(wuxi: World, covered: Person, checker: Actor) -> dict[str, Any]:
    claim = await wuxi.submitted(covered, verified=False)
    await wuxi.decide(checker, claim, "first-check", "reject", opinion="票据看不清")
    return dict((await wuxi.lodged(covered, claim, "appeal", WORDS)).json())


@pytest.mark.feature("P.05")
async def test_the_page_says_what_the_answer_would_be(wuxi: World, covered: Person) -> None:
    decider = both(wuxi)
    appeal = await refused_by(wuxi, covered, decider)
    own = both(wuxi, person_id=covered.id)
    for reader, words in (
        (wuxi.role("claims_checker"), "报告复核”处理，您没有该岗位"),
        (decider, "您已办理过该案件"),
        (own, "您本人的"),
    ):
        shown = await seen(wuxi, reader)
        assert (shown["may_answer"], words in shown["why_not"]) == (False, True), shown["why_not"]
        refusal = await answered(wuxi, appeal, "dismissed", reader)
        assert refusal.status_code == 403 and refusal.json()["detail"] == shown["why_not"], "the same words"
    fit = wuxi.role("report_reviewer")
    shown = await seen(wuxi, fit)
    assert (shown["may_answer"], shown["why_not"], shown["nobody"]) == (True, None, None)
    mine = await seen(wuxi, covered.actor)
    assert (mine["may_answer"], mine["why_not"], mine["nobody"]) == (False, None, None), "staff's business"
    closed = (await answered(wuxi, appeal, "dismissed", fit)).json()
    assert (closed["may_answer"], closed["why_not"], closed["nobody"]) == (False, None, None)


@pytest.mark.feature("P.05")
async def test_an_appeal_that_nobody_may_answer_says_so_until_somebody_may(
    wuxi: World, covered: Person
) -> None:
    decider, admin = both(wuxi), wuxi.role("admin")
    await refused_by(wuxi, covered, decider)
    assert (await seen(wuxi, admin))["nobody"] is None, "of whom nothing is known nothing is said"
    closed, elsewhere = wuxi.role("report_reviewer"), wuxi.role("report_reviewer", org_path="/xinwu/")
    await wuxi.employ(decider, elsewhere, wuxi.role("claims_checker"))
    await wuxi.employ(closed, status="closed")
    for reader in (admin, decider):
        assert "给另一位同事“报告复核”岗位" in (await seen(wuxi, reader))["nobody"]
    second = wuxi.role("report_reviewer")
    await wuxi.employ(second)
    assert (await seen(wuxi, admin))["nobody"] is None and (await seen(wuxi, second))["may_answer"]


@pytest.mark.feature("P.05")
async def test_the_papers_that_an_appeal_brought_are_named(wuxi: World, covered: Person) -> None:
    claim = await rejected(wuxi, covered)
    clear = receipt(covered.name, "7141957131", admitted=today() - timedelta(days=30), cash="5000.00")
    new = await wuxi.upload(covered.actor, clear, kind="settlement")
    body = {
        "kind": "appeal",
        "words": WORDS,
        "documents": [{"receipt": new, "rule": "settlement", "stay": 1}],
    }
    lodged = await wuxi.client.post(f"/claims/{claim['id']}/appeals", covered.actor, json=body)
    (paper,) = (await seen(wuxi, wuxi.role("report_reviewer")))["papers"]
    assert [paper["document_id"]] == lodged.json()["documents"] and "结算" in paper["title"]
    assert paper["added_at"] >= lodged.json()["created_at"][:10]
