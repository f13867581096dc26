"""The supervisor as `make run` uses it: order, restarts, stopping, and nothing left behind, however it ends."""

import asyncio
import os
import random
import signal
import sys
from dataclasses import replace

import asyncpg
import psutil
import pytest

from huzhu.home import Home, HomeInUse
from huzhu.parts import EmbeddedPostgres
from huzhu.parts.ports import Ports
from huzhu.supervisor import Child, ChildFailed, Platform

from .processes import PlatformProcess, eventually, family, lives, running_on
from .run_platform import CHILD, platform_on

UNITS = {"postgres", "valkey", "seaweed", "api", "worker", "guard"}


async def test_start_serve_restart_stop(kept_home: Home) -> None:
    platform = platform_on(kept_home)
    await platform.start()
    try:
        pids = platform.pids
        assert set(pids) == UNITS
        with pytest.raises(HomeInUse):
            await platform_on(Home(kept_home.path)).start()
        assert platform.pids == pids, "the refused start has touched nothing"
        assert_secrets_travel_by_environment_only(platform)

        os.kill(pids["api"], signal.SIGKILL)
        os.kill(pids["valkey"], signal.SIGKILL)
        await eventually(
            lambda: {"api", "valkey"} <= set(platform.pids) and platform.pids["api"] != pids["api"]
        )
        assert platform.pids["postgres"] == pids["postgres"]
        everybody = family([*pids.values(), *platform.pids.values()])
    finally:
        await platform.stop()
    assert [pid for pid in everybody if lives(pid)] == []
    assert running_on(kept_home) == []
    assert list(kept_home.run.glob("*.pid.json")) == []
    await platform.stop()  # twice is harmless


def assert_secrets_travel_by_environment_only(platform: Platform) -> None:
    api = psutil.Process(platform.pids["api"])
    assert api.environ()["HUZHU_MASTER_KEYS"] == platform.home.secrets["master_key"]
    assert not [name for name in api.environ() if name.endswith("_OWNER_DATABASE_URL")]
    shown = "".join(" ".join(psutil.Process(pid).cmdline()) for pid in family(platform.pids.values()))
    shown += "".join(log.read_text(errors="replace") for log in platform.home.logs.iterdir())
    secrets = platform.home.secrets
    for value in (
        secrets["master_key"],
        secrets["s3_secret_key"],
        secrets["valkey_password"],
        secrets.role("ocr_app"),
    ):
        assert value not in shown


async def test_processes_are_replaced_and_a_successor_that_fails_is_not_taken(kept_home: Home) -> None:
    ports = Ports(kept_home)
    ways = {name: (ports.take(name), [sys.executable, CHILD, "serve"]) for name in ("api", "api-next")}
    api, successor = (
        Child(name, [*argv, str(port)], ready_url=f"http://127.0.0.1:{port}", service="claims")
        for name, (port, argv) in ways.items()
    )
    worker = Child("worker", ["/bin/sleep", "1000"], service="claims")
    gateway = Child("gateway", ["/bin/sleep", "1000"])
    platform = Platform(kept_home, [replace(api, successor=successor), worker, gateway])
    await platform.start()
    try:
        before = platform.pids
        await platform.replace_processes()
        after = platform.pids
        assert after["api-next"] != before["api"] and "api" not in after
        assert after["worker"] != before["worker"]
        await platform.replace_processes(["notify"])
        assert platform.pids == after, "none of this service's"
        assert after["gateway"] == before["gateway"] and after["postgres"] == before["postgres"]
        assert not lives(before["api"]) and not lives(before["worker"])

        await platform.replace_processes()
        assert platform.pids.keys() == before.keys(), "back on the first port"
        os.kill(platform.pids["api"], signal.SIGKILL)
        killed = platform.pids.get("api")
        await eventually(lambda: platform.pids.get("api") not in {None, killed})

        place = [process.name for process in platform.processes].index("api")
        process = platform.processes[place]
        crashing = replace(successor, argv=[sys.executable, CHILD, "crash"])
        process.child = replace(process.child, successor=crashing)
        kept = platform.pids["api"]
        with pytest.raises(ChildFailed, match="crashed as asked"):
            await platform.replace_processes()
        assert platform.pids["api"] == kept
    finally:
        await platform.stop()
    assert running_on(kept_home) == []


@pytest.mark.parametrize("before", ["", 'trap "" INT'], ids=["at-a-terminal", "a-script's-background"])
async def test_a_signal_stops_all(kept_home: Home, before: str) -> None:
    platform = await PlatformProcess.start(kept_home, before=before)
    everybody = family([platform.process.pid])
    assert len(everybody) > len(UNITS)
    platform.process.send_signal(signal.SIGINT)
    await asyncio.sleep(0.05)
    platform.process.send_signal(signal.SIGTERM)  # an impatient second one must not interrupt the stopping
    assert await platform.process.wait() == 0
    assert [pid for pid in everybody if lives(pid)] == []
    assert running_on(kept_home) == []


async def test_a_platform_that_was_started_by_nohup_outlives_its_terminal(kept_home: Home) -> None:
    platform = await PlatformProcess.launch(kept_home, before='trap "" HUP')
    await eventually(lambda: (kept_home.run / "postgres.pid.json").exists())
    platform.process.send_signal(signal.SIGHUP)
    assert platform.process.stdout is not None
    while line := await platform.process.stdout.readline():
        if line.startswith(b"{"):
            break
    assert line, "it ended while it started"
    platform.process.send_signal(signal.SIGINT)
    assert await platform.process.wait() == 0
    assert running_on(kept_home) == []


async def test_a_signal_while_it_starts(kept_home: Home) -> None:
    platform = await PlatformProcess.launch(kept_home)
    await eventually(lambda: (kept_home.run / "postgres.pid.json").exists())
    platform.process.send_signal(signal.SIGTERM)
    assert await platform.process.wait() == 0
    assert running_on(kept_home) == []


async def test_a_killed_supervisor_leaves_nothing_and_continues(kept_home: Home) -> None:
    platform = await PlatformProcess.start(kept_home)
    await write_row(kept_home)
    everybody = family([platform.process.pid])
    platform.kill()
    await platform.process.wait()
    await eventually(lambda: not any(lives(pid) for pid in everybody), within_s=90)
    assert running_on(kept_home) == []

    # Again, everything at once this time, and at a moment in the middle of a start.
    platform = await PlatformProcess.start(kept_home)
    assert await count_rows(kept_home) == 1
    platform.kill_everything()
    await platform.process.wait()
    platform = await PlatformProcess.launch(kept_home)
    await asyncio.sleep(0.2 + random.random())
    platform.kill_everything()
    await platform.process.wait()
    platform = await PlatformProcess.start(kept_home)
    assert await count_rows(kept_home) == 1
    platform.process.send_signal(signal.SIGTERM)
    assert await platform.process.wait() == 0
    assert running_on(kept_home) == []


async def write_row(home: Home) -> None:
    connection = await asyncpg.connect(EmbeddedPostgres(home).attach().dsn("huzhu_claims", "claims_owner"))
    await connection.execute("CREATE TABLE kept AS SELECT 1 AS id")
    await connection.close()


async def count_rows(home: Home) -> object:
    connection = await asyncpg.connect(EmbeddedPostgres(home).attach().dsn("huzhu_claims", "claims_owner"))
    try:
        return await connection.fetchval("SELECT count(*) FROM kept")
    finally:
        await connection.close()


async def test_two_platforms_side_by_side(kept_home: Home, home: Home) -> None:
    first, second = platform_on(kept_home), platform_on(home)
    await asyncio.gather(first.start(), second.start())
    try:
        assert not set(first.pids.values()) & set(second.pids.values())
        assert first.postgres.port != second.postgres.port
        await first.stop()
        assert set(second.pids) == UNITS
    finally:
        await asyncio.gather(first.stop(), second.stop())
    assert running_on(kept_home) == running_on(home) == []


async def test_a_child_that_cannot_start_takes_the_platform_down_with_its_log(kept_home: Home) -> None:
    crashing = Child("api", [sys.executable, CHILD, "crash"], ready_url="http://127.0.0.1:9/")
    with pytest.raises(ChildFailed, match="crashed as asked"):
        await Platform(kept_home, [crashing]).start()
    assert running_on(kept_home) == []
    with kept_home.lock():
        pass  # free again


async def test_preparation_comes_between_parts_and_processes(kept_home: Home) -> None:
    seen: list[set[str]] = []

    async def prepare(platform: Platform) -> None:
        seen.append(set(platform.pids))
        connection = await asyncpg.connect(
            platform.environment()["CLAIMS_OWNER_DATABASE_URL"].replace("+asyncpg", "")
        )
        await connection.close()
        raise ValueError("a migration failed")

    with pytest.raises(ValueError, match="a migration failed"):
        await Platform(kept_home, [Child("api", ["/bin/true"])], prepare=prepare).start()
    assert seen == [{"postgres", "valkey", "seaweed", "guard"}]
    assert running_on(kept_home) == []
