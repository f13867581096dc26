"""A home made anew from its archive: the database to the end of its log or to a moment, and the objects."""

import asyncio
import shutil
import time
from datetime import UTC, datetime
from pathlib import Path

from huzhu.home import Home, HomeInUse
from huzhu.parts import EmbeddedSeaweed

from .archive import Archive, copy_folder, give_away


async def restore(home: Home, *, until: str | None = None) -> float:
    """Restore a stopped home; return the seconds it took. What is still there is put aside, not removed.

    The database replays its log at the platform's next start. Raises NoBackup, HomeInUse.
    """
    if home.is_running():
        raise HomeInUse(f"{home.path} 上的平台在运行，请先停止。Stop the platform first.")
    started = time.monotonic()
    archive = Archive(home)
    base = archive.newest_base()
    data = home.create().data / "postgres"
    if data.exists():
        data.rename(data.with_name(f"postgres.before-{datetime.now(UTC):%Y%m%dT%H%M%S}"))
    await asyncio.to_thread(_database, archive, base, data, until)
    async with EmbeddedSeaweed(home) as seaweed:
        await asyncio.to_thread(_objects, archive, seaweed)
    return time.monotonic() - started


def _database(archive: Archive, base: Path, data: Path, until: str | None) -> None:
    copy_folder(base, data)
    shutil.rmtree(data / "socket", ignore_errors=True)
    (data / "postmaster.pid").unlink(missing_ok=True)
    (data / "recovery.signal").touch()
    with (data / "postgresql.auto.conf").open("a") as settings:
        settings.write(archive.recovery(until))
    data.chmod(0o700)
    give_away(data)


def _objects(archive: Archive, seaweed: EmbeddedSeaweed) -> None:
    client = seaweed.client()
    there = {bucket.name for bucket in client.list_buckets()}
    for folder in sorted(archive.objects.iterdir()):
        known: set[str] = set()
        if folder.name in there:
            known = {str(found.object_name) for found in client.list_objects(folder.name, recursive=True)}
        else:
            client.make_bucket(folder.name)
        for path in sorted(one for one in folder.rglob("*") if one.is_file()):
            name = path.relative_to(folder).as_posix()
            if name not in known:
                client.fput_object(folder.name, name, str(path))
