"""A campaign with a quiz, and a member who takes it through the HTTP API."""

from datetime import timedelta
from typing import Any

import httpx

from common import clock
from common.auth import Actor

from .conftest import Fair

QUESTIONS = [
    {
        "kind": "single",
        "words": "住院津贴从第几天起？",
        "options": ["第一天", "第四天", "第七天"],
        "right_options": [1],
    },
    {
        "kind": "multiple",
        "words": "申请需要哪些材料？",
        "options": ["出院记录", "发票", "购物小票"],
        "right_options": [0, 1],
    },
    {
        "kind": "true_false",
        "words": "绑定后不解绑一直有效。",
        "right_options": [0],
        "explanation": "一直有效。",
    },
]
RIGHT = {
    "住院津贴从第几天起？": {"第四天"},
    "申请需要哪些材料？": {"出院记录", "发票"},
    "绑定后不解绑一直有效。": {"正确"},
}
QUIZ: dict[str, Any] = {"seconds": 30, "pass_mark": 2, "attempts": 2, "questions": QUESTIONS}


async def write_quiz(fair: Fair, campaign: str, **fields: Any) -> httpx.Response:
    path = f"/campaigns/{campaign}"
    version = (await fair.client.get(f"/campaigns/managed/{campaign}", fair.officer)).json()["version"]
    return await fair.client.send(
        "PUT",
        f"{path}/quiz",
        fair.officer,
        json={**QUIZ, **fields},
        headers={"If-Match": f'"{version}"'},
    )


async def quizzed(fair: Fair, *, codes: int = 3, gives: str = "code", quiz: Any = None, **fields: Any) -> str:
    """Return a published campaign with a quiz."""
    campaign = await fair.drafted(gives=gives, **fields)
    answer = await write_quiz(fair, campaign, **(quiz or {}))
    assert answer.status_code == 200, answer.text
    if gives == "code":
        await fair.import_codes(campaign, *(f"CODE-{n:04d}" for n in range(codes)))
    answer = await fair.client.post(f"/campaigns/{campaign}/publish", fair.officer)
    assert answer.status_code == 200, answer.text
    return campaign


async def enter(fair: Fair, campaign: str, member: Actor, **options: Any) -> httpx.Response:
    return await fair.client.post(f"/campaigns/{campaign}/attempts", member, **options)


async def entered(fair: Fair, campaign: str, member: Actor) -> dict[str, Any]:
    answer = await enter(fair, campaign, member)
    assert answer.status_code == 200, answer.text
    attempt: dict[str, Any] = answer.json()
    return attempt


def choice(attempt: dict[str, Any], *, right: bool = True) -> list[int]:
    """Return the places to choose of the present question, by the words alone, as a person would."""
    present = attempt["present"]
    wanted = RIGHT[present["words"]]
    places = [place for place, option in enumerate(present["options"]) if option in wanted]
    return places if right else [next(p for p in range(len(present["options"])) if p not in places)]


def body(attempt: dict[str, Any], chosen: list[int]) -> dict[str, Any]:
    return {"sitting": attempt["sitting"], "position": attempt["present"]["position"], "chosen": chosen}


async def send(
    fair: Fair, attempt: dict[str, Any], member: Actor, chosen: list[int], **options: Any
) -> httpx.Response:
    return await fair.client.post(
        f"/attempts/{attempt['id']}/answers", member, json=body(attempt, chosen), **options
    )


async def answered(
    fair: Fair, attempt: dict[str, Any], member: Actor, *, right: bool = True
) -> dict[str, Any]:
    answer = await send(fair, attempt, member, choice(attempt, right=right))
    assert answer.status_code == 200, answer.text
    following: dict[str, Any] = answer.json()
    return following


async def taken(fair: Fair, campaign: str, member: Actor, *rights: bool) -> dict[str, Any]:
    """Take the whole quiz, right or wrong question by question."""
    attempt = await entered(fair, campaign, member)
    for right in rights:
        attempt = await answered(fair, attempt, member, right=right)
    return attempt


def later(seconds: float) -> Any:
    return clock.set_to(clock.now() + timedelta(seconds=seconds))
