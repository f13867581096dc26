"""An upgrade: the code before and the code of this tree serve side by side on this tree's schema, the main job passes.

The older tree comes from the repository's history (`trees.before`); without one the test says so and is skipped.
"""

import asyncio
import itertools
import os
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import httpx
import pytest

from common.bus.postgres import create_schema
from common.contracts.pack import load_pack
from huzhu.demo.run import STEPS
from huzhu.demo.world import World
from huzhu.environment import service_environment
from huzhu.home import SERVICES, Home
from huzhu.operator import Operator, load_tenant
from huzhu.parts import EmbeddedPostgres, EmbeddedSeaweed, EmbeddedValkey
from huzhu.parts.ports import HOST, Ports
from tests.conftest import ROOT
from tests.stack_broker import short_lived_home

from . import trees

pytestmark = [pytest.mark.deploy, pytest.mark.timeout(1500)]
START_SECONDS = 900.0
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
    """Start a process of a tree's code."""
    with log.open("ab") as out:
        return await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", *words),
            cwd=tree,
            env={**os.environ, **environment, "PYTHONPATH": trees.path_of(tree)},
            stdout=out,
            stderr=subprocess.STDOUT,
        )


async def migrate(place: Ground, tree: Path) -> None:
    """Bring every database to the schema of a tree, by its own command."""

    async def one(service: str) -> None:
        log = place.home.log_of(f"{service}-migrate")
        process = await run(tree, service, "migrate", environment=place.environment, log=log)
        try:
            assert await asyncio.wait_for(process.wait(), START_SECONDS) == 0, log.read_text()
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()

    await asyncio.gather(*(one(service) for service in SERVICES))


@asynccontextmanager
async def serving(place: Ground, tree: Path, name: str) -> AsyncIterator[str]:
    """An api, a worker and a recogniser of a tree's code; yields the api's address."""
    api, worker = place.ports.take(f"{name}.api"), place.ports.take(f"{name}.worker")
    given = {"api": {"PORT": str(api)}, "worker": {"HUZHU_PROBE_PORT": str(worker)}, "recognition": {}}
    started: list[asyncio.subprocess.Process] = []
    logs = [place.home.log_of(f"{name}-{command}") for command in given]
    try:
        for log, (command, own) in zip(logs, given.items(), strict=True):
            values = {**place.without_owners, "OCR_THREADS": "1", **own}
            started.append(await run(tree, "huzhu", command, environment=values, log=log))
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


class Alternating(httpx.AsyncBaseTransport):
    """Sends one request to the one, the next to the other, as a gateway in front of both would."""

    def __init__(self, *addresses: str) -> None:
        self._urls = itertools.cycle([httpx.URL(address) for address in addresses])
        self._transport = httpx.AsyncHTTPTransport()
        self.served: Counter[int] = Counter()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        target = next(self._urls)
        self.served[target.port or 0] += 1
        request.url = request.url.copy_with(host=target.host, port=target.port)
        return await self._transport.handle_async_request(request)

    async def aclose(self) -> None:
        await self._transport.aclose()


async def main_job(place: Ground, tree: Path, transport: Alternating, folder: Path) -> None:
    """All steps of the demo, of a union of the older tree."""
    pack = load_pack(tree / "tenants" / "wuxi.yaml")
    http = httpx.AsyncClient(transport=transport, base_url="http://both", timeout=120)
    async with http:
        world = World(http, pack, 5, place.home.secrets["demo_password"], folder)
        for title, step in STEPS:
            try:
                await step(world)
            except Exception as error:
                logs = sorted(place.home.logs.glob("*-api.log")) + sorted(
                    place.home.logs.glob("*-worker.log")
                )
                raise AssertionError(f"{title}: {error!r}\n{tails(logs)}") from error


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
        async with serving(place, older, "before") as old:
            secrets = place.home.secrets
            async with Operator(old, "ops1", secrets["platform_operator_1"]) as operator:
                union = older / "tenants" / "wuxi.yaml"
                await load_tenant(operator, union, demo_password=secrets["demo_password"])
            await migrate(place, ROOT)
            async with serving(place, ROOT, "after") as new:
                transport = Alternating(old, new)
                await main_job(place, older, transport, tmp_path)
                end = time.monotonic() + 120
                while (counted := await left(place))["outbox"] and time.monotonic() < end:
                    await asyncio.sleep(0.5)
    assert counted == dict.fromkeys(UNDER_WAY, 0)
    assert min(transport.served.values()) > 20 and len(transport.served) == 2


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
