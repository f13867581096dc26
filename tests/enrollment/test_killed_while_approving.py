"""The api and the worker killed with -9 again and again while orders are approved, paid and issued.

Nobody is lost, nobody covered twice, no step done twice. The seed is printed; HUZHU_SEED repeats a run.
"""

import asyncio
import json
import os
import random
import signal
import socket
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import func, select

from common.auth import Actor
from common.contracts.enrollment import ContributionReceived, OrderPaid, PersonEnrolled, PoliciesIssued
from common.ids import new_id
from enrollment.orders.models import OrderStep
from enrollment.policies.models import Cover, Policy

from .world import World, person

ROOT = Path(__file__).resolve().parents[2]
ORDERS, PEOPLE, KILLS = 3, 100, 4
DEADLINE = 300.0


class Child:
    """A process that is started again each time it was killed."""

    def __init__(self, *arguments: str, environment: dict[str, str] | None = None) -> None:
        self._arguments, self._environment = arguments, environment
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", *self._arguments, cwd=ROOT, env=os.environ | (self._environment or {})
        )

    async def kill(self) -> None:
        if self._process is not None:
            with suppress(ProcessLookupError):
                self._process.send_signal(signal.SIGKILL)
            await self._process.wait()


class Hands:
    """People who press a button until they are answered: each with one key, as the apps do."""

    def __init__(self, world: World, port: int, until: float) -> None:
        self._mint, self._until = world.client.mint, until
        self._http = httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=20)

    async def press(self, path: str, actor: Actor, body: dict[str, Any] | None = None) -> httpx.Response:
        key = str(new_id())
        while True:
            assert time.monotonic() < self._until, path
            with suppress(httpx.TransportError):
                headers = self._mint.headers(actor) | {"Idempotency-Key": key}
                answer = await self._http.post(path, headers=headers, json=body or {})
                if answer.status_code < 500:
                    return answer
            await asyncio.sleep(0.1)

    async def wait(self) -> None:
        """Return when the api answers."""
        while True:
            with suppress(httpx.TransportError):
                if (await self._http.get("/healthz")).status_code == 200:
                    return
            await asyncio.sleep(0.05)

    async def close(self) -> None:
        await self._http.aclose()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def through(world: World, hands: Hands, order: str) -> None:
    """An order from its approval to the confirmation of its payment."""
    amount = 120 * PEOPLE
    presses = (
        ("approve", world.reviewer, {}),
        ("payment", world.handler, world.payment(str(amount))),
        ("payment/confirm", world.finance, {}),
    )
    for path, actor, body in presses:
        answer = await hands.press(f"/orders/{order}/{path}", actor, body)
        assert answer.status_code == 200, (path, answer.text)


async def killing(api: Child, worker: Child, hands: Hands, chance: random.Random) -> None:
    """Kill one of the two, again and again, as soon as it may be in the middle of something."""
    for _ in range(KILLS):
        if chance.random() < 0.6:
            await hands.wait()
            await asyncio.sleep(chance.uniform(0.0, 1.0))
            await api.kill()
            await api.start()
        else:
            await asyncio.sleep(chance.uniform(1.0, 5.0))
            await worker.kill()
            await worker.start()


@pytest.mark.feature("C.05")
async def test_killed_while_approving_and_issuing(
    world: World, emitted: Callable[[], Awaitable[list[Any]]]
) -> None:
    seed = int(os.environ.get("HUZHU_SEED", random.SystemRandom().randrange(1 << 32)))
    print(f"HUZHU_SEED={seed}")
    chance, port, until = random.Random(seed), free_port(), time.monotonic() + DEADLINE
    orders = [
        await world.submitted([person(n) for n in range(place * PEOPLE, (place + 1) * PEOPLE)])
        for place in range(ORDERS)
    ]
    keys = {"keys": [world.client.mint.key.as_dict(private=False)]}
    api = Child("tests.enrollment.serving", str(port), environment={"TRUSTED_KEYS": json.dumps(keys)})
    worker = Child("tests.enrollment.victim", str(world.tenant.id))
    hands = Hands(world, port, until)
    await api.start()
    await worker.start()
    killer = asyncio.create_task(killing(api, worker, hands, chance))
    try:
        await asyncio.gather(*[through(world, hands, order) for order in orders])
        while {(await world.state(order))["status"] for order in orders} != {"done"}:
            assert time.monotonic() < until
            assert not (killer.done() and killer.exception())
            await asyncio.sleep(0.2)
    finally:
        killer.cancel()
        await asyncio.gather(killer, return_exceptions=True)
        await asyncio.gather(api.kill(), worker.kill())
        await hands.close()
    await everybody_is_covered_once(world, orders)
    await everything_was_said_once(await emitted())


async def everybody_is_covered_once(world: World, orders: list[str]) -> None:
    people = ORDERS * PEOPLE
    async with world.client.context.db.transaction(world.tenant.id) as session:
        mine = Policy.tenant_id == world.tenant.id
        counts = select(
            func.count(), func.count(Policy.person_id.distinct()), func.count(Policy.number.distinct())
        )
        assert tuple((await session.execute(counts.where(mine))).one()) == (people, people, people)
        slots = select(Cover.order_id, Cover.terms).where(Cover.tenant_id == world.tenant.id)
        assert Counter(map(tuple, await session.execute(slots))) == {(None, 1): people}
        for order in orders:
            steps = select(OrderStep.chain, OrderStep.decision).where(
                OrderStep.tenant_id == world.tenant.id, OrderStep.order_id == UUID(order)
            )
            assert Counter(map(tuple, await session.execute(steps))) == {
                ("review", "submitted"): 1,
                ("review", "passed"): 1,
                ("finance", "payment_reported"): 1,
                ("finance", "confirmed"): 1,
            }


async def everything_was_said_once(events: list[Any]) -> None:
    said = Counter(event.type for event in events)
    assert said[OrderPaid.wire] == said[ContributionReceived.wire] == ORDERS
    issued = [PoliciesIssued.model_validate(e.data) for e in events if e.type == PoliciesIssued.wire]
    told = [fact.person_id for batch in issued for fact in batch.policies]
    enrolled = [PersonEnrolled.model_validate(e.data) for e in events if e.type == PersonEnrolled.wire]
    named = [one.person_id for batch in enrolled for one in batch.people]
    assert len(told) == len(set(told)) == ORDERS * PEOPLE
    assert sorted(named) == sorted(told)
