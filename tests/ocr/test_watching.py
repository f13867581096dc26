"""Following a document's states as server-sent events, and the bound on what one sender may let wait."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import pytest
from sqlalchemy import event

from common.ids import new_id
from ocr.documents.vault import Vault
from ocr.extras import settings_of, vault_of

from . import files
from .test_recognizer import OwnLane
from .world import World


def states(text: str) -> list[dict[str, Any]]:
    return [json.loads(line[6:]) for line in text.splitlines() if line.startswith("data: ")]


@pytest.mark.feature("B.06")
async def test_every_state_is_told_until_it_is_read(world: World) -> None:
    member = world.member()
    body = await world.stored(member, recognize=True)
    path = f"/documents/{body['document_id']}/events"
    seen = asyncio.Event()

    async def slowly() -> None:
        await asyncio.wait_for(seen.wait(), 20)

    watching = asyncio.create_task(world.client.get(path, member))
    reading = asyncio.create_task(OwnLane(world, slowly).one())
    await until_recognizing(world, body["document_id"])
    await asyncio.sleep(0.9)  # two looks of the stream
    seen.set()
    response = await asyncio.wait_for(watching, 20)
    await reading
    assert response.headers["content-type"].startswith("text/event-stream")
    told = states(response.text)
    assert [each["state"] for each in told][-2:] == ["recognizing", "recognized"]
    assert told[0]["ahead"] == 0 and told[-1]["ahead"] is None and told[-1]["type"] == "other"


async def until_recognizing(world: World, document_id: str) -> None:
    async with asyncio.timeout(20):
        while (await world.row(document_id)).state != "recognizing":
            await asyncio.sleep(0.02)


async def test_what_nobody_reads_is_told_once(world: World) -> None:
    member = world.member()
    body = await world.stored(member)
    response = await world.client.get(f"/documents/{body['document_id']}/events", member)
    assert [each["state"] for each in states(response.text)] == ["stored"]


async def test_who_may_follow(world: World, other: World) -> None:
    body = await world.stored(world.member())
    path = f"/documents/{body['document_id']}/events"
    assert (await world.client.get(path)).status_code == 401
    assert (await world.client.get(path, world.member("claims.claim.submit"))).status_code == 403
    for stranger in (world.member(), other.staff(), world.staff(org_path="/a/")):
        assert (await world.client.get(path, stranger)).status_code == 404
    assert (await world.client.get(path, world.staff())).status_code == 200
    assert (await world.client.get(f"/documents/{new_id()}/events", world.staff())).status_code == 404


@contextmanager
def setting(world: World, name: str, value: object) -> Iterator[None]:
    settings = settings_of(world.client.context)
    before = getattr(settings, name)
    object.__setattr__(settings, name, value)
    try:
        yield
    finally:
        object.__setattr__(settings, name, before)


async def test_one_sender_cannot_fill_the_queue(world: World) -> None:
    member, neighbour = world.member(), world.member()
    with setting(world, "most_waiting", 2):
        first = await world.stored(member, recognize=True)
        second = await world.stored(member, recognize=True)
        refused = await world.upload(member, recognize=True)
        assert (refused.status_code, refused.json()["code"]) == (429, "document.too_many_waiting")
        assert "2" in refused.json()["detail"] or "2" in refused.json().get("title", "")
        await world.stored(neighbour, recognize=True)
        assert (await world.read(member, first["document_id"]))["ahead"] == 0
        assert (await world.read(member, second["document_id"]))["ahead"] == 1
        assert await OwnLane(world, None).one()
        assert (await world.read(member, first["document_id"]))["ahead"] is None
        await world.stored(member, recognize=True)


@asynccontextmanager
async def held_connections(world: World, seen: list[int]) -> AsyncIterator[None]:
    """Notes how many database connections are in use whenever something is written to the store."""
    pool = world.client.context.db.engine.sync_engine.pool
    used = {"now": 0}

    def out(*_: object) -> None:
        used["now"] += 1

    def back(*_: object) -> None:
        used["now"] -= 1

    event.listen(pool, "checkout", out)
    event.listen(pool, "checkin", back)
    vault = vault_of(world.client.context)
    write = vault.write

    async def watched(*given: Any, **more: Any) -> Any:
        seen.append(used["now"])
        return await Vault.write(vault, *given, **more)

    object.__setattr__(vault, "write", watched)
    try:
        yield
    finally:
        object.__setattr__(vault, "write", write)
        event.remove(pool, "checkout", out)
        event.remove(pool, "checkin", back)


async def test_no_database_connection_waits_for_the_store(world: World) -> None:
    from .test_resumable import take, uploaded

    member = world.member()
    upload_id = await uploaded(world, member, files.photo())
    seen: list[int] = []
    async with held_connections(world, seen):
        await world.stored(member, files.photo())
        assert (await take(world, member, upload_id)).status_code == 201
    assert seen == [0, 0]


async def test_a_stream_that_broke_begins_with_the_present_state(world: World) -> None:
    member = world.member()
    body = await world.stored(member, recognize=True)
    path = f"/documents/{body['document_id']}/events"
    with setting(world, "watch_seconds", 0.4):
        first = states((await world.client.get(path, member)).text)
        again = states((await world.client.get(path, member, headers={"Last-Event-ID": "1"})).text)
    assert first[0]["state"] == again[0]["state"] == "stored"

    async def at_once() -> None: ...

    await OwnLane(world, at_once).one()
    assert [each["state"] for each in states((await world.client.get(path, member)).text)] == ["recognized"]
