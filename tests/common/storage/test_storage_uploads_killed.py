"""A process that uploads is killed with SIGKILL, at every step and at random moments; nothing is lost or doubled."""

import asyncio
import json
import os
import random
import signal
import sys
from collections.abc import AsyncIterator
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from common.clock import now, set_to
from common.crypto import Keyring
from common.db import Database
from common.ids import new_id
from common.settings import CommonSettings
from common.storage import ObjectStore, object_name, read_sealed
from common.storage.uploads import ResumableUploads, Upload
from common.storage.uploads.errors import UploadOffsetConflict

from .uploading_process import KEY, PURPOSE

PART = 30_000
DATA = os.urandom(2 * PART + 1)
ACTOR = new_id()
ROUNDS = 7


class Uploader:
    """The process beside this one that forks a child per job."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    @classmethod
    async def start(cls) -> "Uploader":
        pipe = asyncio.subprocess.PIPE
        program = Path(__file__).with_name("uploading_process.py")
        return cls(
            await asyncio.create_subprocess_exec(sys.executable, str(program), stdin=pipe, stdout=pipe)
        )

    async def _line(self) -> str:
        assert self._process.stdout
        return (await asyncio.wait_for(self._process.stdout.readline(), 120)).decode().strip()

    async def run(self, job: dict[str, Any], *, kill_after: float | None = None) -> list[str]:
        """Run a job, kill it after so many seconds from its start, and return what it said."""
        assert self._process.stdin
        self._process.stdin.write(json.dumps(job).encode() + b"\n")
        pid: int | None = None
        said: list[str] = []
        killer: asyncio.Task[None] | None = None
        while (line := await self._line()) != "ended":
            assert line, "the uploading process failed"
            if line.isdigit():
                pid = int(line)
            else:
                said.append(line)
            if kill_after is not None and pid and "started" in said and killer is None:
                killer = asyncio.create_task(kill(pid, kill_after))
        if killer:
            killer.cancel()
        return said

    async def stop(self) -> None:
        assert self._process.stdin
        self._process.stdin.close()
        await asyncio.wait_for(self._process.wait(), 30)


async def kill(pid: int, seconds: float) -> None:
    await asyncio.sleep(seconds)
    os.kill(pid, signal.SIGKILL)


@pytest.fixture(scope="module")
async def uploader() -> AsyncIterator[Uploader]:
    made = await Uploader.start()
    yield made
    await made.stop()


@pytest.fixture
def job(settings: CommonSettings, store: ObjectStore, tenant: UUID, tmp_path: Path) -> dict[str, Any]:
    file = tmp_path / "file"
    file.write_bytes(DATA)
    plain = {
        name: value.get_secret_value() if hasattr(value, "get_secret_value") else value
        for name, value in settings
    }
    return {
        "settings": plain,
        "bucket": store.bucket.removeprefix("huzhu-"),
        "tenant": str(tenant),
        "actor": str(ACTOR),
        "file": str(file),
        "part": PART,
        "die_at": -1,
    }


@pytest.fixture
def uploads(store: ObjectStore, keyring: Keyring) -> ResumableUploads:
    return ResumableUploads(store, keyring, [PURPOSE], part_bytes=PART)


async def begin(uploads: ResumableUploads, db: Database, tenant: UUID) -> Upload:
    async with db.transaction(tenant) as session:
        return await uploads.create(session, actor_id=ACTOR, purpose="evidence", length=len(DATA))


async def received(uploads: ResumableUploads, db: Database, upload: Upload) -> int:
    async with db.transaction(upload.tenant_id) as session:
        return (await uploads.find(session, upload.id, actor_id=ACTOR)).received


async def resume(uploads: ResumableUploads, db: Database, upload: Upload) -> None:
    """Send what is missing, as a client does: it asks for the offset, and again where that was not the last word.

    The database may still be committing what the killed process asked it to commit.
    """
    transactions = partial(db.transaction, upload.tenant_id)
    while True:
        offset = await received(uploads, db, upload)
        try:
            await uploads.append(transactions, upload.id, actor_id=ACTOR, offset=offset, body=rest(offset))
            return
        except UploadOffsetConflict as conflict:
            assert conflict.params["offset"] > offset


async def rest(offset: int) -> AsyncIterator[bytes]:
    yield DATA[offset:]


async def check_whole(uploads: ResumableUploads, db: Database, store: ObjectStore, upload: Upload) -> None:
    """The file is what was sent, and after clearing away it is all there is."""
    async with db.transaction(upload.tenant_id) as session:
        file = await uploads.finish(session, upload.id, actor_id=ACTOR, purpose="evidence", key=KEY)
    assert b"".join([chunk async for chunk in read_sealed(store, file.name, key=KEY)]) == DATA
    with set_to(now() + timedelta(hours=2)):
        await uploads.sweep(partial(db.transaction, upload.tenant_id))
    assert await store.names(upload.folder) == []
    assert (await store.stat(object_name(upload.tenant_id, "files", upload.id))).size > len(DATA)


async def test_killed_at_every_step(
    uploader: Uploader,
    uploads: ResumableUploads,
    db: Database,
    store: ObjectStore,
    tenant: UUID,
    job: dict[str, Any],
) -> None:
    lived = False
    offsets = []
    step = 0
    while not lived:
        upload = await begin(uploads, db, tenant)
        said = await uploader.run({**job, "upload": str(upload.id), "die_at": step})
        lived = "done" in said
        offsets.append(await received(uploads, db, upload))
        await resume(uploads, db, upload)
        await check_whole(uploads, db, store, upload)
        step += 1
    assert step > 16  # two around each of 4 stored objects and 6 commits, less the last
    assert offsets == sorted(offsets)
    assert set(offsets) == {0, PART, 2 * PART, len(DATA)}


async def test_killed_at_random_moments_again_and_again(
    uploader: Uploader,
    uploads: ResumableUploads,
    db: Database,
    store: ObjectStore,
    tenant: UUID,
    job: dict[str, Any],
) -> None:
    seed = random.randrange(10**9)
    print("seed", seed)
    chance = random.Random(seed)
    kills = 0
    for _ in range(ROUNDS):
        upload = await begin(uploads, db, tenant)
        before = 0
        for _ in range(4):
            said = await uploader.run({**job, "upload": str(upload.id)}, kill_after=chance.uniform(0, 0.08))
            if "done" in said:
                break
            kills += 1
            after = await received(uploads, db, upload)
            assert after >= before
            before = after
        await resume(uploads, db, upload)
        await check_whole(uploads, db, store, upload)
    assert kills >= ROUNDS // 3, "too few were killed for the test to mean anything"
