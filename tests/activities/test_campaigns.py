"""Staff draft a campaign, fill its stock and publish it."""

import asyncio
from datetime import timedelta

import pytest

from common import clock
from common.clock import today

from .conftest import Fair


def day(offset: int) -> str:
    return str(today() + timedelta(days=offset))


@pytest.mark.feature("E.04")
async def test_a_campaign_is_drafted_filled_and_published(fair: Fair) -> None:
    campaign = await fair.published(codes=3)
    answer = (await fair.client.get("/campaigns/managed", fair.officer)).json()["items"]
    assert [row["id"] for row in answer] == [campaign]
    assert (answer[0]["state"], answer[0]["codes"], answer[0]["codes_left"]) == ("published", 3, 3)
    assert answer[0]["valid_until"] == answer[0]["closes_on"]


async def test_a_draft_is_not_offered(fair: Fair) -> None:
    campaign = await fair.drafted()
    member = fair.member()
    assert (await fair.client.get("/campaigns", member)).json()["items"] == []
    assert (await fair.receive(campaign, member)).status_code == 404


@pytest.mark.parametrize(
    ("fields", "field"),
    [({"closes_on": day(-1)}, "closes_on"), ({"valid_until": day(1)}, "valid_until")],
)
async def test_days_out_of_order_are_refused_with_their_field(
    fair: Fair, fields: dict[str, str], field: str
) -> None:
    answer = await fair.create(**fields)
    assert (answer.status_code, answer.json()["code"]) == (422, "campaign.days_invalid")
    assert [error["field"] for error in answer.json()["errors"]] == [field]


async def test_the_same_request_creates_one_campaign(fair: Fair) -> None:
    body = {"title": "一次", "opens_on": day(0), "closes_on": day(1)}
    answers = [
        await fair.client.post("/campaigns", fair.officer, json=body, once="campaign-1") for _ in range(2)
    ]
    assert answers[0].json() == answers[1].json()
    assert len((await fair.client.get("/campaigns/managed", fair.officer)).json()["items"]) == 1


async def test_publishing_needs_codes_and_happens_once(fair: Fair) -> None:
    campaign = await fair.drafted()
    path = f"/campaigns/{campaign}/publish"
    assert (await fair.client.post(path, fair.officer)).json()["code"] == "campaign.no_codes"
    await fair.import_codes(campaign, "A1")
    assert (await fair.client.post(path, fair.officer)).status_code == 200
    answer = await fair.client.post(path, fair.officer)
    assert (answer.status_code, answer.json()["code"]) == (409, "campaign.not_draft")


async def test_what_is_over_cannot_be_published(fair: Fair) -> None:
    campaign = await fair.drafted()
    await fair.import_codes(campaign, "A1")
    with clock.set_to(clock.now() + timedelta(days=8)):
        answer = await fair.client.post(f"/campaigns/{campaign}/publish", fair.officer)
    assert answer.json()["code"] == "campaign.ended"


@pytest.mark.feature("E.04")
async def test_duplicates_are_left_out_and_named(fair: Fair) -> None:
    campaign = await fair.drafted()
    assert (await fair.import_codes(campaign, "ALPHA-0001", "ALPHA-0002")).json()["imported"] == 2
    answer = (await fair.import_codes(campaign, "ALPHA-0003", "", "ALPHA-0002", "ALPHA-0003")).json()
    assert (answer["imported"], answer["codes"], answer["codes_left"]) == (1, 3, 3)
    assert answer["duplicates"] == [
        {"line": 3, "code": "…02", "reason": "in_stock", "first_line": None},
        {"line": 4, "code": "…03", "reason": "in_file", "first_line": 1},
    ]


async def test_another_campaign_may_have_the_same_codes(fair: Fair) -> None:
    for _ in range(2):
        assert (await fair.import_codes(await fair.drafted(), "SAME-CODE")).json()["imported"] == 1


async def test_two_imports_of_one_list_at_once_add_it_once(fair: Fair) -> None:
    campaign = await fair.drafted()
    lines = [f"BULK-{n:05d}" for n in range(2000)]
    answers = await asyncio.gather(*(fair.import_codes(campaign, *lines) for _ in range(3)))
    assert sum(answer.json()["imported"] for answer in answers) == 2000
    assert await fair.stock(campaign) == (2000, 2000)


async def test_a_faulty_list_imports_nothing_and_names_its_lines(fair: Fair) -> None:
    campaign = await fair.drafted()
    answer = await fair.import_codes(campaign, "GOOD", "x" * 201, "bad\x07", "有空格 码")
    assert (answer.status_code, answer.json()["code"]) == (422, "codes.invalid")
    assert [error["field"] for error in answer.json()["errors"]] == ["line.2", "line.3", "line.4"]
    assert answer.json()["errors"][2]["message"] == "第 4 行：码中间有空格，请删去；一行只写一个码。"
    assert await fair.stock(campaign) == (0, 0)
    assert (await fair.import_codes(campaign, "", " ")).json()["code"] == "codes.missing"


async def test_a_list_is_plain_text_of_a_bounded_size(fair: Fair) -> None:
    path = f"/campaigns/{await fair.drafted()}/codes"
    for content, kind, status in (
        (b"A", "application/octet-stream", 415),
        (b"\xff\xfe\x00", "text/plain", 415),
        (b"x" * (8 * 1024 * 1024 + 1), "text/plain", 413),
    ):
        answer = await fair.client.post(path, fair.officer, content=content, headers={"Content-Type": kind})
        assert answer.status_code == status, answer.text
    answer = await fair.client.post(
        path,
        fair.officer,
        content="\n".join(map(str, range(100_001))).encode(),
        headers={"Content-Type": "text/plain"},
    )
    assert answer.json()["code"] == "codes.too_large"
