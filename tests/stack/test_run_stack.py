"""`make run-stack` as a person starts it: the demo passes on it, a killed api is told, and nothing is left."""

import asyncio
import os
import shutil
import signal
import sys
import time
from asyncio.subprocess import PIPE, STDOUT
from collections.abc import AsyncIterator
from contextlib import suppress

import httpx
import psutil
import pytest

from common.contracts.pack import load_pack
from huzhu.demo import run_demo
from huzhu.gateway.describe import REPOSITORY_OPENAPI
from huzhu.gateway.web import WEB_APPS
from huzhu.home import SERVICES, Home
from tests.conftest import ROOT
from tests.local.processes import lives, running_on
from tests.stack_broker import short_lived_home, skip_without_kafka

pytestmark = [pytest.mark.stack, pytest.mark.timeout(900)]
START_SECONDS = 420.0


class Stack:
    """The command in a process of its own."""

    def __init__(self, home: Home, port: int) -> None:
        self.home = home
        self.url = f"http://127.0.0.1:{port}"
        self.said: list[str] = []
        self._environment = {**os.environ, "HUZHU_HOME": str(home.path), "PORT": str(port)}
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        self._process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "huzhu", "run-stack"),
            cwd=ROOT,
            env=self._environment,
            stdout=PIPE,
            stderr=STDOUT,
        )
        self._reader = asyncio.create_task(self._read())
        await self.until(lambda: any("Huzhu is running" in line for line in self.said), START_SECONDS)

    async def _read(self) -> None:
        assert self._process and self._process.stdout
        async for line in self._process.stdout:
            self.said.append(line.decode(errors="replace").rstrip())

    async def until(self, holds: object, within: float) -> None:
        end = time.monotonic() + within
        while not holds():  # type: ignore[operator]
            assert self._process and self._process.returncode is None, "\n".join(self.said)
            assert time.monotonic() < end, "\n".join(self.said[-40:])
            await asyncio.sleep(0.1)

    async def stop(self) -> int:
        assert self._process
        if self._process.returncode is None:
            self._process.send_signal(signal.SIGINT)
        code = await asyncio.wait_for(self._process.wait(), 120)
        await self._reader
        return code

    @property
    def processes(self) -> dict[str, psutil.Process]:
        assert self._process
        found = {}
        for process in psutil.Process(self._process.pid).children(recursive=True):
            with suppress(psutil.Error):
                line = process.cmdline()
                if len(line) == 4 and line[1] == "-m" and line[2] in SERVICES:
                    found[f"{line[2]}-{line[3]}"] = process
        return found


@pytest.fixture
async def stack() -> AsyncIterator[Stack]:
    skip_without_kafka()
    if not REPOSITORY_OPENAPI.is_file() or not all(
        (app / "index.html").is_file() for app in WEB_APPS.values()
    ):
        pytest.skip("the web apps are not built: make web")
    home = short_lived_home("huzhu-stack-")
    made = Stack(home, port=18480)
    try:
        await made.start()
        yield made
    finally:
        await made.stop()
        shutil.rmtree(home.path.parent, ignore_errors=True)


async def test_the_demo_passes_on_separate_processes_and_kafka(stack: Stack) -> None:
    everybody = stack.processes
    assert set(everybody) == {f"{name}-{kind}" for name in SERVICES for kind in ("api", "worker")} | {
        "ocr-recognition"
    }
    each_process_knows_its_own_database_only(everybody)

    lines: list[str] = []
    secrets = stack.home.stack.secrets
    pack = load_pack(ROOT / "tenants" / "wuxi.yaml")
    passed = await run_demo(stack.url, pack=pack, password=secrets["demo_password"], seed=8, say=lines.append)
    assert passed, "\n".join(lines)

    await a_killed_service_is_answered_for_and_comes_back(stack, everybody["activities-api"])

    pids = [process.pid for process in everybody.values()]
    assert await stack.stop() == 0
    assert [pid for pid in pids if lives(pid)] == []
    assert running_on(stack.home) == []


def each_process_knows_its_own_database_only(everybody: dict[str, psutil.Process]) -> None:
    for name, process in everybody.items():
        service = name.split("-")[0]
        environment = process.environ()
        addresses = {key for key in environment if key.endswith(("_DATABASE_URL", "_KAFKA_PASSWORD"))}
        own = {
            f"{service.upper()}_{kind}" for kind in ("DATABASE_URL", "RELAY_DATABASE_URL", "KAFKA_PASSWORD")
        }
        assert addresses - {"HUZHU_BUS_DATABASE_URL"} == own, name
        assert environment["HUZHU_KAFKA_SECURITY"] == "SASL_SSL"


async def a_killed_service_is_answered_for_and_comes_back(stack: Stack, api: psutil.Process) -> None:
    address = f"{stack.url}/api/activities/campaigns"
    async with httpx.AsyncClient(trust_env=False, timeout=30) as http:
        assert (await http.get(address)).status_code == 401
        api.kill()
        end = time.monotonic() + 10
        while (away := await http.get(address)).status_code != 503:
            assert time.monotonic() < end
        assert away.headers["retry-after"] == "2" and away.json()["code"] == "service.busy"
        assert (await http.get(f"{stack.url}/m/")).status_code == 200
        assert (await http.get(f"{stack.url}/api/claims/claims")).status_code == 401
        await stack.until(lambda: any("activities-api is back after" in line for line in stack.said), 120)
        assert (await http.get(address)).status_code == 401
