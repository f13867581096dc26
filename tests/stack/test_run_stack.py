"""`make run-stack` as a person starts it: the demo passes, a killed api is told, work goes on while processes are
replaced and parts go away, and nothing is left when it is stopped. The tests share one stack, in this order."""

import asyncio
import random
import time
from collections.abc import AsyncIterator

import httpx
import psutil
import pytest
import pytest_asyncio

from common.contracts.pack import load_pack
from huzhu.demo import run_demo
from huzhu.stack.names import process_names
from tests.chaos.history import check
from tests.chaos.load import Load
from tests.chaos.look import look
from tests.chaos.people import new_town
from tests.chaos.rounds import one_round, table
from tests.conftest import ROOT
from tests.local.processes import lives, running_on

from .replacing import no_request_fails_while_replaced
from .running import Stack, running_stack, skip_without_stack

pytestmark = [pytest.mark.stack, pytest.mark.timeout(1500)]
EVERYBODY = set(process_names())
SHORT = (("claims-api", "killed", 0.0), ("kafka", "cut off", 5.0), ("postgres", "killed", 0.0))
"""What is away for a moment; `make chaos` takes each part, killed and cut off for 30 s."""
ANSWER_SECONDS = 300.0


@pytest_asyncio.fixture(scope="module", loop_scope="session")
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
    assert not lives(everybody["activities-api"].pid)


async def test_nothing_answered_is_lost_or_done_twice_while_processes_and_parts_go(stack: Stack) -> None:
    """A service replaced under load fails no request; a service, the broker and the database away lose nothing."""
    async with httpx.AsyncClient(base_url=stack.url, timeout=60, trust_env=False) as http:
        town = await new_town(stack.url, http, secrets=stack.home.stack.secrets, seed=9, members=3)
        load = Load(town, random.Random(9), pause=0.3)
        async with load.running(deadline=ANSWER_SECONDS):
            await no_request_fails_while_replaced(stack, load, "claims")
            rounds = [
                await one_round(stack, load, part=part, way=way, seconds=seconds, quiet=1.0)
                for part, way, seconds in SHORT
            ]
        print(table(rounds))
        await town.renew(older_than=120.0)
        world = await look(town, stack.home.stack, deadline=ANSWER_SECONDS)
    assert check(load.history, world) == []
    assert {work.kind for work in load.history.told} == {"claim", "order"}


async def test_it_stops_by_one_signal_and_leaves_nothing(stack: Stack) -> None:
    pids = [process.pid for process in stack.processes.values()]
    assert len(pids) == len(EVERYBODY)
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
