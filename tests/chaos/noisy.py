"""`make noisy`: one union calls at ten times its rate; how long the others wait beside how long they wait without it.

Arrivals come at random at a fixed rate whether or not the answers before have come, as people do. Windows with and
without the noise alternate, so that what else the machine does weighs on both alike.
HUZHU_NOISY_RATE: calls a second of the quiet union (3). HUZHU_NOISY_SECONDS: of one window (20).
"""

import asyncio
import itertools
import json
import os
import random
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from common.telemetry.logs import configure_logs
from huzhu.parts.kafka import available
from tests.bench.entry import quantile
from tests.bench.platform import free_port
from tests.stack.running import Stack, running_stack

from .people import Account, Town, new_town

OUT = Path("build/noisy.json")
TIMES = 10
WINDOWS = 4
MOST_OPEN = 400
"""Calls of a union that wait for an answer; beyond them its people give up."""
LOOKS = (
    "/api/enrollment/policies/mine",
    "/api/claims/claims?limit=20",
    "/api/notify/messages/unread-count",
    "/api/claims/kinds",
)


@dataclass
class Crowd:
    """One union's people, calling."""

    town: Town
    chance: random.Random
    waited: list[float] = field(default_factory=list)
    answers: Counter[str] = field(default_factory=Counter)
    _open: set[asyncio.Task[None]] = field(default_factory=set)

    async def call(self, rate: float, seconds: float) -> None:
        """Call at a rate for so long, then wait for the answers."""
        end, paths = time.monotonic() + seconds, itertools.cycle(LOOKS)
        while time.monotonic() < end:
            if len(self._open) < MOST_OPEN:
                task = asyncio.create_task(self._one(self.chance.choice(self.town.members), next(paths)))
                self._open.add(task)
                task.add_done_callback(self._open.discard)
            else:
                self.answers["gave up"] += 1
            await asyncio.sleep(self.chance.expovariate(rate))
        while self._open:
            await asyncio.wait(self._open)

    async def _one(self, account: Account, path: str) -> None:
        began = time.monotonic()
        headers = {"X-Tenant": account.tenant, "Authorization": f"Bearer {account.token}"}
        try:
            answer = await account.http.get(path, headers=headers)
        except httpx.TransportError as error:
            self.answers[type(error).__name__] += 1
            return
        self.answers[str(answer.status_code)] += 1
        if answer.is_success:
            self.waited.append(time.monotonic() - began)


async def measure(stack: Stack, *, rate: float, seconds: float, seed: int) -> dict[str, object]:
    """Return both percentiles and their ratio."""
    limits = httpx.Limits(max_connections=1000)
    async with httpx.AsyncClient(base_url=stack.url, timeout=120, trust_env=False, limits=limits) as http:
        secrets = stack.home.stack.secrets
        towns = [
            await new_town(stack.url, http, secrets=secrets, seed=seed + n, members=4, tenant=tenant)
            for n, tenant in enumerate(("quiet", "noisy"))
        ]
        alone, beside, noise = (Crowd(town, random.Random(seed)) for town in (towns[0], towns[0], towns[1]))
        await Crowd(towns[0], random.Random(seed)).call(rate, 5.0)  # warm
        for _ in range(WINDOWS):
            for town in towns:
                await town.renew(older_than=120.0)
            await alone.call(rate, seconds)
            await asyncio.gather(beside.call(rate, seconds), noise.call(rate * TIMES, seconds))
        return report(alone, beside, noise, rate=rate)


def report(alone: Crowd, beside: Crowd, noise: Crowd, *, rate: float) -> dict[str, object]:
    """What was seen."""
    found: dict[str, object] = {"rate": rate, "noise_rate": rate * TIMES}
    for name, crowd in (("alone", alone), ("beside", beside), ("noise", noise)):
        found[name] = {
            "answers": dict(crowd.answers),
            **{f"p{n}_ms": round(1000 * quantile(crowd.waited, n / 100), 1) for n in (50, 95, 99)},
        }
    found["p99_ratio"] = round(quantile(beside.waited, 0.99) / quantile(alone.waited, 0.99), 2)
    found["p50_ratio"] = round(quantile(beside.waited, 0.5) / quantile(alone.waited, 0.5), 2)
    return found


async def main() -> int:
    if (reason := available()) is not None:
        print(f"Apache Kafka cannot run here: {reason}")
        return 2
    rate = float(os.environ.get("HUZHU_NOISY_RATE", "3"))
    seconds = min(float(os.environ.get("HUZHU_NOISY_SECONDS", "20")), 120.0)
    seed = time.time_ns() // 1_000_000
    configure_logs("noisy", level="ERROR")
    async with asyncio.timeout(2400), running_stack(port=free_port()) as stack:
        print("the stack runs; two unions enrol people …", flush=True)
        found = await measure(stack, rate=rate, seconds=seconds, seed=seed)
    OUT.parent.mkdir(exist_ok=True)
    OUT.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n")
    print(json.dumps(found, ensure_ascii=False, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
