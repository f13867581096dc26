"""The queue of a desk: the urgent first, found by number, unit and member; whose task a claim is stands on its page."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import text

from common.auth import ActorKind
from common.clock import now

from .test_feed import as_csv, line
from .world import World, id_number

DAY = timedelta(days=1)


@pytest_asyncio.fixture
async def wuxi(union: Callable[[str], Awaitable[World]]) -> World:
    return await union("wuxi")


async def arrived(wuxi: World, claim: dict[str, Any], ago: timedelta) -> None:
    async with wuxi.client.context.db.transaction(wuxi.tenant.id) as session:
        await session.execute(
            text("UPDATE claim SET node_since = :since WHERE id = :id"),
            {"since": now() - ago, "id": claim["id"]},
        )


async def at_review(wuxi: World, claim: dict[str, Any]) -> None:
    assert (await wuxi.decide(wuxi.role("claims_checker"), claim, "first-check")).status_code == 200


async def search(wuxi: World, actor: Any, **wanted: Any) -> list[dict[str, Any]]:
    answer = await wuxi.client.post("/queue/search", actor, json=wanted)
    assert answer.status_code == 200, answer.text
    return list(answer.json()["items"])


@pytest.mark.feature("C.10", "N.08")
async def test_what_is_due_first_stands_first_and_pages_follow_that_order(wuxi: World) -> None:
    """First check within three days, review within five: one that came later may be due sooner."""
    names = ["许晓霞", "王芳", "沈玉兰", "陆平"]
    claims = [
        await wuxi.submitted(await wuxi.cover(name), f"714195713{at}", verified=False)
        for at, name in enumerate(names)
    ]
    review, late, soon, new = (claim["id"] for claim in claims)
    await at_review(wuxi, claims[0])
    for claim, days in zip(claims, (4, 5, 3, 0), strict=True):
        await arrived(wuxi, claim, days * DAY)
    both = wuxi.client.mint.actor(
        wuxi.tenant, "claims.claim.read", "claims.claim.check", "claims.claim.review",
        roles=frozenset({"claims_checker", "claims_reviewer"}),
    )  # fmt: skip

    async def order(order: str, limit: int = 50) -> list[str]:
        found, cursor = [], ""
        while True:
            path = f"/queue?order={order}&limit={limit}{cursor}"
            page = (await wuxi.client.get(path, both)).json()
            found += [task["claim_id"] for task in page["items"]]
            if page["next_cursor"] is None:
                return found
            assert len(page["items"]) == limit
            cursor = f"&cursor={page['next_cursor']}"

    assert await order("urgent") == [late, soon, review, new]
    assert await order("oldest") == [late, review, soon, new]
    for way in ("urgent", "oldest"):
        assert await order(way, 1) == await order(way)
    assert await order("newest", 3) == [new, soon, review, late]
    first = (await wuxi.client.get("/queue?limit=1", both)).json()
    assert first["items"][0]["overdue"] is True
    # The place stays where its task has been decided meanwhile.
    await at_review(wuxi, claims[1])
    after = await wuxi.client.get(f"/queue?limit=1&cursor={first['next_cursor']}", both)
    assert [task["claim_id"] for task in after.json()["items"]] == [soon]
    assert (await wuxi.client.get("/queue?cursor=nothing", both)).json()["code"] == "page.cursor_invalid"


@pytest.mark.feature("C.10")
async def test_a_task_is_found_by_number_unit_and_the_members_whole_name(wuxi: World) -> None:
    people = [await wuxi.cover("许晓霞"), await wuxi.cover("许小夏")]
    claims = [await wuxi.submitted(one, f"714195713{at}", verified=False) for at, one in enumerate(people)]
    desk = wuxi.role("claims_checker")
    whole = await search(wuxi, desk)
    assert [task["claim_id"] for task in whole] == [claim["id"] for claim in claims]
    assert {task["person_name"] for task in whole} == {"许**"}
    assert [task["document_number"][-4:] for task in whole] == [id_number(one.serial)[-4:] for one in people]
    assert all(task["document_number"].count("*") == 11 for task in whole)
    unit = whole[0]["unit_name"]
    for wanted, found in (
        ({"name": "许小夏"}, [claims[1]]),
        ({"name": " 许 晓霞 "}, [claims[0]]),
        ({"name": "许"}, []),
        ({"number": claims[0]["number"][-4:]}, [claims[0]]),
        ({"number": "%"}, []),
        ({"unit": unit[:4]}, claims),
        ({"unit": "没有的单位"}, []),
        ({"name": "许小夏", "number": claims[0]["number"]}, []),
    ):
        assert [task["claim_id"] for task in await search(wuxi, desk, **wanted)] == [
            claim["id"] for claim in found
        ], wanted
    elsewhere = wuxi.role("claims_checker", org_path="/xinwu/")
    assert await search(wuxi, elsewhere, name="许小夏") == []
    assert await search(wuxi, wuxi.role("claims_reviewer"), name="许小夏") == []


@pytest.mark.feature("C.10", "N.03")
async def test_whose_task_a_claim_is_stands_on_its_page_and_in_refusals_by_name(wuxi: World) -> None:
    person = await wuxi.cover()
    claim = await wuxi.submitted(person, verified=False)
    first, second = wuxi.role("claims_checker", label="chushen1"), wuxi.role("claims_checker")
    await wuxi.employ(first)
    assert (await wuxi.read(second, claim))["taken"] is None
    await wuxi.client.post(f"/queue/{claim['id']}/take", first)
    taken = (await wuxi.read(second, claim))["taken"]
    assert (taken["handler_id"], taken["handler"]) == (str(first.id), "chushen1") and taken["until"]
    refused = await wuxi.decide(second, claim, "first-check")
    assert "正由 沈丽华 处理" in refused.json()["detail"], refused.text
    assert (await wuxi.read(person.actor, claim))["taken"] is None
    handler = wuxi.client.mint.actor(
        wuxi.tenant, "claims.claim.read", kind=ActorKind.HANDLER, unit_id=wuxi.unit_id
    )
    assert (await wuxi.read(handler, claim))["taken"] is None
    async with wuxi.client.context.db.transaction(wuxi.tenant.id) as session:
        await session.execute(text("UPDATE claim SET handler_since = handler_since - interval '5 hours'"))
    assert (await wuxi.read(second, claim))["taken"] is None


@pytest.mark.feature("C.09", "C.10")
async def test_a_claim_says_where_it_came_from_and_of_whom_it_is(wuxi: World) -> None:
    person = await wuxi.cover()
    await wuxi.feed(as_csv(line(person, "1", cash_paid="30000.00", total_cost="32000.00")))
    await wuxi.decide_feed()
    desk = wuxi.role("claims_checker")
    (task,) = await search(wuxi, desk)
    assert task["opened_by"] == "feed"
    claim = await wuxi.read(desk, {"id": task["claim_id"]})
    assert claim["timeline"][0]["title"] == "医保结算数据导入"
    assert claim["document_number"] == task["document_number"] and claim["unit_name"] == task["unit_name"]
    assert claim["policy_number"]
    own = await wuxi.submitted(person, verified=False)
    assert (await wuxi.read(desk, own))["timeline"][0]["title"] == "提交申请"
    path = f"/claims?person_id={claim['person_id']}"
    assert {one["id"] for one in (await wuxi.client.get(path, desk)).json()["items"]} == {
        claim["id"],
        own["id"],
    }
    other = await wuxi.cover("王芳")
    assert (await wuxi.client.get(path, other.actor)).json()["items"] == []
