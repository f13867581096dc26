"""Backups of one server: its scripts and commands bring back what was destroyed, on a real database and store."""

import asyncio
import io
import os
import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import asyncpg
import pytest

from common.clock import now
from huzhu.home import Home, HomeInUse
from huzhu.parts import EmbeddedPostgres, EmbeddedSeaweed
from huzhu.parts.archive import Archive, NoBackup, give_away
from huzhu.parts.postgres_cluster import binary
from huzhu.recovery.bases import bases_of
from huzhu.recovery.objects import copy_objects, put_objects_back
from huzhu.recovery.restore import NoMoment
from huzhu.recovery.server import restore_database

from ..stack_broker import short_lived_home
from .manifests import ROOT
from .test_compose import read, run

COMPOSE = ROOT / "deploy" / "compose"
SCRIPTS = COMPOSE / "scripts"
TODAY = now()


@pytest.fixture
def home() -> Iterator[Home]:
    made = short_lived_home("huzhu-compose-backup-")
    yield made
    shutil.rmtree(made.path.parent, ignore_errors=True)


@pytest.fixture
def archive(home: Home, monkeypatch: pytest.MonkeyPatch) -> Archive:
    """The archive of a server: its database is told what compose.yaml tells it, and recovers as its own file says."""
    made = Archive(home)
    made.open()
    give_away(made.bases)
    shutil.copy(SCRIPTS / "archive-mark.sh", made.path)
    script = Path(shutil.copy(SCRIPTS / "keep-segment.sh", made.path))
    beside = made.path.parent / "beside"  # the volume of the data
    beside.mkdir()
    give_away(beside)
    known = beside / ".archive"
    told = {
        "archive_mode": "on",
        "archive_command": f"ARCHIVE={made.path} KNOWN={known} sh {script} %p %f",
    }
    monkeypatch.setattr(Archive, "settings", lambda _: told)
    monkeypatch.setattr("huzhu.parts.recovering.recovery_settings", lambda *_: {})
    return made


def back_up(postgres: EmbeddedPostgres, archive: Archive) -> str:
    """What backup.sh does inside the database's container."""
    return run(
        SCRIPTS / "base-backup.sh",
        environment={
            "PATH": f"{binary('pg_basebackup').parent}:{os.environ['PATH']}",
            "ARCHIVE": str(archive.path),
            "KNOWN": str(archive.path.parent / "beside" / ".archive"),
            "POSTGRES_PASSWORD": postgres.home.secrets.role("postgres"),
            "PGPORT": str(postgres.port),
        },
    )


async def write(postgres: EmbeddedPostgres, row: int) -> str:
    connection = await asyncpg.connect(postgres.dsn())
    await connection.execute("CREATE TABLE IF NOT EXISTS kept (id int PRIMARY KEY)")
    await connection.execute("INSERT INTO kept VALUES ($1)", row)
    await asyncio.sleep(0.2)
    moment = await connection.fetchval("SELECT clock_timestamp()::text")
    await asyncio.sleep(0.2)
    await connection.close()
    return str(moment)


async def until_archived(postgres: EmbeddedPostgres) -> None:
    connection = await asyncpg.connect(postgres.dsn())
    wanted = await connection.fetchval("SELECT pg_walfile_name(pg_switch_wal())")
    async with asyncio.timeout(60):
        while (
            await connection.fetchval("SELECT coalesce(last_archived_wal,'') FROM pg_stat_archiver")
        ) < wanted:
            await asyncio.sleep(0.1)
    await connection.close()


def segments_of(archive: Archive) -> list[str]:
    return [path.name.removesuffix(".gz") for path in archive.log.glob("?" * 24 + ".gz")]


async def rows_of(home: Home) -> list[int]:
    async with EmbeddedPostgres(home, services=()) as postgres:
        connection = await asyncpg.connect(postgres.dsn())
        found = await connection.fetch("SELECT id FROM kept ORDER BY id")
        await connection.close()
    return [row["id"] for row in found]


@pytest.mark.timeout(300)
async def test_what_was_destroyed_comes_back_to_the_end_and_to_a_moment(home: Home, archive: Archive) -> None:
    data = home.data / "postgres"
    async with EmbeddedPostgres(home, services=()) as postgres:
        await write(postgres, 1)
        await until_archived(postgres)
        assert segments_of(archive) == [], "nothing could be replayed from it"
        assert "backup taken" in back_up(postgres, archive)
        moment = await write(postgres, 2)
        await write(postgres, 3)
        await until_archived(postgres)
    shutil.rmtree(data)
    base = restore_database(archive.path, data, until=None, host="127.0.0.1")
    give_away(data)
    assert base.path == bases_of(archive)[0].path
    told = (data / "postgresql.auto.conf").read_text()
    assert "restore_command = " in told and "recovery_target_time =" not in told
    assert await rows_of(home) == [1, 2, 3]
    restore_database(archive.path, data, until=moment, host="127.0.0.1")
    told = (data / "postgresql.auto.conf").read_text()
    assert told.count("recovery_target_time = ") == 1 and told.count("restore_command = ") == 1
    assert await rows_of(home) == [1, 2]
    assert list(data.parent.glob("postgres.before-*")), "what was there is put aside"


@pytest.mark.timeout(300)
async def test_older_backups_go_with_the_log_that_only_they_needed(home: Home, archive: Archive) -> None:
    async with EmbeddedPostgres(home, services=()) as postgres:
        for days in (9, 8, 0):
            back_up(postgres, archive)
            await write(postgres, days)
            await until_archived(postgres)
            if days:
                newest = bases_of(archive)[-1].path
                newest.rename(newest.with_name(name_of(days)))
    bases = bases_of(archive)
    assert [base.path.name for base in bases][:-1] == [name_of(8)]
    assert min(segments_of(archive)) == bases[0].first_segment


def name_of(days: int, hour: int = 1) -> str:
    """The base backup of a day of before."""
    return f"{TODAY - timedelta(days=days):%Y%m%d}T{hour:02}0000000000"


def test_seven_days_stay_however_often_a_backup_was_taken(tmp_path: Path) -> None:
    (tmp_path / "log").mkdir()
    taken = [name_of(days, hour) for days in (12, 10, 9, 8, 5, 4, 2) for hour in (1, 2, 3)]
    taken += ["2" + "9" * 7 + f"T0{hour}0000000000" for hour in (1, 2, 3)]  # today's, in any time zone
    for number, name in enumerate(taken):
        (tmp_path / "bases" / name).mkdir(parents=True)
        label = f"START WAL LOCATION: 0/0 (file {number:024X})\n"
        (tmp_path / "bases" / name / "backup_label").write_text(label)
        (tmp_path / "log" / f"{number:024X}.gz").touch()
    environment = {
        "PATH": f"{binary('pg_archivecleanup').parent}:{os.environ['PATH']}",
        "ARCHIVE": str(tmp_path),
    }
    run("bash", SCRIPTS / "forget-older.sh", environment=environment)
    stay = [name_of(8, 3), *(name_of(days) for days in (5, 4, 2)), taken[-3], taken[-1]]
    assert sorted(path.name for path in (tmp_path / "bases").iterdir()) == stay
    assert min(path.name for path in (tmp_path / "log").iterdir()) == f"{taken.index(stay[0]):024X}.gz"


def test_nothing_is_touched_without_a_backup_or_beside_a_running_database(home: Home, tmp_path: Path) -> None:
    archive = Archive(home)
    archive.open()
    with pytest.raises(NoBackup):
        restore_database(archive.path, tmp_path / "data", until=None, host="nowhere.invalid")
    with pytest.raises(NoMoment):
        restore_database(archive.path, tmp_path / "data", until="yesterday", host="nowhere.invalid")
    assert not (tmp_path / "data").exists()


async def test_a_running_database_refuses_the_restore(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
    monkeypatch.setattr("huzhu.recovery.server.PORT", server.sockets[0].getsockname()[1])
    with pytest.raises(HomeInUse):
        await asyncio.to_thread(restore_database, tmp_path, tmp_path / "data", until=None, host="127.0.0.1")
    server.close()


@pytest.mark.timeout(120)
async def test_objects_go_out_once_and_come_back(home: Home) -> None:
    folder = home.path / "objects"
    async with EmbeddedSeaweed(home) as seaweed:
        client = seaweed.client()
        client.make_bucket("huzhu-papers")
        client.put_object("huzhu-papers", "a/b", io.BytesIO(b"paper"), 5)
        assert copy_objects(client, folder) >= 1
        assert copy_objects(client, folder) == 0
        client.remove_object("huzhu-papers", "a/b")
        assert put_objects_back(client, folder) == 1
        assert client.get_object("huzhu-papers", "a/b").read() == b"paper"


def test_the_file_calls_what_was_tried_here() -> None:
    services = read(COMPOSE)["services"]
    told = services["postgres"]["command"]
    assert "-carchive_command=sh /scripts/keep-segment.sh %p %f" in told and "-carchive_mode=on" in told
    assert "-carchive_timeout=60s" in told, "docs/slo.md promises that no more is lost"
    called = (COMPOSE / "backup.sh").read_text()
    assert (
        "postgres bash /scripts/base-backup.sh" in called and "huzhu objects save /archive/objects" in called
    )
    assert services["restore"]["entrypoint"] == ["huzhu", "restore-database"]
    assert "archive-folders" in services["restore"]["depends_on"], (
        "it gives a new volume to the database's user"
    )
    assert "database:/var/lib/postgresql" in services["archive-folders"]["volumes"]
    database = set(services["restore"]["volumes"])
    assert {"database:/var/lib/postgresql", "archive:/archive"} == database
    for mount in ("./scripts:/scripts:ro", "archive:/archive", "database:/var/lib/postgresql"):
        assert mount in services["postgres"]["volumes"]
