"""Tasks of reviewers: taken, assigned, reminded of, counted."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import text

from claims.review.deadlines import watch_tasks
from common.clock import BUSINESS_ZONE, now
from common.ids import new_id

from .world import Person, World, id_number


@pytest_asyncio.fixture
async def wuxi(union: Callable[[str], Awaitable[World]]) -> World:
    return await union("wuxi")


@pytest_asyncio.fixture
async def claim(wuxi: World) -> dict[str, Any]:
    return await wuxi.submitted(await wuxi.cover(), verified=False)


async def post(wuxi: World, path: str, actor: Any, **body: Any) -> Any:
    return await wuxi.client.post(path, actor, json=body)


async def age(wuxi: World, column: str, span: timedelta) -> None:
    async with wuxi.client.context.db.transaction(wuxi.tenant.id) as session:
        await session.execute(
            text(f"UPDATE claim SET {column} = {column} - CAST(:span AS interval)"), {"span": span}
        )


@pytest.mark.feature("N.03")
async def test_a_task_that_was_taken_is_left_alone(wuxi: World, claim: dict[str, Any]) -> None:
    path = f"/queue/{claim['id']}"
    first, second = wuxi.role("claims_checker", label="chushen1"), wuxi.role("claims_checker")
    taken = await post(wuxi, f"{path}/take", first)
    assert taken.status_code == 200 and taken.json()["handler"] == "chushen1"
    assert (await post(wuxi, f"{path}/take", first)).json() == taken.json()
    for answer in (
        await post(wuxi, f"{path}/take", second),
        await post(wuxi, f"{path}/put-down", second),
        await wuxi.decide(second, claim, "first-check"),
    ):
        assert answer.status_code == 409 and answer.json()["code"] == "claim.task_taken", answer.text
        assert "chushen1" in answer.json()["detail"]
    mine = (await wuxi.client.get("/queue?taken=mine", first)).json()["items"]
    assert [task["handler"] for task in mine] == ["chushen1"]
    assert (await wuxi.client.get("/queue?taken=free", second)).json()["items"] == []
    assert (await post(wuxi, f"{path}/put-down", first)).json()["handler_id"] is None
    assert len((await wuxi.client.get("/queue?taken=free", second)).json()["items"]) == 1
    assert (await wuxi.decide(second, claim, "first-check")).status_code == 200


async def test_a_task_that_was_forgotten_is_free_again(wuxi: World, claim: dict[str, Any]) -> None:
    """Everywhere: in the list and its filters, in the backlog, and for who took it, who may take it anew."""
    path = f"/queue/{claim['id']}/take"
    first, second = wuxi.role("claims_checker", label="chushen1"), wuxi.role("claims_checker")

    async def seen(actor: Any, taken: str) -> list[tuple[str | None, str]]:
        tasks = (await wuxi.client.get(f"/queue{taken}", actor)).json()["items"]
        return [(task["handler_id"], task["handler"]) for task in tasks]

    async def counted() -> int:
        return int((await wuxi.client.get("/backlog", second)).json()["nodes"][0]["taken"])

    held = [(str(first.id), "chushen1")]
    await post(wuxi, path, first)
    assert await seen(second, "") == held and await seen(second, "?taken=free") == []
    assert await seen(first, "?taken=mine") == held and await counted() == 1
    await age(wuxi, "handler_since", timedelta(hours=5))
    assert await seen(second, "") == await seen(second, "?taken=free") == [(None, "")]
    assert await seen(first, "?taken=mine") == [] and await counted() == 0
    await post(wuxi, path, first)
    assert await seen(second, "") == held
    await age(wuxi, "handler_since", timedelta(hours=5))
    assert (await wuxi.decide(second, claim, "first-check")).status_code == 200
    read = await wuxi.read(second, claim)
    assert read["node"] == "review"


async def test_a_task_is_reassigned_by_who_may(wuxi: World, claim: dict[str, Any]) -> None:
    path = f"/queue/{claim['id']}/assign"
    absent, colleague = wuxi.role("claims_checker"), wuxi.role("claims_checker")
    await post(wuxi, f"/queue/{claim['id']}/take", absent)
    refused = await post(wuxi, path, colleague, handler_id=str(colleague.id))
    assert refused.status_code == 403 and refused.json()["code"] == "auth.not_permitted"
    chief = wuxi.role("claims_reviewer")
    await wuxi.employ(colleague)
    moved = await post(wuxi, path, chief, handler_id=str(colleague.id), handler="chushen2")
    assert moved.json()["handler"] == "chushen2"
    await age(wuxi, "handler_since", timedelta(hours=50))
    assert (await wuxi.decide(absent, claim, "first-check")).json()["code"] == "claim.task_taken"
    assert (await wuxi.decide(colleague, claim, "first-check")).status_code == 200
    # the next node is nobody's yet
    assert (await wuxi.client.get("/queue", chief)).json()["items"][0]["handler_id"] is None
    far = wuxi.client.mint.actor(wuxi.tenant, "claims.claim.assign", org_path="/xinwu/")
    assert (await post(wuxi, path, far, handler_id=str(new_id()))).status_code == 404


async def test_the_role_of_the_node_takes_the_task(wuxi: World, claim: dict[str, Any]) -> None:
    refused = await post(wuxi, f"/queue/{claim['id']}/take", wuxi.role("report_reviewer"))
    assert refused.status_code == 403 and refused.json()["code"] == "claim.not_your_node"


@pytest.mark.feature("A.07", "C.10")
async def test_a_return_says_what_is_missing(wuxi: World, claim: dict[str, Any]) -> None:
    checker = wuxi.role("claims_checker")
    unknown = await wuxi.decide(checker, claim, "first-check", "return", missing=["pathology"])
    assert unknown.status_code == 422 and unknown.json()["code"] == "claim.missing_unknown"
    places = ["stays.1.discharge-record", "stays.1.hospital"]
    returned = await wuxi.decide(checker, claim, "first-check", "return", missing=places)
    assert returned.json()["missing"] == [
        {"place": places[0], "title": "出院记录"},
        {"place": places[1], "title": "医疗机构"},
    ]


@pytest.mark.feature("B.08")
async def test_a_returned_claim_goes_again_only_with_what_was_asked_for(wuxi: World) -> None:
    """Unchanged it is refused at the paper; a new paper of another kind does not do; the asked one does."""
    place = "stays.1.discharge-record"
    owner = await wuxi.cover("王芳")
    mine = await wuxi.submitted(owner, "3", verified=False)
    await wuxi.decide(wuxi.role("claims_checker"), mine, "first-check", "return", missing=[place])
    sheet = await wuxi.paper(owner.actor, owner.name, kind="settlement")
    other = {"receipt": sheet, "rule": "settlement", "stay": 1}
    for documents in ([], [other]):
        if documents:
            await wuxi.hand_in(owner.actor, mine, *documents)
        refused = await wuxi.submit(owner, mine)
        assert refused.status_code == 422 and refused.json()["code"] == "claim.refused", refused.text
        (error,) = refused.json()["errors"]
        assert (error["code"], error["field"]) == ("document.still_missing", place)
        assert "第 1 次住院的“出院记录”" in error["message"]
        assert "document.still_missing" in {
            f["code"] for f in (await wuxi.preview(owner.actor, mine))["faults"]
        }
    record = await wuxi.paper(owner.actor, owner.name, kind="discharge_record")
    await wuxi.hand_in(owner.actor, mine, {"receipt": record, "rule": "discharge-record", "stay": 1})
    again = await wuxi.submit(owner, mine)
    assert again.status_code == 200 and again.json()["round"] == 2, again.text


@pytest.mark.feature("N.08")
async def test_the_backlog_by_node_with_its_age(wuxi: World, claim: dict[str, Any]) -> None:
    await wuxi.submitted(await wuxi.cover("王芳"), "2", verified=False)
    await post(wuxi, f"/queue/{claim['id']}/take", wuxi.role("claims_checker"))
    await age(wuxi, "node_since", timedelta(days=5))
    reader = wuxi.role("claims_reviewer")
    backlog = (await wuxi.client.get("/backlog", reader)).json()
    assert (backlog["waiting"], backlog["overdue"]) == (2, 2)
    node = backlog["nodes"][0]
    assert (node["kind"], node["node_title"], node["waiting"], node["taken"]) == (
        "hospital",
        "经办初审",
        2,
        1,
    )
    assert 4.9 < node["average_days"] < 5.1
    assert node["mine"] is False, "the first check is another's"
    checkers = (await wuxi.client.get("/backlog", wuxi.role("claims_checker"))).json()["nodes"]
    assert [one["mine"] for one in checkers] == [True]
    far = wuxi.role("claims_reviewer").model_copy(update={"org_path": "/xinwu/"})
    assert (await wuxi.client.get("/backlog", far)).json()["nodes"] == []


@pytest.mark.feature("N.08")
async def test_deadlines_are_told_once_when_near_and_once_when_over(
    wuxi: World, claim: dict[str, Any]
) -> None:
    async def told() -> list[tuple[str, int]]:
        for _ in range(2):
            await watch_tasks(wuxi.client.context, wuxi.tenant.id)
        events = await wuxi.events("claims.claim_deadline_near.v1")
        return [(event.data["deadline"], event.data["days"]) for event in events]

    # the node has three days
    assert await told() == []
    await age(wuxi, "node_since", timedelta(days=2))
    assert await told() == [("node", 1)]
    await age(wuxi, "node_since", timedelta(days=2))
    assert await told() == [("node", 1), ("node", -1)]
    event = (await wuxi.events("claims.claim_deadline_near.v1"))[0].data
    assert event["role"] == "claims_checker" and event["org_path"] == "/binhu/"


async def test_an_old_hold_of_the_applicant_is_none(wuxi: World) -> None:
    person: Person = await wuxi.cover()
    claim = await wuxi.hospital(person)
    refused = await post(wuxi, f"/queue/{claim['id']}/take", wuxi.role("claims_checker"))
    assert refused.status_code == 409 and refused.json()["code"] == "claim.node_passed"


async def test_who_looks_at_a_claim_that_is_withdrawn_meanwhile_is_told_so_and_when(wuxi: World) -> None:
    person: Person = await wuxi.cover()
    claim, checker = await wuxi.submitted(person, verified=False), wuxi.role("claims_checker")
    await post(wuxi, f"/claims/{claim['id']}/withdraw", person.actor)
    at = now().astimezone(BUSINESS_ZONE)
    for answer in (
        await wuxi.decide(checker, claim, "first-check"),
        await wuxi.decide(checker, claim, "first-check", "return"),
        await post(wuxi, f"/queue/{claim['id']}/take", checker),
    ):
        assert (answer.status_code, answer.json()["code"]) == (409, "claim.taken_back"), answer.text
        assert f"申请人已于 {at:%Y-%m-%d}" in answer.json()["detail"]
    assert await wuxi.events("claims.claim_approved.v1") == []


async def test_a_decision_sent_again_is_one(wuxi: World, claim: dict[str, Any]) -> None:
    checker, reviewer = wuxi.role("claims_checker"), wuxi.role("claims_reviewer")
    for actor, node, after in ((checker, "first-check", "review"), (reviewer, "review", None)):
        first, again = [await wuxi.decide(actor, claim, node) for _ in range(2)]
        assert first.status_code == again.status_code == 200, again.text
        assert again.json() == first.json() and again.json()["node"] == after
    other = await wuxi.decide(checker, claim, "first-check", "reject", opinion="不同意")
    assert other.status_code == 409 and other.json()["code"] == "claim.node_passed"
    assert (await wuxi.decide(wuxi.role("claims_reviewer"), claim, "review")).status_code == 409
    assert len(await wuxi.events("claims.claim_approved.v1")) == 1


async def test_staff_find_a_persons_claims_by_document(wuxi: World) -> None:
    person = await wuxi.cover("王芳")
    claim = await wuxi.submitted(person, verified=False)
    body = {"document_number": id_number(person.serial).lower()}
    found = await wuxi.client.post("/claims/search", wuxi.role("claims_reviewer"), json=body)
    assert [item["id"] for item in found.json()["items"]] == [claim["id"]]
    nobody = await wuxi.client.post(
        "/claims/search", wuxi.role("claims_reviewer"), json={"document_number": id_number(99)}
    )
    assert nobody.json()["items"] == []
    far = wuxi.role("claims_reviewer", org_path="/xinwu/")
    assert (await wuxi.client.post("/claims/search", far, json=body)).json()["items"] == []
