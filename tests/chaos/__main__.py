"""`make chaos`: each part of the whole stack killed and cut off under steady load; prints a table, checks everything.

HUZHU_CHAOS_SECONDS: how long a part is cut off (30). HUZHU_CHAOS_PARTS: some of the parts, by name. HUZHU_CHAOS_SEED.
Bounded: it ends by itself and ends only the processes that it started.
"""

import asyncio
import json
import os
import random
import sys
import time
from pathlib import Path

import httpx

from common.telemetry.logs import configure_logs
from huzhu.parts.kafka import available
from tests.bench.platform import free_port
from tests.stack.running import Stack, running_stack

from .faults import PARTS
from .history import check
from .load import Load
from .look import look
from .people import new_town
from .rounds import Round, as_objects, one_round, table

OUT = Path("build/chaos.json")
MOST_SECONDS = 3600.0
MEMBERS = 6
PAUSE = 1.0
ANSWER_SECONDS = 300.0


async def run(
    stack: Stack, *, parts: list[str], ways: list[str], seconds: float, seed: int
) -> tuple[list[Round], list[str]]:
    """Run the rounds and check the whole history."""
    limits = httpx.Limits(max_connections=100)
    async with httpx.AsyncClient(base_url=stack.url, timeout=120, trust_env=False, limits=limits) as http:
        town = await new_town(stack.url, http, secrets=stack.home.stack.secrets, seed=seed, members=MEMBERS)
        load, rounds = Load(town, random.Random(seed), PAUSE), []
        async with load.running(deadline=ANSWER_SECONDS):
            for part in parts:
                for way in ways:
                    rounds.append(await one_round(stack, load, part=part, way=way, seconds=seconds))
                    print(table(rounds[-1:]).splitlines()[-1], flush=True)
        await town.renew(older_than=120.0)
        world = await look(town, stack.home.stack, deadline=ANSWER_SECONDS)
        print(
            f"{len(load.calls)} calls answered, {len(load.history.told)} claims and orders, "
            f"{len(world.papers)} papers, {len(world.messages)} messages, seed {seed}"
        )
        return rounds, check(load.history, world)


async def main() -> int:
    if (reason := available()) is not None:
        print(f"Apache Kafka cannot run here: {reason}")
        return 2
    parts = os.environ.get("HUZHU_CHAOS_PARTS", " ".join(PARTS)).split()
    seconds = min(float(os.environ.get("HUZHU_CHAOS_SECONDS", "30")), 120.0)
    seed = int(os.environ.get("HUZHU_CHAOS_SEED") or time.time_ns() // 1_000_000)
    configure_logs("chaos", level="ERROR")
    async with asyncio.timeout(MOST_SECONDS), running_stack(port=free_port()) as stack:
        print("the stack runs; a unit enrols its people …", flush=True)
        rounds, faults = await run(stack, parts=parts, ways=["killed", "cut off"], seconds=seconds, seed=seed)
    print(table(rounds))
    OUT.parent.mkdir(exist_ok=True)
    OUT.write_text(json.dumps(as_objects(rounds), ensure_ascii=False, indent=1) + "\n")
    print("\n".join(faults[:40]) or "no answered request was lost, and nothing happened twice")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
