"""`make run-stack` as a person starts it: the demo passes on it, a killed api is told, and nothing is left."""

import asyncio
import time
from collections.abc import AsyncIterator

import httpx
import psutil
import pytest

from common.contracts.pack import load_pack
from huzhu.demo import run_demo
from huzhu.stack.names import process_names
from tests.conftest import ROOT
from tests.local.processes import lives, running_on

from .running import Stack, running_stack, skip_without_stack

pytestmark = [pytest.mark.stack, pytest.mark.timeout(1500)]
EVERYBODY = set(process_names())


@pytest.fixture
async def stack() -> AsyncIterator[Stack]:
    skip_without_stack()
    async with running_stack(port=18480) as made:
        yield made


async def test_the_demo_passes_on_separate_processes_and_kafka(stack: Stack) -> None:
    everybody = stack.processes
    assert everybody.keys() == EVERYBODY
    each_process_knows_its_own_database_only(everybody)

    lines: list[str] = []
    secrets = stack.home.stack.secrets
    pack = load_pack(ROOT / "tenants" / "wuxi.yaml")
    passed = await run_demo(stack.url, pack=pack, password=secrets["demo_password"], seed=8, say=lines.append)
    assert passed, "\n".join(lines)

    await a_killed_service_is_answered_for_and_comes_back(stack, everybody["activities-api"])

    pids = [process.pid for process in [*everybody.values(), *stack.processes.values()]]
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
        end = time.monotonic() + 30  # the gateway holds it for away a moment longer
        while (await http.get(address)).status_code != 401:
            assert time.monotonic() < end
            await asyncio.sleep(0.1)
