"""The commands of a service as processes: they migrate an empty database, serve, and stop when told."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import asyncpg
import httpx
import pytest

from ..conftest import ROOT, Parts
from ..e2e.conftest import free_port

NAME = "activities"


@pytest.fixture
async def own_environment(parts: Parts) -> dict[str, str]:
    """The service on an empty database of its own."""
    database = f"huzhu_{NAME}_command_{os.getpid()}"
    admin = await asyncpg.connect(parts.postgres.dsn())
    await admin.execute(f"CREATE DATABASE {database} OWNER {NAME}_owner")
    await admin.close()
    values = parts.environment()
    own = {
        n: v.rsplit("/", 1)[0] + f"/{database}"
        for n, v in values.items()
        if n.startswith(NAME.upper()) and "URL" in n
    }
    return {**os.environ, **values, **own}


def run(environment: dict[str, str], command: str, service: str = NAME) -> subprocess.CompletedProcess[str]:
    argv = [sys.executable, "-m", service, command]
    return subprocess.run(argv, env=environment, cwd=ROOT, capture_output=True, text=True, timeout=120)


def test_settings_that_are_missing_or_wrong_are_named_without_any_value(parts: Parts) -> None:
    """A secret in a log stays there: not even its end is shown."""
    values = {**os.environ, **parts.environment()}
    for name in ("HUZHU_LINK_KEY", "ACTIVITIES_RELAY_DATABASE_URL"):
        del values[name]
    values |= {"ACTIVITIES_DATABASE_POOL_SIZE": "zehn", "HUZHU_MASTER_KEYS": "Zk3q9QwErTyUiOpAsDfGhJkLzXcVb1"}
    ended = run(values, "api")
    said = ended.stderr.strip().splitlines()
    assert ended.returncode == 1 and ended.stdout == ""
    named = sorted(line.split()[1] for line in said)
    assert named == ["ACTIVITIES_DATABASE_POOL_SIZE", "ACTIVITIES_RELAY_DATABASE_URL", "HUZHU_LINK_KEY"]
    assert "未设置" in "".join(said) and "XcVb1" not in ended.stderr and "zehn" not in ended.stderr


@pytest.mark.parametrize(
    ("service", "command", "chosen", "named"),
    [
        ("notify", "worker", {"NOTIFY_SMS": "aliyun"},
         ["NOTIFY_ALIYUN_ACCESS_KEY_ID", "NOTIFY_ALIYUN_ACCESS_KEY_SECRET"]),
        ("identity", "api", {"IDENTITY_VERIFICATION": "tencent"}, ["IDENTITY_TENCENT_SECRET_ID"]),
        ("enrollment", "api", {"ENROLLMENT_PAYMENTS": "wechat"}, ["ENROLLMENT_WECHAT_MERCHANTS"]),
        ("activities", "worker", {"HUZHU_BUS": "kafka"}, ["HUZHU_KAFKA_SERVERS"]),
    ],
)  # fmt: skip
def test_a_provider_that_is_chosen_without_its_keys_is_refused_at_the_start(
    parts: Parts, service: str, command: str, chosen: dict[str, str], named: list[str]
) -> None:
    given = {"NOTIFY_ALIYUN_ACCESS_KEY_ID": " ", "IDENTITY_TENCENT_SECRET_KEY": "Zk3q9QwErTyUiOpA"}
    environment = {**os.environ, **parts.environment(), **given, **chosen}
    environment.pop("HUZHU_KAFKA_SERVERS", None)
    ended = run(environment, command, service)
    said = ended.stderr.strip().splitlines()
    assert ended.returncode == 1, ended.stderr
    assert [line.split()[1] for line in said] == named and "Zk3q9" not in ended.stderr
    (choice,) = [f"{name}={value}" for name, value in chosen.items()]
    assert all(f"未设置 is not set: {choice} 需要它 needs it" in line for line in said)


async def test_migrate_then_serve_then_stop(own_environment: dict[str, str], tmp_path: Path) -> None:
    for _ in range(2):
        migrated = run(own_environment, "migrate")
        assert migrated.returncode == 0, migrated.stderr + migrated.stdout
    await closed_to_others(own_environment)

    port, probe = free_port(), free_port()
    environment = {n: v for n, v in own_environment.items() if "_OWNER_" not in n}
    environment |= {"PORT": str(port), "HUZHU_PROBE_PORT": str(probe)}
    log = (tmp_path / "log").open("w")
    made = [
        subprocess.Popen(
            [sys.executable, "-m", NAME, kind], env=environment, cwd=ROOT, stdout=log, stderr=log
        )
        for kind in ("api", "schedule")
    ]
    try:
        answered(f"http://127.0.0.1:{port}/readyz", made)
        answered(f"http://127.0.0.1:{probe}/readyz", made)
        assert httpx.get(f"http://127.0.0.1:{port}/api/{NAME}/campaigns", trust_env=False).status_code == 401
        leads(f"http://127.0.0.1:{probe}/metrics")
    finally:
        for process in made:
            process.send_signal(signal.SIGTERM)
        codes = [process.wait(40) for process in made]
    assert codes == [-signal.SIGTERM, 0], (tmp_path / "log").read_text()


def answered(url: str, made: list[subprocess.Popen[bytes]]) -> None:
    end = time.monotonic() + 120
    while time.monotonic() < end:
        assert all(process.poll() is None for process in made)
        try:
            if httpx.get(url, trust_env=False).status_code == 200:
                return
        except httpx.HTTPError:
            pass
        time.sleep(0.1)
    raise AssertionError(url)


def leads(url: str) -> None:
    end = time.monotonic() + 30
    while f'huzhu_schedule_leader{{service="{NAME}"}} 1.0' not in httpx.get(url, trust_env=False).text:
        assert time.monotonic() < end
        time.sleep(0.1)


async def closed_to_others(environment: dict[str, str]) -> None:
    own = environment[f"{NAME.upper()}_DATABASE_URL"].replace("+asyncpg", "")
    connection = await asyncpg.connect(own)
    assert await connection.fetchval("SELECT count(*) FROM tenant_directory") == 0
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await connection.execute("CREATE TABLE mine (id int)")
    await connection.close()
    other = (
        environment["NOTIFY_DATABASE_URL"].replace("+asyncpg", "").rsplit("/", 1)[0]
        + "/"
        + own.rsplit("/", 1)[1]
    )
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await asyncpg.connect(other)


def test_an_unknown_command_is_told() -> None:
    told = run(dict(os.environ), "fly")
    assert told.returncode == 1 and "api | worker | schedule | migrate" in told.stderr
