"""The recogniser: a real process on a real queue, killed in the middle, and documents that kill their reader."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson
import pytest

from common.clock import now
from common.contracts.ocr import DocumentRecognized
from ocr.extras import settings_of, vault_of
from ocr.queue import service
from ocr.queue.lane import Lane
from ocr.queue.reader import ReaderNotStarting, ReadingDied
from ocr.queue.repository import due_places
from ocr.queue.rules import CRASHED, TOO_LONG
from ocr.queue.service import Outcome, Reading

from . import files
from .world import World, until

RECOGNIZED = "ocr.document_recognized.v1"
PROGRAM = "import asyncio; from ocr.recognizer import run; asyncio.run(run())"


@asynccontextmanager
async def recogniser(
    environment: dict[str, str], **settings: str
) -> AsyncIterator[asyncio.subprocess.Process]:
    """The recognition process as the supervisor starts it."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", PROGRAM, env={**os.environ, **environment, **settings}, start_new_session=True
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.terminate()
            await asyncio.wait_for(process.wait(), 30)


def ended(world: World, document_id: str) -> Callable[[], Awaitable[bool]]:
    async def look() -> bool:
        return (await world.row(document_id)).state in {"recognized", "unreadable"}

    return look


def begun(world: World, document_id: str) -> Callable[[], Awaitable[bool]]:
    async def look() -> bool:
        return (await world.row(document_id)).state == "recognizing"

    return look


def stat_of(pid: int) -> list[str]:
    """State, parent and so on of a process; empty if there is none."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except OSError:
        return []


def children_of(pid: int) -> list[int]:
    pids = [int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit()]
    return [each for each in pids if stat_of(each)[1:2] == [str(pid)]]


def alive(pid: int) -> bool:
    return stat_of(pid)[:1] not in ([], ["Z"])


async def test_a_killed_recogniser_s_work_is_taken_up_again(
    world: World, environment: dict[str, str]
) -> None:
    """kill -9 in the middle of a photographed receipt: read once more, said once, and no process is left."""
    member = world.member()
    body = await world.stored(member, files.photo(), recognize=True)
    document_id = body["document_id"]
    async with recogniser(environment, OCR_LEASE_SECONDS="2") as first:
        await until(begun(world, document_id), "begun")
        readers = children_of(first.pid)
        os.kill(first.pid, signal.SIGKILL)
        await first.wait()
    assert (await world.row(document_id)).state == "recognizing"
    async with recogniser(environment, OCR_LEASE_SECONDS="2") as second:
        await until(ended(world, document_id), "recognised")
        await gone(readers)
        readers = children_of(second.pid)
    await gone(readers)
    read = await world.read(member, document_id)
    assert read["state"] == "recognized" and read["type"].endswith("receipt") and read["problem"] is None
    number = read["fields"]["票据号码"]
    assert number["verified"] in {True, False} and 0 <= number["confidence"] <= 1
    assert any(field["box"] for field in read["fields"].values())
    assert await world.queued(document_id) is None
    [event] = await world.events(RECOGNIZED)
    said = DocumentRecognized.model_validate(event)
    opened = orjson.loads(world.tenant.keys.open(said.recognition.ciphertext, context="ocr.recognition"))
    assert opened["fields"]["票据号码"]["value"] == number["value"]
    assert number["value"] not in orjson.dumps(event).decode()
    assert said.outcome == "recognized" and str(said.person_id) == str(member.person_id)


async def gone(pids: list[int]) -> None:
    async def look() -> bool:
        return not any(alive(pid) for pid in pids)

    await until(look, f"processes {pids} ended", within=30)


async def test_what_cannot_be_read_says_why(world: World, environment: dict[str, str]) -> None:
    """A pdf that only looks like one passes the upload and is unreadable, with a sentence; the next is read."""
    member = world.member()
    broken = await world.stored(member, b"%PDF-1.7\nnothing\nstartxref\n0\n%%EOF", recognize=True)
    blank = await world.stored(member, files.png((64, 64), ""), recognize=True)
    async with recogniser(environment):
        await until(ended(world, broken["document_id"]), "given up")
        await until(ended(world, blank["document_id"]), "read")
    read = await world.read(member, broken["document_id"])
    assert read["state"] == "unreadable" and read["problem"]["code"] == "pdf.broken"
    assert "PDF" in read["problem"]["message"] and read["fields"] == {}
    assert (await world.read(member, blank["document_id"]))["type"] == "other"
    outcomes = {event["document_id"]: event["outcome"] for event in await world.events(RECOGNIZED)}
    assert outcomes == {broken["document_id"]: "unreadable", blank["document_id"]: "recognized"}


class ScriptedReader:
    """Stands for a reading process and does what the script says, one entry for each document."""

    def __init__(self, *script: Any) -> None:
        self.script = list(script)
        self.asked = 0

    async def read(self, data: bytes, *, within: float, pictures_only: bool = False) -> dict[str, Any]:
        self.asked += 1
        step = self.script.pop(0)
        if isinstance(step, Exception):
            raise step
        if callable(step):
            await step()
        return {"type": "other", "recognition": {"fields": {}, "checks": []}}

    def rest(self, *, after: float) -> None: ...

    def stop(self) -> None: ...


class OwnLane(Lane):
    """A lane that sees one world's documents only, so that tests beside it keep theirs."""

    def __init__(self, world: World, *script: Any) -> None:
        super().__init__(world.client.context)
        self._world = world
        self._reader: Any = ScriptedReader(*script)

    async def one(self) -> bool:
        for place in await due_places(self._context.relay_db, most=1000):
            if place.tenant_id == self._world.tenant.id:
                reading = await self._take(place)
                if reading is not None:
                    await self._read(reading)
                    return True
        return False


@pytest.mark.parametrize("problem", [CRASHED, TOO_LONG])
async def test_a_document_that_kills_its_reader_twice_is_given_up(world: World, problem: str) -> None:
    member = world.member()
    body = await world.stored(member, recognize=True)
    lane = OwnLane(world, ReadingDied(problem), ReadingDied(problem))
    assert await lane.one()
    assert (await world.row(body["document_id"])).state == "recognizing"
    assert await lane.one() and not await lane.one()
    read = await world.read(member, body["document_id"])
    assert read["state"] == "unreadable" and read["problem"]["code"] == problem
    [event] = await world.events(RECOGNIZED)
    assert event["outcome"] == "unreadable" and event["problem"]["code"] == problem
    assert await world.queued(body["document_id"]) is None


async def test_a_failure_outside_is_not_the_document_s(world: World) -> None:
    """The store is away, or no process comes up: put back at once, as often as it takes."""
    body = await world.stored(world.member(), recognize=True)
    failures = [ReaderNotStarting("no memory") for _ in range(12)]
    lane = OwnLane(world, *failures, None)
    for _ in failures:
        with pytest.raises(ReaderNotStarting):
            await lane.one()
    assert await lane.one()
    assert (await world.row(body["document_id"])).state == "recognized"


async def test_a_recogniser_that_dies_again_and_again_gives_up_at_last(world: World) -> None:
    body = await world.stored(world.member(), recognize=True)
    for _ in range(settings_of(world.client.context).most_attempts):
        assert await take(world, body) is not None
        await expire(world, body)
    assert await take(world, body) is None
    row = await world.row(body["document_id"])
    assert row.state == "unreadable" and row.problem is not None and row.problem["code"] == CRASHED


async def take(world: World, body: dict[str, Any]) -> Reading | None:
    context = world.client.context
    async with context.db.transaction(world.tenant.id) as session:
        return await service.take(
            session,
            document_id=UUID(body["document_id"]),
            settings=settings_of(context),
            vault=vault_of(context),
            keyring=context.keyring,
        )


async def expire(world: World, body: dict[str, Any]) -> None:
    """The lease runs out: its recogniser was killed."""
    async with world.client.context.db.transaction(world.tenant.id) as session:
        row = await service.QueueRepository.of(session).find(
            service.QueuedDocument, UUID(body["document_id"]), lock=True
        )
        assert row is not None
        row.leased_until = now() - timedelta(seconds=1)


async def test_two_recognisers_take_a_document_once(world: World) -> None:
    body = await world.stored(world.member(), recognize=True)
    taken = await asyncio.gather(*(take(world, body) for _ in range(6)))
    assert sum(reading is not None for reading in taken) == 1


async def test_who_lost_the_lease_writes_nothing(world: World) -> None:
    """A recogniser that was held up comes back with a result after another has taken the document."""
    body = await world.stored(world.member(), recognize=True)
    context = world.client.context
    late = await take(world, body)
    await expire(world, body)
    current = await take(world, body)
    assert late is not None and current is not None

    async def finish(reading: Reading, kind: str) -> bool:
        async with context.db.transaction(world.tenant.id) as session:
            outcome = Outcome(document_type=kind, recognition={"fields": {}, "checks": []})
            return await service.finish(session, reading, outcome, keyring=context.keyring)

    assert not await finish(late, "id_card")
    assert await finish(current, "e_receipt")
    assert not await finish(current, "e_receipt") and not await finish(late, "id_card")
    assert (await world.row(body["document_id"])).document_type == "e_receipt"
    assert len(await world.events(RECOGNIZED)) == 1


async def test_a_kept_lease_is_renewed_and_a_lost_one_is_not(world: World) -> None:
    body = await world.stored(world.member(), recognize=True)
    context = world.client.context
    reading = await take(world, body)
    assert reading is not None

    async def renew() -> bool:
        async with context.db.transaction(world.tenant.id) as session:
            return await service.renew(session, reading, settings=settings_of(context))

    before = await world.queued(body["document_id"])
    assert await renew()
    after = await world.queued(body["document_id"])
    assert before is not None and after is not None and after.leased_until > before.leased_until
    await expire(world, body)
    assert await take(world, body) is not None
    assert not await renew()


async def test_a_stopped_recogniser_puts_its_document_back(world: World) -> None:
    body = await world.stored(world.member(), recognize=True)
    reading, forever = asyncio.Event(), asyncio.Event()

    async def hang() -> None:
        reading.set()
        await forever.wait()

    task = asyncio.create_task(OwnLane(world, hang).one())
    await reading.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    row = await world.queued(body["document_id"])
    assert row is not None and row.lease is None and row.leased_until <= now() and row.attempts == 0


async def test_a_content_that_was_changed_in_the_store_is_not_read(world: World) -> None:
    member = world.member()
    body = await world.stored(member, recognize=True)
    [name] = await world.object_names()
    kept = bytearray(await world.object_bytes(name))
    kept[-1] ^= 1
    await vault_of(world.client.context).store.put_bytes(name, bytes(kept))
    assert await OwnLane(world).one()
    read = await world.read(member, body["document_id"])
    assert read["state"] == "unreadable" and read["problem"]["code"] == "document.damaged"
    content = await world.client.get(f"/documents/{body['document_id']}/content", member)
    assert (content.status_code, content.json()["code"]) == (500, "document.damaged")


@pytest.mark.feature("N.02")
async def test_tenants_take_turns(world: World, other: World) -> None:
    """Thousands of one tenant do not stop another's single document."""
    many = [await world.stored(world.member(), recognize=True) for _ in range(5)]
    one = await other.stored(other.member(), recognize=True)
    places = await due_places(world.client.context.relay_db, most=1000)
    mine = [place for place in places if place.tenant_id in {world.tenant.id, other.tenant.id}]
    assert [str(place.document_id) for place in mine[:2]] == [many[0]["document_id"], one["document_id"]]
    assert len(mine) == 6


async def test_without_recognition_nothing_is_queued(world: World) -> None:
    body = await world.stored(world.member())
    assert await world.queued(body["document_id"]) is None
    assert (await world.row(body["document_id"])).state == "stored"


@pytest.mark.feature("C.05")
async def test_a_pdf_that_nothing_is_read_on_can_be_looked_at_page_by_page(
    world: World, environment: dict[str, str]
) -> None:
    """A stamped roster beside the amounts: pictures of its pages, no state of a reading, nothing said about it."""
    handler = world.handler()
    roster = await world.stored(handler, files.pdf(), recognize=False)
    broken = await world.stored(handler, b"%PDF-1.7\nnothing\nstartxref\n0\n%%EOF", recognize=False)
    picture = await world.stored(handler, files.jpeg(), recognize=False)
    assert await world.queued(picture["document_id"]) is None, "a browser shows it as it is"

    async def made() -> bool:
        return not any([await world.queued(one["document_id"]) for one in (roster, broken)])

    async with recogniser(environment):
        await until(made, "pictures of pages")
    row = await world.row(roster["document_id"])
    assert (row.state, row.pages, row.thumbnail) == ("stored", 1, True)
    page = await world.client.get(f"/documents/{roster['document_id']}/pages/0", handler)
    assert page.status_code == 200 and page.content[:2] == b"\xff\xd8"
    assert (await world.row(broken["document_id"])).state == "stored"
    assert (await world.client.get(f"/documents/{broken['document_id']}/pages/0", handler)).status_code == 404
    assert await world.events(RECOGNIZED) == []
