"""One process at a time runs a service's schedule, and another takes over when it dies or loses the database."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

import asyncpg
import pytest

from common.consumer import leader
from common.consumer.leader import lead


@pytest.fixture
def url(environment: dict[str, str]) -> str:
    return environment["NOTIFY_RELAY_DATABASE_URL"]


def running(name: str, seen: list[str]) -> Callable[[], Awaitable[None]]:
    async def run() -> None:
        seen.append(f"{name} begins")
        try:
            await asyncio.Event().wait()
        finally:
            seen.append(f"{name} ends")

    return run


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not holds():
            await asyncio.sleep(0.02)


async def end(task: asyncio.Task[None]) -> None:
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def test_one_leads_the_others_stand_by(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leader, "ASK_SECONDS", 0.05)
    seen: list[str] = []
    first = asyncio.create_task(lead("notify", url, running("first", seen)))
    await until(lambda: "first begins" in seen)
    second = asyncio.create_task(lead("notify", url, running("second", seen)))
    await asyncio.sleep(0.5)
    assert seen == ["first begins"]
    await end(first)
    await until(lambda: "second begins" in seen)
    assert seen == ["first begins", "first ends", "second begins"]
    await end(second)


async def test_who_loses_the_database_stops_and_comes_back(
    url: str, parts: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leader, "ASK_SECONDS", 0.05)
    monkeypatch.setattr(leader, "SIGN_SECONDS", 0.05)
    seen: list[str] = []
    task = asyncio.create_task(lead("notify", url, running("it", seen)))
    await until(lambda: seen == ["it begins"])
    admin = await asyncpg.connect(parts.postgres.dsn())  # type: ignore[attr-defined]
    database = url.rsplit("/", 1)[1]
    await admin.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_locks JOIN pg_stat_activity USING (pid) "
        "WHERE locktype = 'advisory' AND objid = $1 AND datname = $2",
        leader.LOCK,
        database,
    )
    await admin.close()
    await until(lambda: seen == ["it begins", "it ends", "it begins"])
    await end(task)


async def test_a_failing_schedule_ends_the_process_with_its_error(url: str) -> None:
    async def run() -> None:
        raise ValueError("wrong")

    with pytest.raises(ValueError, match="wrong"):
        await asyncio.wait_for(lead("notify", url, run), 20)
