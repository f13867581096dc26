"""People who go on asking while something large happens to their union's data."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from common.auth import Actor


@asynccontextmanager
async def at_work(*people: tuple[Any, Actor, str]) -> AsyncIterator[list[int]]:
    """People who ask again and again; yields the states of the answers."""
    states: list[int] = []

    async def ask(world: Any, actor: Actor, path: str) -> None:
        while True:
            states.append((await world.client.get(path, actor)).status_code)
            await asyncio.sleep(0.01)

    tasks = [asyncio.create_task(ask(*one)) for one in people]
    try:
        yield states
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
