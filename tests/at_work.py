"""People who go on asking while something large happens to their union's data."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from common.auth import Actor


@asynccontextmanager
async def at_work(*people: tuple[Any, Actor, str]) -> AsyncIterator[list[int]]:
    """People who ask again and again; yields the states of the answers.

    They end after the answer that they wait for: a cancelled wait may be answered all the same, and then goes on.
    """
    states: list[int] = []
    over = asyncio.Event()

    async def ask(world: Any, actor: Actor, path: str) -> None:
        while not over.is_set():
            states.append((await world.client.get(path, actor)).status_code)
            await asyncio.sleep(0.01)

    tasks = [asyncio.create_task(ask(*one)) for one in people]
    try:
        yield states
    finally:
        over.set()
        await asyncio.gather(*tasks)
