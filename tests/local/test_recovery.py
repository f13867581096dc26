"""Backup and restore of a home: everything to the last archived moment, or to a moment that is asked for."""

import asyncio
import io
import shutil
import subprocess
from pathlib import Path

import asyncpg
import pytest

from huzhu.home import Home
from huzhu.parts import EmbeddedPostgres, EmbeddedSeaweed
from huzhu.parts.archive import Archive, NoBackup
from huzhu.parts.part import PartFailed
from huzhu.recovery.backup import take_backup
from huzhu.recovery.bases import bases_of, way_to
from huzhu.recovery.restore import NoMoment, restore

from .processes import running_on

BUCKET = "huzhu-papers"


async def write(postgres: EmbeddedPostgres, row: int) -> str:
    """Write a row and return a moment after it."""
    connection = await asyncpg.connect(postgres.dsn())
    await connection.execute("CREATE TABLE IF NOT EXISTS kept (id int PRIMARY KEY)")
    await connection.execute("INSERT INTO kept VALUES ($1)", row)
    await asyncio.sleep(0.2)
    moment = await connection.fetchval("SELECT clock_timestamp()::text")
    await asyncio.sleep(0.2)
    await connection.close()
    return str(moment)


async def rows(postgres: EmbeddedPostgres) -> list[int]:
    connection = await asyncpg.connect(postgres.dsn())
    found = await connection.fetch("SELECT id FROM kept ORDER BY id")
    await connection.execute("CREATE TABLE again (id int)")
    await connection.execute("DROP TABLE again")
    await connection.close()
    return [row["id"] for row in found]


async def until_archived(postgres: EmbeddedPostgres) -> None:
    connection = await asyncpg.connect(postgres.dsn())
    wanted = await connection.fetchval("SELECT pg_walfile_name(pg_switch_wal())")
    async with asyncio.timeout(60):
        while (
            await connection.fetchval("SELECT coalesce(last_archived_wal, '') FROM pg_stat_archiver")
        ) < wanted:
            await asyncio.sleep(0.1)
    await connection.close()


async def restored_rows(home: Home, until: str | None = None) -> list[int]:
    await restore(home, until=until)
    async with EmbeddedPostgres(home, services=()) as postgres:
        return await rows(postgres)


async def test_what_was_destroyed_comes_back(home: Home) -> None:
    archive = Archive(home)
    archive.open()
    async with EmbeddedPostgres(home, services=()) as postgres, EmbeddedSeaweed(home) as seaweed:
        client = seaweed.client()
        client.make_bucket(BUCKET)
        client.put_object(BUCKET, "a/b", io.BytesIO(b"paper"), 5)
        await write(postgres, 1)
        taken = await take_backup(home)
        assert taken.objects >= 1 and (taken.base / "PG_VERSION").is_file()
        assert (await take_backup(home)).objects == 0, "an object is copied once"
        moment = await write(postgres, 2)
        await write(postgres, 3)
        await until_archived(postgres)
        await write(postgres, 4)  # not archived any more
    last = way_to(archive, None).base
    shutil.rmtree(home.data)
    assert (await restored_rows(home))[:3] == [1, 2, 3]
    async with EmbeddedSeaweed(home) as seaweed:
        assert seaweed.client().get_object(BUCKET, "a/b").read() == b"paper"
    assert await restored_rows(home, until=moment) == [1, 2]
    assert way_to(archive, None).base == last and list(home.data.glob("postgres.before-*"))
    assert running_on(home) == []


async def test_the_first_backup_of_a_running_platform_opens_the_archive(home: Home) -> None:
    async with EmbeddedPostgres(home, services=()) as postgres, EmbeddedSeaweed(home):
        await write(postgres, 1)
        await until_archived(postgres)
        assert not Archive(home).path.exists(), "nothing is kept before the first backup"
        await take_backup(home)
        moment = await write(postgres, 2)
        await write(postgres, 3)
        await until_archived(postgres)
    shutil.rmtree(home.data)
    assert await restored_rows(home, until=moment) == [1, 2]
    assert await restored_rows(home) == [1, 2]  # the way that was taken is gone on along


async def test_without_a_backup_nothing_is_touched(home: Home) -> None:
    Archive(home).open()
    with pytest.raises(NoBackup):
        await restore(home)
    assert not (home.data / "postgres").exists()


async def test_a_restore_leaves_nothing_behind_for_the_next_one(home: Home) -> None:
    Archive(home).open()
    async with EmbeddedPostgres(home, services=()) as postgres, EmbeddedSeaweed(home):
        await take_backup(home)
        moment = await write(postgres, 1)
        await write(postgres, 2)
        await until_archived(postgres)
    await restore(home, until=moment)
    async with EmbeddedPostgres(home, services=()) as postgres, EmbeddedSeaweed(home):
        assert await rows(postgres) == [1]
        taken = await take_backup(home)
        # What an older version left in a base is overruled and cleaned away.
        with (taken.base / "postgresql.auto.conf").open("a") as settings:
            settings.write(f"recovery_target_time = '{moment}'\n")
        await write(postgres, 3)
        await until_archived(postgres)
    assert await restored_rows(home) == [1, 3]
    data = home.data / "postgres"
    assert "recovery" not in (data / "postgresql.auto.conf").read_text()
    assert not (data / "recovery.signal").exists()


async def test_a_moment_is_reached_from_the_base_before_it(home: Home) -> None:
    Archive(home).open()
    async with EmbeddedPostgres(home, services=()) as postgres, EmbeddedSeaweed(home):
        before = await write(postgres, 1)
        first = (await take_backup(home)).base
        moment = await write(postgres, 2)
        late = await write(postgres, 3)
        await take_backup(home)
        await write(postgres, 4)
        await until_archived(postgres)
    earliest = bases_of(Archive(home))[0]
    with pytest.raises(NoBackup, match=f"earliest possible moment is {earliest.moment:%Y-%m-%d %H:%M:%S}"):
        await restore(home, until=before)
    assert earliest.path == first
    assert await restored_rows(home, until=moment) == [1, 2]
    # The wrong moment was chosen: a later one lies on the timeline that was left.
    assert await restored_rows(home, until=late) == [1, 2, 3]
    # The second base lies behind the branch: it does not lead to the newest timeline.
    assert await restored_rows(home) == [1, 2, 3]


async def test_a_moment_that_is_not_reached_is_refused(home: Home) -> None:
    Archive(home).open()
    for wrong in ("yesterday", "2026-01-01 03:00:00", "2999-01-01 00:00:00+08"):
        with pytest.raises(NoMoment):
            await restore(home, until=wrong)
    async with EmbeddedPostgres(home, services=()) as postgres, EmbeddedSeaweed(home):
        await take_backup(home)
        behind = await write(postgres, 1)
    await restore(home, until=behind)
    with pytest.raises(PartFailed, match="recovery ended before configured recovery target was reached"):
        await EmbeddedPostgres(home, services=()).start()


def test_a_segment_is_handed_over_again_after_a_kill(home: Home) -> None:
    archive = Archive(home)
    archive.open()
    segment = home.path / "segment"
    segment.write_bytes(b"log" * 1000)

    told = archive.settings()["archive_command"]

    def hand_over(source: Path) -> int:
        command = told.replace("%p", str(source)).replace("%f", "0" * 24)
        return subprocess.run(["/bin/sh", "-c", command], check=False).returncode

    (home.path / "archiving").unlink()
    assert hand_over(segment) == 0 and not list(archive.log.iterdir()), "without a mark nothing is kept"
    (home.path / "archiving").touch()
    (archive.log / f".{'0' * 24}").write_bytes(b"half")
    assert hand_over(segment) == 0
    assert hand_over(segment) == 0, "the kill came before PostgreSQL had noted it"
    other = home.path / "other"
    other.write_bytes(b"another database's")
    assert hand_over(other) != 0
    assert [path.read_bytes() for path in archive.log.iterdir()] == [segment.read_bytes()]
    archive.log.rename(home.path / "unmounted")
    assert hand_over(segment) != 0, "an archive that is away is no archive that nobody opened"


async def test_the_log_before_the_oldest_kept_base_is_removed(home: Home) -> None:
    archive = Archive(home)
    archive.open()
    async with EmbeddedPostgres(home, services=()) as postgres, EmbeddedSeaweed(home):
        for row in range(5):
            await take_backup(home)
            await write(postgres, row)
            await until_archived(postgres)
        await take_backup(home)
    bases = bases_of(archive)
    kept = sorted(path.name for path in archive.log.iterdir() if len(path.name) == 24)
    assert len(bases) == 3 and kept[0] == bases[0].first_segment
    assert await restored_rows(home, until=bases[0].moment.isoformat()) == [0, 1, 2]
