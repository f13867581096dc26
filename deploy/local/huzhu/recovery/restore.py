"""A home made anew from its archive: the database to the end of its log or to a moment, and the objects."""

import asyncio
import shutil
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from huzhu.home import Home, HomeInUse
from huzhu.parts import EmbeddedSeaweed
from huzhu.parts.archive import Archive, give_away
from huzhu.parts.recovering import write_recovery
from huzhu.secret_file import sync_folder

from .bases import Way, way_to
from .objects import put_objects_back


class NoMoment(ValueError):
    """That is no moment that can be restored."""


async def restore(home: Home, *, until: str | None = None) -> float:
    """Restore a stopped home; return the seconds it took. What is still there is put aside, not removed.

    The database replays its log at the platform's next start; where the log ends before the moment it refuses to
    start. Raises NoBackup, NoMoment, HomeInUse.
    """
    if home.is_running():
        raise HomeInUse(f"{home.path} 上的平台在运行，请先停止。Stop the platform first.")
    started = time.monotonic()
    archive = Archive(home)
    moment = moment_of(until) if until is not None else None
    way = way_to(archive, moment)
    archive.open()
    data = home.create().data / "postgres"
    await asyncio.to_thread(lay_out, way, data, moment)
    async with EmbeddedSeaweed(home) as seaweed:
        await asyncio.to_thread(put_objects_back, seaweed.client(), archive.objects)
    return time.monotonic() - started


def moment_of(until: str) -> datetime:
    """Read a moment of the past with its time zone; NoMoment."""
    try:
        moment = datetime.fromisoformat(until)
    except ValueError:
        raise NoMoment(f'“{until}” 不是时刻，例如 "2026-11-28 03:00:00+08"。It is no moment.') from None
    if moment.tzinfo is None:
        raise NoMoment(f'“{until}” 没有时区，例如加 "+08"。It has no time zone; add e.g. "+08".')
    if moment > datetime.now(UTC):
        raise NoMoment(f"“{until}” 还没有到。It is in the future.")
    return moment.astimezone(UTC)


def lay_out(way: Way, data: Path, until: datetime | None, settings: Mapping[str, str] | None = None) -> None:
    """Make a database's folder that recovers at its next start; `settings`: what its own file tells it.

    Made beside and renamed at the end: it is there with what it is told, or not at all.
    """
    half = data.with_name(f"{data.name}.half")
    shutil.rmtree(half, ignore_errors=True)
    shutil.copytree(way.base.path, half, symlinks=True)
    shutil.rmtree(half / "socket", ignore_errors=True)
    (half / "postmaster.pid").unlink(missing_ok=True)
    write_recovery(half, until=until.isoformat(sep=" ") if until else "", timeline=str(way.timeline))
    with (half / "postgresql.auto.conf").open("a") as file:
        file.writelines(f"{name} = '{_quoted(value)}'\n" for name, value in (settings or {}).items())
    half.chmod(0o700)
    give_away(half)
    if data.exists():
        data.rename(data.with_name(f"{data.name}.before-{datetime.now(UTC):%Y%m%dT%H%M%S%f}"))
    half.rename(data)
    sync_folder(data.parent)


def _quoted(value: str) -> str:
    return value.replace("'", "''")
