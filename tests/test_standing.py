"""A test that stands still says where."""

import asyncio

from .standing import standing


async def test_the_places_of_waiting_coroutines_are_named() -> None:
    never = asyncio.Event()

    async def inner() -> None:
        await never.wait()

    async def outer() -> None:
        await inner()

    task = asyncio.create_task(outer(), name="waits for ever")
    await asyncio.sleep(0)
    said = await asyncio.to_thread(standing)
    task.cancel()
    told = said[said.index("waits for ever") :].split("\n\n")[0]
    assert [name for name in ("outer", "inner", "wait") if f"in {name}" in told] == ["outer", "inner", "wait"]
