"""The whole stack under load: every process is replaced without a failed request, and a killed broker loses nothing.

Members claim and look, a handler orders, all the time; afterwards everything that was answered is looked for.
What `make test-stack` has time for stands in test_run_stack.py.
"""

import random

import httpx
import pytest

from tests.chaos.history import check
from tests.chaos.load import Load
from tests.chaos.look import look
from tests.chaos.people import new_town
from tests.chaos.rounds import one_round, table

from .replacing import WAIT_SECONDS, no_request_fails_while_replaced
from .running import running_stack, skip_without_stack

pytestmark = [pytest.mark.deploy, pytest.mark.timeout(1500)]


async def test_replacing_fails_no_request_and_a_killed_broker_loses_none() -> None:
    skip_without_stack()
    async with (
        running_stack(port=18481) as stack,
        httpx.AsyncClient(base_url=stack.url, timeout=120, trust_env=False) as http,
    ):
        town = await new_town(stack.url, http, secrets=stack.home.stack.secrets, seed=9, members=3)
        load = Load(town, random.Random(9), pause=0.5)
        async with load.running(deadline=WAIT_SECONDS):
            await no_request_fails_while_replaced(stack, load)
            print(table([await one_round(stack, load, part="kafka", way="killed", seconds=0.0)]))
        await town.renew(older_than=120.0)
        world = await look(town, stack.home.stack, deadline=WAIT_SECONDS)
    assert check(load.history, world) == [] and len(load.history.told) > 3
