"""What people write about a member stands sealed, is read in answers and goes with an erasure (N.07)."""

from typing import Any

import pytest
from sqlalchemy import text

from common.db import unscoped
from identity.worker import WORDS, seal_clear_words

from .offices import Office, someone
from .test_member_requests import changed, decide, handed_in, read
from .test_personal_data import MANAGE, admitted, asked
from .test_personal_data import decide as decide_data

pytestmark = pytest.mark.feature("N.07")
WRITTEN = "公安更正，住院号A7788"


async def stored(office: Office, table: str, column: str) -> list[str]:
    """Return a column as it stands in the union's rows, where it has anything."""
    statement = unscoped(
        text(f"SELECT {column} FROM {table} WHERE tenant_id = :t AND {column} <> ''"), why="a test looks"
    )
    async with office.client.context.db.transaction(office.id) as session:
        return list((await session.execute(statement, {"t": office.id})).scalars())


async def all_words(office: Office) -> list[str]:
    return [
        words
        for model, columns in WORDS.items()
        for column in columns
        for words in await stored(office, model.__tablename__, column)
    ]


async def a_decided_request(office: Office) -> tuple[dict[str, Any], dict[str, Any]]:
    handler, clerk = office.handler(await office.unit()), office.clerk()
    person = await office.member(handler, someone())
    request = (await changed(office, handler, person, name="李四", reason=WRITTEN)).json()
    await handed_in(office, handler, request)
    assert (await decide(office, clerk, request)).json()["state"] == "approved"
    return person, request


async def test_reasons_opinions_and_answers_are_sealed_and_read(office: Office) -> None:
    person, request = await a_decided_request(office)
    shown = await read(office, office.clerk(), request)
    assert (shown["reason"], shown["answer"]) == (WRITTEN, "核实")
    assert [step["opinion"] for step in shown["steps"]] == [None, "核实"]
    left = await office.client.get(f"/members/{person['id']}/history", office.clerk())
    assert left.json()["items"][-1]["note"] == WRITTEN
    officer = office.actor(MANAGE)
    erasure = (await asked(office, officer, "erasure", person)).json()
    assert erasure["reason"] == "本人要求"
    told = await decide_data(office, office.actor(MANAGE), erasure, "refuse", answer="A7788仍在住院")
    assert told.json()["answer"] == "A7788仍在住院"
    words = await all_words(office)
    assert len(words) >= 6 and all(found.startswith("s1.") for found in words), words


async def test_words_from_before_are_read_and_sealed_by_the_job(office: Office) -> None:
    _, request = await a_decided_request(office)
    clear = unscoped(
        text("UPDATE member_request SET reason = '旧理由', answer = '旧答复' WHERE tenant_id = :t"),
        why="rows as they were stored before",
    )
    async with office.client.context.db.transaction(office.id) as session:
        await session.execute(clear, {"t": office.id})
    old = await read(office, office.clerk(), request)
    assert (old["reason"], old["answer"]) == ("旧理由", "旧答复")
    await seal_clear_words(office.client.context, office.id)
    assert all(found.startswith("s1.") for found in await all_words(office))
    assert await read(office, office.clerk(), request) == old


async def test_an_erasure_takes_the_words_along(office: Office) -> None:
    person, request = await a_decided_request(office)
    requested = (await asked(office, office.actor(MANAGE), "erasure", person)).json()
    assert (await decide_data(office, office.actor(MANAGE), requested, "approve")).status_code == 200
    keys = await office.keys()
    left = {keys.open(token, context="words") for token in await all_words(office)}
    assert left <= {"已删除"}, left
    assert (await read(office, office.clerk(), request))["steps"][-1]["opinion"] is None


async def test_the_index_of_words_in_clear_serves_the_job(office: Office) -> None:
    await admitted(office)
    explain = unscoped(
        text(
            "EXPLAIN SELECT id FROM person_record WHERE tenant_id = :t AND note NOT LIKE 's1.%' AND note <> ''"
        ),
        why="a plan",
    )
    async with office.client.context.db.transaction(office.id) as session:
        await session.execute(unscoped(text("SET LOCAL enable_seqscan = off"), why="a small table"))
        plan = "\n".join((await session.execute(explain, {"t": office.id})).scalars())
    assert "person_record_clear_words" in plan, plan
