"""Members are reminded of claims that wait for their papers, and what people wrote goes with an erasure."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import text

from claims.intake.models import ClaimStep
from claims.review.deadlines import watch_tasks
from claims.sampling.models import Sample
from common.clock import today
from common.contracts.identity import PersonErased
from common.ids import new_id

from .test_wuxi import invited
from .world import Person, World

WIRE = "claims.claim_papers_due.v1"


@pytest_asyncio.fixture
async def wuxi(union: Callable[[str], Awaitable[World]]) -> World:
    return await union("wuxi")


@pytest_asyncio.fixture
async def person(wuxi: World) -> Person:
    return await wuxi.cover()


async def waited(wuxi: World, days: int, column: str = "created_at") -> list[tuple[int, int]]:
    """Let so many days pass, look twice, and return what was told so far."""
    async with wuxi.client.context.db.transaction(wuxi.tenant.id) as session:
        moved = text(f"UPDATE claim SET {column} = {column} - CAST(:span AS interval)")
        await session.execute(moved, {"span": timedelta(days=days)})
    for _ in range(2):
        await watch_tasks(wuxi.client.context, wuxi.tenant.id)
    return [(e.data["reminder"], e.data["waiting_days"]) for e in await wuxi.events(WIRE)]


@pytest.mark.feature("C.10")
async def test_an_invited_member_is_reminded_each_week_three_times(wuxi: World, person: Person) -> None:
    await invited(wuxi, person)
    assert await waited(wuxi, 6) == []
    assert await waited(wuxi, 1) == [(1, 7)]
    assert await waited(wuxi, 3) == [(1, 7)]
    assert await waited(wuxi, 5) == [(1, 7), (2, 15)]
    assert await waited(wuxi, 6) == [(1, 7), (2, 15), (3, 21)]
    assert len(await waited(wuxi, 30)) == 3


@pytest.mark.feature("C.10", "A.07")
async def test_a_returned_claim_is_reminded_of_from_the_day_it_went_back(wuxi: World, person: Person) -> None:
    claim = await wuxi.submitted(person, verified=False)
    assert await waited(wuxi, 40) == [], "it waits for reviewers"
    await wuxi.decide(wuxi.role("claims_checker"), claim, "first-check", "return")
    assert await waited(wuxi, 6, "returned_at") == []
    assert await waited(wuxi, 2, "returned_at") == [(1, 8)]
    assert (await wuxi.submit(person, claim)).status_code == 200
    assert len(await waited(wuxi, 7, "returned_at")) == 1


@pytest.mark.feature("N.07")
async def test_opinions_go_with_the_person(world: World) -> None:
    """What reviewers wrote on a timeline or about a sample is gone; steps without words stay without them."""
    person = await world.cover("王芳")
    claim = await world.submitted(person)
    other = await world.submitted(await world.cover(), "7141957132", verified=False)
    checker = world.staff("claims_checker")
    await world.decide(checker, other, "first-check", "return", opinion="请补正出院记录")
    reviewer = world.client.mint.actor(world.tenant, "claims.claim.sample", "claims.claim.read")
    sample = (await world.client.get("/samples?status=open", reviewer)).json()["items"][0]
    body: dict[str, Any] = {"verdict": "wrong", "opinion": "王芳的票据应人工复核"}
    judged = await world.client.post(f"/samples/{sample['id']}/verdict", reviewer, json=body)
    assert judged.status_code == 200, judged.text
    second = await world.submitted(
        person, "7141957133", verified=False, admitted=today() - timedelta(days=90)
    )
    await world.decide(checker, second, "first-check", "return", opinion="王芳请补正")
    for _ in range(2):
        await world.tell(PersonErased(person_id=person.id, request_id=new_id()))
    assert await world.count(Sample, Sample.opinion.is_not(None)) == 0
    read = await world.read(checker, second)
    assert [step["opinion"] for step in read["timeline"] if step["opinion"]] == ["已删除"]
    kept = await world.read(checker, other)
    assert "请补正出院记录" in {step["opinion"] for step in kept["timeline"]}, "of nobody else"
    assert await world.count(ClaimStep, ClaimStep.opinion == "") > 0 and claim["status"] == "approved"
