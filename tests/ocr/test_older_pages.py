"""PDFs of before pictures of pages were made get them once, behind everybody who hands something in."""

from datetime import timedelta

import pytest

from common.clock import now
from ocr.jobs import picture_older
from ocr.queue import older
from ocr.queue.repository import QueueRepository

from . import files
from .test_recognizer import recogniser
from .world import World, until

BROKEN = b"%PDF-1.7\nnothing\nstartxref\n0\n%%EOF"


async def of_before(world: World, *contents: bytes) -> list[str]:
    """Documents as they lay there before: without pictures, and nobody waits to make any."""
    handler = world.handler()
    made = [(await world.stored(handler, content, recognize=False))["document_id"] for content in contents]
    await world.clear_queue()
    return made


async def queued(world: World, ids: list[str]) -> list[bool]:
    return [await world.queued(one) is not None for one in ids]


async def run_is_over(world: World) -> bool:
    async with world.client.context.db.transaction(world.tenant.id) as session:
        return (await QueueRepository.of(session).pages_run()).ended_at is not None


@pytest.mark.feature("C.05")
async def test_older_pdfs_are_pictured_and_one_that_cannot_be_is_tried_once(
    world: World, environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    good, picture, broken = await of_before(world, files.pdf(), files.jpeg(), BROKEN)
    await picture_older(world.client.context, world.tenant.id)
    assert await queued(world, [good, picture, broken]) == [True, False, True]

    async def made() -> bool:
        return not any(await queued(world, [good, broken]))

    async with recogniser(environment):
        await until(made, "pictures of pages")
    assert [(await world.row(one)).pages for one in (good, picture, broken)] == [1, 0, 0]
    assert {(await world.row(one)).state for one in (good, broken)} == {"stored"}, "nothing was read"
    await picture_older(world.client.context, world.tenant.id)
    assert await queued(world, [good, picture, broken]) == [False] * 3, "once"
    assert not await run_is_over(world), "processes of the version before may take documents in for a while"
    late = await of_before(world, files.pdf())
    monkeypatch.setattr(older, "LASTING", timedelta(0))
    await picture_older(world.client.context, world.tenant.id)
    assert await queued(world, late) == [True]
    await world.clear_queue()
    await picture_older(world.client.context, world.tenant.id)
    assert await run_is_over(world)


async def test_it_goes_on_where_it_was_killed_and_keeps_nobody_waiting(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(older, "AT_ONCE", 2)
    monkeypatch.setattr(older, "LOOKED_AT", 3)
    ids = await of_before(world, files.jpeg(), *[files.pdf()] * 5)
    waiting = await world.stored(world.member(), recognize=True)
    await picture_older(world.client.context, world.tenant.id)
    assert not any(await queued(world, ids)), "somebody's own document waits"
    await world.clear_queue()
    with pytest.raises(KeyboardInterrupt):
        async with world.client.context.db.transaction(world.tenant.id) as session:
            assert await older.queue_older(session)
            raise KeyboardInterrupt
    assert not any(await queued(world, ids))
    seen: list[list[bool]] = []
    started = now()
    while now() - started < timedelta(seconds=60):
        await picture_older(world.client.context, world.tenant.id)
        found = await queued(world, ids)
        if not any(found):
            break
        seen.append(found)
        await picture_older(world.client.context, world.tenant.id)
        assert await queued(world, ids) == found, "the next when these are done"
        await world.clear_queue()
    assert [sum(found) for found in seen] == [2, 2, 1]
    assert [any(column) for column in zip(*seen, strict=True)] == [False, True, True, True, True, True]
    assert await world.queued(waiting["document_id"]) is None
