"""An upgrade: the code before and the code of this tree serve side by side on this tree's schema; the older one's own
client does the main job on both.

The older tree comes from the repository's history (`trees.before`); without one the test says so and is skipped.
"""

import asyncio
import os
import shutil
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import httpx
import pytest

from common.bus.postgres import create_schema
from huzhu.environment import service_environment
from huzhu.home import SERVICES, Home
from huzhu.parts import EmbeddedPostgres, EmbeddedSeaweed, EmbeddedValkey
from huzhu.parts.ports import HOST, Ports
from tests.conftest import ROOT
from tests.stack_broker import short_lived_home

from . import trees
from .alternating import alternating

pytestmark = [pytest.mark.stack, pytest.mark.timeout(1500)]
START_SECONDS = 900.0
MIGRATING = Path(__file__).with_name("migrate_all.py")
LOADING = Path(__file__).with_name("load_union.py")
ONE_IMPORTS = {"CLAIMS_FEED_EVERY": "P1D"}
"""Demos up to the afternoon of 28 November 2026 count on the first of two files being imported first."""
UNDER_WAY = ("outbox", "parked_event", "dead_letter")


@dataclass
class Ground:
    """The parts, which stay while the code above them changes."""

    home: Home
    postgres: EmbeddedPostgres
    environment: Mapping[str, str]
    ports: Ports

    @property
    def without_owners(self) -> dict[str, str]:
        return {name: value for name, value in self.environment.items() if "_OWNER_" not in name}


@asynccontextmanager
async def ground() -> AsyncIterator[Ground]:
    home = short_lived_home("huzhu-upgrade-")
    async with AsyncExitStack() as stack:
        stack.callback(shutil.rmtree, home.path.parent, ignore_errors=True)
        postgres = await stack.enter_async_context(EmbeddedPostgres(home))
        valkey = await stack.enter_async_context(EmbeddedValkey(home))
        seaweed = await stack.enter_async_context(EmbeddedSeaweed(home))
        ports = Ports(home)
        environment = service_environment(
            home,
            postgres=postgres,
            valkey=valkey,
            seaweed=seaweed,
            public_url=f"http://{HOST}:{ports.take('before.api')}",
        )
        await create_schema(environment["BUS_OWNER_DATABASE_URL"])
        yield Ground(home, postgres, environment, ports)


async def run(
    tree: Path, *words: str, environment: Mapping[str, str], log: Path
) -> asyncio.subprocess.Process:
    """Start Python with a tree's code."""
    with log.open("ab") as out:
        return await asyncio.create_subprocess_exec(
            *(sys.executable, *words),
            cwd=tree,
            env={**os.environ, **environment, "PYTHONPATH": trees.path_of(tree)},
            stdout=out,
            stderr=subprocess.STDOUT,
        )


async def migrate(place: Ground, tree: Path) -> None:
    """Bring every database to the schema of a tree, by its own commands."""
    log = place.home.log_of("migrate")
    process = await run(tree, str(MIGRATING), *SERVICES, environment=place.environment, log=log)
    try:
        assert await asyncio.wait_for(process.wait(), START_SECONDS) == 0, log.read_text()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


@asynccontextmanager
async def serving(place: Ground, tree: Path, name: str, **more: str) -> AsyncIterator[str]:
    """An api, a worker and a recogniser of a tree's code with `more` settings; yields the api's address."""
    api, worker = place.ports.take(f"{name}.api"), place.ports.take(f"{name}.worker")
    given = {"api": {"PORT": str(api)}, "worker": {"HUZHU_PROBE_PORT": str(worker)}, "recognition": {}}
    started: list[asyncio.subprocess.Process] = []
    logs = [place.home.log_of(f"{name}-{command}") for command in given]
    try:
        for log, (command, own) in zip(logs, given.items(), strict=True):
            values = {**place.without_owners, "OCR_THREADS": "1", **more, **own}
            started.append(await run(tree, "-m", "huzhu", command, environment=values, log=log))
        for port in (api, worker):
            await ready(f"http://{HOST}:{port}/readyz", started, logs)
        yield f"http://{HOST}:{api}"
        assert [process.returncode for process in started] == [None] * len(started), tails(logs)
    finally:
        for process in started:
            if process.returncode is None:
                process.terminate()
        for process in started:
            try:
                await asyncio.wait_for(process.wait(), 40)
            except TimeoutError:
                process.kill()
                await process.wait()


async def ready(address: str, started: list[asyncio.subprocess.Process], logs: list[Path]) -> None:
    end = time.monotonic() + START_SECONDS
    async with httpx.AsyncClient(trust_env=False, timeout=10) as http:
        while True:
            try:
                if (await http.get(address)).is_success:
                    return
            except httpx.TransportError:
                pass
            assert all(process.returncode is None for process in started), tails(logs)
            assert time.monotonic() < end, tails(logs)
            await asyncio.sleep(0.2)


def tails(logs: list[Path]) -> str:
    return "\n".join(
        f"--- {log.name}\n{log.read_text(errors='replace')[-3000:]}" for log in logs if log.exists()
    )


async def by(place: Ground, tree: Path, *words: str, url: str = "") -> str:
    """Run a command of a tree's code as an operator does, and return what it said; it must succeed."""
    secrets = place.home.secrets
    environment = {
        **place.without_owners,
        "HUZHU_URL": url,
        "HUZHU_HOME": str(place.home.path),
        "HUZHU_OPERATOR_SECRET": secrets["platform_operator_1"],
        "HUZHU_DEMO_PASSWORD": secrets["demo_password"],
    }
    log = place.home.log_of("command")
    process = await run(tree, *words, environment=environment, log=log)
    try:
        code = await asyncio.wait_for(process.wait(), START_SECONDS)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    logs = [log, *sorted(place.home.logs.glob("*-api.log")), *sorted(place.home.logs.glob("*-worker.log"))]
    assert code == 0, f"{' '.join(words)}\n{tails(logs)}"
    return log.read_text()


async def left(place: Ground) -> dict[str, int]:
    """What was given up or is still on its way, in all services."""
    counted = dict.fromkeys(UNDER_WAY, 0)
    for service in SERVICES:
        connection = await asyncpg.connect(place.postgres.dsn(f"huzhu_{service}"))
        for table in UNDER_WAY:
            counted[table] += await connection.fetchval(f"SELECT count(*) FROM {table}")
        await connection.close()
    return counted


async def test_old_and_new_code_serve_side_by_side_on_the_new_schema(tmp_path: Path) -> None:
    commit, why = trees.before()
    if not commit:
        pytest.skip(why)
    older = trees.take(commit, tmp_path / "older")
    async with ground() as place:
        await migrate(place, older)
        async with serving(place, older, "before", **ONE_IMPORTS) as old:
            union = older / "tenants" / "wuxi.yaml"
            await by(place, older, str(LOADING), old, str(union))
            await migrate(place, ROOT)
            async with serving(place, ROOT, "after") as new, alternating(old, new) as (between, url):
                told = await by(place, older, "-m", "huzhu", "demo", url=url)
                assert "全部通过" in told
                end = time.monotonic() + 120
                while (counted := await left(place))["outbox"] and time.monotonic() < end:
                    await asyncio.sleep(0.5)
    assert counted == dict.fromkeys(UNDER_WAY, 0)
    assert between.failed == []
    assert between.answered["old"] > 20 and between.answered["new"] > 20


def test_an_older_tree_runs_its_own_code(tmp_path: Path) -> None:
    commit, why = trees.before()
    if not commit:
        pytest.skip(why)
    older = trees.take(commit, tmp_path / "older")
    told = subprocess.run(
        [
            sys.executable,
            "-c",
            "import common, claims, huzhu; print(common.__file__, claims.__file__, huzhu.__file__)",
        ],
        env={**os.environ, "PYTHONPATH": trees.path_of(older)},
        cwd=older,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    assert len(told) == 3 and all(place.startswith(str(older)) for place in told)
