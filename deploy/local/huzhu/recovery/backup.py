"""A backup of a running platform: the database as it is now, and the objects that are not in the archive yet."""

import asyncio
import os
import shutil
import subprocess
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from huzhu.home import Home
from huzhu.parts import EmbeddedPostgres, EmbeddedSeaweed
from huzhu.parts.archive import Archive
from huzhu.parts.ports import HOST
from huzhu.parts.postgres_cluster import SUPERUSER, binary

from .bases import NAME, bases_of, oldest_segment
from .objects import copy_objects

KEPT_BASES = 3


class BackupFailed(RuntimeError):
    """What pg_basebackup said."""


@dataclass(frozen=True)
class Taken:
    """What a backup holds and cost."""

    base: Path
    objects: int
    seconds: float


async def take_backup(home: Home) -> Taken:
    """Take one; the oldest beyond three are removed with it, and the log that only they needed."""
    started = time.monotonic()
    archive = Archive(home)
    archive.open()
    base = await asyncio.to_thread(_database, home, archive)
    client = EmbeddedSeaweed(home).attach().client()
    objects = await asyncio.to_thread(copy_objects, client, archive.objects)
    await asyncio.to_thread(_forget_old, archive)
    return Taken(base, objects, time.monotonic() - started)


def _forget_old(archive: Archive) -> None:
    for old in sorted(archive.bases.glob("2*"))[:-KEPT_BASES]:
        shutil.rmtree(old)
    archive.forget_log_before(oldest_segment(bases_of(archive)))


def _database(home: Home, archive: Archive) -> Path:
    postgres = EmbeddedPostgres(home).attach()
    half = archive.bases / ".half"
    shutil.rmtree(half, ignore_errors=True)
    argv = [
        *(
            str(binary("pg_basebackup")),
            "-D",
            str(half),
            "-h",
            HOST,
            "-p",
            str(postgres.port),
            "-U",
            SUPERUSER,
        ),
        *("--checkpoint=fast", "--wal-method=fetch", "--no-password"),
    ]
    environment = {**os.environ, "PGPASSWORD": home.secrets.role(SUPERUSER)}
    done = subprocess.run(argv, env=environment, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode != 0:
        shutil.rmtree(half, ignore_errors=True)
        raise BackupFailed(f"pg_basebackup: {done.stderr.strip()}")
    whole = archive.bases / datetime.now(UTC).strftime(NAME)
    half.rename(whole)
    return whole
