"""PostgreSQL after restarts, kills and half-done starts: what was committed stays."""

import asyncio
import os
import random
import signal
import subprocess
from pathlib import Path

import asyncpg
import psutil
import pytest

from huzhu.home import Home
from huzhu.parts import EmbeddedPostgres
from huzhu.parts.postgres_cluster import binary, unprivileged_user
from huzhu.processes.program import StillRunning, record_path
from huzhu.processes.record import Record

from .processes import eventually, lives, running_on

SERVICES = ("claims",)


async def run(postgres: EmbeddedPostgres, query: str, role: str = "claims_owner") -> object:
    connection = await asyncpg.connect(postgres.dsn("huzhu_claims", role))
    try:
        return await connection.fetchval(query)
    finally:
        await connection.close()


async def write_until_dead(postgres: EmbeddedPostgres, done: list[int]) -> None:
    """Appends each number to `done` after its commit was answered."""
    connection = await asyncpg.connect(postgres.dsn("huzhu_claims", "claims_owner"))
    try:
        for number in range(done[-1] + 1 if done else 0, 1_000_000):
            await connection.execute("INSERT INTO written VALUES ($1)", number)
            done.append(number)
    except (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, OSError):
        return
    finally:
        connection.terminate()


async def test_committed_rows_survive_kills_at_random_moments(kept_home: Home) -> None:
    postgres = EmbeddedPostgres(kept_home, services=SERVICES)
    await postgres.start()
    await run(postgres, "CREATE TABLE written (number int PRIMARY KEY)")
    done: list[int] = []
    port = postgres.port
    for _ in range(3):
        writer = asyncio.create_task(write_until_dead(postgres, done))
        await asyncio.sleep(0.1 + random.random() * 0.4)
        assert postgres.pid is not None
        os.kill(postgres.pid, signal.SIGKILL)
        await writer
        assert await postgres.wait() == -signal.SIGKILL
        await postgres.stop()
        await postgres.start()
        assert postgres.port == port
        found = await run(postgres, "SELECT array_agg(number) FROM written")
        assert isinstance(found, list)
        assert done, "something was answered"
        assert set(done) <= set(found), "nothing that was answered is lost"
        assert len(found) <= len(done) + 1
        done = sorted(found)
    await postgres.stop()
    assert running_on(kept_home) == []


async def test_passwords_and_rights_are_repaired_at_every_start(kept_home: Home) -> None:
    async with EmbeddedPostgres(kept_home, services=SERVICES) as postgres:
        admin = await asyncpg.connect(postgres.dsn())
        await admin.execute("ALTER ROLE claims_app SUPERUSER PASSWORD 'changed'")
        await admin.execute("GRANT CONNECT ON DATABASE huzhu_claims TO PUBLIC")
        await admin.close()
    async with EmbeddedPostgres(kept_home, services=SERVICES) as postgres:
        assert (
            await run(postgres, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user", "claims_app")
            is False
        )
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await asyncpg.connect(postgres.dsn("huzhu_claims", "bus_app"))


async def test_an_orphan_is_ended_and_its_data_kept(kept_home: Home) -> None:
    first = EmbeddedPostgres(kept_home, services=SERVICES)
    await first.start()
    await run(first, "CREATE TABLE kept (id int)")
    orphan = first.pid
    assert orphan is not None
    # The owner is dead, as the record tells it; the postmaster lives.
    pretend_dead_owner(record_path(kept_home, "postgres"))
    async with EmbeddedPostgres(kept_home, services=SERVICES) as second:
        assert not lives(orphan)
        assert second.pid != orphan
        assert await run(second, "SELECT count(*) FROM kept") == 0
    await first.stop()


async def test_an_orphan_whose_record_is_lost_is_found_by_its_data_folder(kept_home: Home) -> None:
    first = EmbeddedPostgres(kept_home, services=SERVICES)
    await first.start()
    orphan = first.pid
    assert orphan is not None
    record_path(kept_home, "postgres").unlink()
    async with EmbeddedPostgres(kept_home, services=SERVICES):
        assert not lives(orphan)
    await first.stop()


async def test_a_running_server_is_not_taken_from_its_owner(kept_home: Home) -> None:
    async with EmbeddedPostgres(kept_home, services=SERVICES) as postgres:
        with pytest.raises(StillRunning, match="already runs"):
            await EmbeddedPostgres(kept_home, services=SERVICES).start()
        assert await run(postgres, "SELECT 1") == 1


async def test_half_done_starts_are_repaired(home: Home) -> None:
    half_made = home.data_of("postgres.new")
    (half_made / "PG_VERSION").write_text("18\n")
    async with EmbeddedPostgres(home, services=SERVICES):
        data = home.data / "postgres"
    # The lock file of a dead server names a process that is somebody else's by now.
    lock = [str(os.getpid()), str(data), "1700000000", "5432", "", "127.0.0.1", "", "ready"]
    (data / "postmaster.pid").write_text("\n".join(lock) + "\n")
    record_path(home, "postgres").write_text('{"name": "postg')
    async with EmbeddedPostgres(home, services=SERVICES) as postgres:
        assert await run(postgres, "SELECT 1") == 1
    assert not list(home.data.glob("*.password")), "the superuser's password lies about nowhere"


async def test_a_dead_server_nobody_has_reaped_is_no_living_one(kept_home: Home) -> None:
    async with EmbeddedPostgres(kept_home, services=SERVICES) as postgres:
        data = kept_home.data / "postgres"
    user = unprivileged_user()
    dead = subprocess.Popen(
        ["postgres", "--version"],
        executable=binary("postgres"),
        stdout=subprocess.DEVNULL,
        user=user[0] if user else None,
    )
    await eventually(lambda: not lives(dead.pid))
    assert psutil.Process(dead.pid).name() == "postgres", "a zombie keeps its name until it is reaped"
    lock = [str(dead.pid), str(data), "1700000000", "5432", "", "127.0.0.1", "", "ready"]
    (data / "postmaster.pid").write_text("\n".join(lock) + "\n")
    (data / "socket" / f".s.PGSQL.{postgres.port}.lock").write_text("\n".join(lock) + "\n")
    try:
        async with EmbeddedPostgres(kept_home, services=SERVICES) as postgres:
            assert await run(postgres, "SELECT 1") == 1
    finally:
        dead.wait()


async def test_another_process_can_attach(kept_home: Home) -> None:
    async with EmbeddedPostgres(kept_home, services=SERVICES):
        assert await run(EmbeddedPostgres(Home(kept_home.path)).attach(), "SELECT 1") == 1


def pretend_dead_owner(path: Path) -> None:
    record = Record.read(path)
    assert record is not None
    dead = Record(**{**record.__dict__, "owner_started": psutil.boot_time() - 1000.0})
    dead.write(path)
