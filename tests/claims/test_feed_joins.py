"""A line of the feed about an event that the member is told of joins that claim, and opens no second one (C.10)."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio

from claims.intake.models import Claim
from common.clock import today

from .test_feed import as_csv, line
from .test_feed_doubles import decided
from .test_wuxi import DAY, invite
from .world import Person, World, id_number, together

pytestmark = pytest.mark.feature("C.10", "N.04")
LATER = (today() - timedelta(days=3)).isoformat()


@pytest_asyncio.fixture
async def wuxi(union: Callable[[str], Awaitable[World]]) -> World:
    return await union("wuxi")


@pytest_asyncio.fixture
async def person(wuxi: World) -> Person:
    return await wuxi.cover()


def critical(person: Person, line_id: str, **changes: str) -> dict[str, str]:
    told = {"event": "critical_illness", "event_date": DAY, "icd10": "C34", "receipt_number": ""}
    return line(person, line_id, **(told | changes))


async def invited(wuxi: World, person: Person, **changes: str) -> dict[str, Any]:
    answer = await invite(wuxi, id_number(person.serial), **changes)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def told(wuxi: World) -> int:
    return len(await wuxi.events("claims.claim_opened.v1"))


async def test_a_line_joins_the_invitation_and_fills_what_nobody_entered(wuxi: World, person: Person) -> None:
    claim = await invited(wuxi, person)
    assert await decided(wuxi, as_csv(critical(person, "1"))) == {"opened": 1}
    (found,) = (await wuxi.client.get("/claims", person.actor)).json()["items"]
    assert found["id"] == claim["id"] and await told(wuxi) == 1
    read = {field["code"]: field for field in (await wuxi.read(person.actor, claim))["fields"]}
    assert (read["hospital"]["value"], read["hospital"]["source"]) == ("无锡市人民医院", "feed")
    assert (read["illness"]["source"], read["diagnosed_on"]["source"]) == ("typed", "typed")
    lines = (await wuxi.client.get("/feed/files", wuxi.staff("claims_checker"))).json()["items"]
    seen = await wuxi.client.get(f"/feed/files/{lines[0]['id']}/lines", wuxi.staff("claims_checker"))
    assert [item["claim_id"] for item in seen.json()["items"]] == [claim["id"]]


async def test_lines_of_one_illness_join_each_other_in_a_batch_and_later(wuxi: World, person: Person) -> None:
    """Two admissions for one cancer: one message, one claim. Another illness on another day is a claim of its own."""
    both = as_csv(critical(person, "1"), critical(person, "2", event_date=LATER))
    assert await decided(wuxi, both) == {"opened": 2}
    assert await decided(wuxi, as_csv(critical(person, "3", event_date=LATER))) == {"opened": 1}
    assert (await wuxi.count(Claim), await told(wuxi)) == (1, 1)
    other = critical(person, "4", icd10="I21", event_date=(today() - timedelta(days=1)).isoformat())
    assert await decided(wuxi, as_csv(other, critical(await wuxi.cover("王芳"), "5"))) == {"opened": 2}
    assert (await wuxi.count(Claim), await told(wuxi)) == (3, 3)


async def test_an_event_that_was_handed_in_is_a_duplicate(wuxi: World, person: Person) -> None:
    claim = await invited(wuxi, person, hospital="无锡市人民医院")
    for rule, kind in (("pathology", "pathology"), ("discharge-record", "discharge_record")):
        paper = await wuxi.paper(person.actor, person.name, kind=kind)
        await wuxi.hand_in(person.actor, claim, {"receipt": paper, "rule": rule})
    assert (await wuxi.send_in(person.actor, claim)).status_code == 200
    assert await decided(wuxi, as_csv(critical(person, "1"))) == {"duplicate": 1}
    assert (await wuxi.count(Claim), await told(wuxi)) == (1, 1)


async def test_at_the_same_moment_there_is_one_claim_and_one_message(wuxi: World, person: Person) -> None:
    await wuxi.feed(as_csv(critical(person, "1")))
    number = id_number(person.serial)
    answers = await together(invite(wuxi, number), wuxi.decide_feed(), invite(wuxi, number))
    assert {answer.status_code for answer in answers if answer is not None} <= {201, 409}
    await wuxi.decide_feed()
    assert (await wuxi.count(Claim), await told(wuxi)) == (1, 1)
