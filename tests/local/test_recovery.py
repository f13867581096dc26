"""Backup and restore of a home: everything to the last archived moment, or to a moment that is asked for."""

import asyncio
import io
import shutil

import asyncpg
import pytest

from huzhu.home import Home
from huzhu.parts import EmbeddedPostgres, EmbeddedSeaweed
from huzhu.recovery.archive import Archive, NoBackup
from huzhu.recovery.backup import take_backup
from huzhu.recovery.restore import restore

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
    last = archive.newest_base()
    shutil.rmtree(home.data)
    assert (await restored_rows(home))[:3] == [1, 2, 3]
    async with EmbeddedSeaweed(home) as seaweed:
        assert seaweed.client().get_object(BUCKET, "a/b").read() == b"paper"
    assert await restored_rows(home, until=moment) == [1, 2]
    assert archive.newest_base() == last and list(home.data.glob("postgres.before-*"))
    assert running_on(home) == []


async def test_without_a_backup_nothing_is_touched(home: Home) -> None:
    Archive(home).open()
    with pytest.raises(NoBackup):
        await restore(home)
    assert not (home.data / "postgres").exists()
