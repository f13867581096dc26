"""The language in which an account's owner is told things (rows E.11, N.09)."""

from typing import Any

import pytest
import pytest_asyncio

from common.contracts.identity import VerificationCodeIssued
from common.contracts.language import LanguageChosen
from common.testing import Client
from identity.snapshots import service

from .members_of import bound, union_of
from .union import Union, bearer

ROWS = pytest.mark.feature("E.11", "N.09")
PATH = "/accounts/me/language"


@pytest_asyncio.fixture(loop_scope="session")
async def beijing(identity: Client) -> Union:
    return await union_of(identity, "beijing")


async def call(union: Union, who: dict[str, Any], method: str, body: Any = None) -> Any:
    return await union.client.send(method, PATH, headers=bearer(who["tokens"]), json=body)


@ROWS
async def test_a_language_is_chosen_and_told_once(beijing: Union) -> None:
    who = await bound(beijing)
    assert (await call(beijing, who, "GET")).json() == {"language": "zh"}
    for _ in range(2):
        chosen = await call(beijing, who, "PUT", {"language": "en"})
        assert (chosen.status_code, chosen.json()) == (200, {"language": "en"})
    assert (await call(beijing, who, "GET")).json() == {"language": "en"}
    (event,) = await beijing.events(LanguageChosen)
    assert event.language == "en"
    await call(beijing, who, "PUT", {"language": "zh"})
    assert [told.language for told in await beijing.events(LanguageChosen)] == ["en", "zh"]


@ROWS
async def test_another_language_and_nobody_are_refused(beijing: Union) -> None:
    who = await bound(beijing)
    assert (await call(beijing, who, "PUT", {"language": "fr"})).status_code == 422
    for method in ("GET", "PUT"):
        anonymous = await beijing.client.send(
            method, PATH, json={"language": "en"}, headers={"X-Tenant": beijing.code}
        )
        assert anonymous.status_code == 401


async def test_choices_are_told_again_by_a_snapshot(beijing: Union) -> None:
    who = await bound(beijing)
    await call(beijing, who, "PUT", {"language": "en"})
    asked = await beijing.client.post(
        "/snapshots", beijing.actor("events.replay"), json={"fact": "languages"}
    )
    assert asked.status_code == 202
    await service.send_snapshots(beijing.client.context, beijing.id)
    first, again = await beijing.events(LanguageChosen)
    assert first == again


@ROWS
async def test_a_code_says_in_which_language_it_was_asked_for(beijing: Union) -> None:
    who = await bound(beijing)
    for purpose, language in (("unbind", "en-GB,en;q=0.8"), ("prove_mobile", "zh-CN")):
        headers = bearer(who["tokens"]) | {"Accept-Language": language}
        sent = await beijing.client.send(
            "POST", "/accounts/me/verification-codes", headers=headers, json={"purpose": purpose}
        )
        assert sent.status_code == 201, sent.text
    told = [event.language for event in await beijing.events(VerificationCodeIssued)]
    assert told[-2:] == ["en", "zh"]
