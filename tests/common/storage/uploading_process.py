"""A process that uploads, to be killed. It forks a child for every job, so that a job starts in milliseconds.

Each line on its standard input is a job; the child answers "started" and, if it lives to see it, "done".
`die_at` makes it kill itself with SIGKILL at that step (before and after each store request and commit).
"""

import asyncio
import faulthandler
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy.dialects.postgresql import asyncpg as dialect
from sqlalchemy.orm import configure_mappers

from common.crypto import Keyring, MasterKeys
from common.db import Database
from common.settings import CommonSettings
from common.storage import ObjectStore
from common.storage.uploads import ResumableUploads, UploadPurpose

PURPOSE = UploadPurpose("evidence", 1 << 30)
KEY = bytes(range(32))
WARM = (asyncpg, dialect)
"""Imported by the engine on its first use: here once for all children."""


class Steps:
    """Counts steps and kills the process at one of them."""

    def __init__(self, die_at: int) -> None:
        self._left = die_at

    def step(self) -> None:
        if self._left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        self._left -= 1


def with_steps(store: ObjectStore, steps: Steps) -> ObjectStore:
    for name in ("put", "put_bytes"):
        plain = getattr(store, name)

        async def stepping(*args: Any, _plain: Any = plain, **options: Any) -> Any:
            steps.step()
            result = await _plain(*args, **options)
            steps.step()
            return result

        setattr(store, name, stepping)
    return store


def say(word: object) -> None:
    """A line in one write: a process killed between a word and its end would run it into the next."""
    os.write(1, f"{word}\n".encode())


async def upload(job: dict[str, Any]) -> None:
    steps = Steps(job["die_at"])
    settings = CommonSettings.model_validate(job["settings"])
    store = with_steps(ObjectStore.connect(settings, job["bucket"]), steps)
    uploads = ResumableUploads(
        store, Keyring(MasterKeys({1: bytes(range(32))})), [PURPOSE], part_bytes=job["part"]
    )
    db = Database.connect(settings.database_url.get_secret_value())
    actor, upload_id = UUID(job["actor"]), UUID(job["upload"])

    @asynccontextmanager
    async def transactions() -> AsyncIterator[Any]:
        async with db.transaction(UUID(job["tenant"])) as session:
            yield session
            steps.step()
        steps.step()

    data = Path(job["file"]).read_bytes()

    async def body(offset: int) -> AsyncIterator[bytes]:
        for start in range(offset, len(data), 10_000):
            yield data[start : start + 10_000]

    async with transactions() as session:
        row = await uploads.find(session, upload_id, actor_id=actor)
    say("started")
    await uploads.append(
        transactions, upload_id, actor_id=actor, offset=row.received, body=body(row.received)
    )
    async with transactions() as session:
        await uploads.finish(session, upload_id, actor_id=actor, purpose="evidence", key=KEY)
    say("done")


def main() -> None:
    configure_mappers()
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            # A child that stands still says where and dies of it, as it may at any moment here.
            faulthandler.dump_traceback_later(60, exit=True)
            asyncio.run(upload(json.loads(line)))
            os._exit(0)
        say(child)
        os.waitpid(child, 0)
        say("ended")


if __name__ == "__main__":
    main()
