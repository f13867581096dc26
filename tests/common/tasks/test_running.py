"""Tasks run, are killed, cancelled and fail; whatever happens, each effect is there once."""

import asyncio
import os
import random
import signal
import subprocess
import time
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.tasks import run as running
from common.tasks.models import Task
from common.tasks.repository import TaskRepository
from common.tasks.rules import seconds_left

from .conftest import Place, start_process, working
from .kinds import DO, EXPORT


async def test_chunk_by_chunk_to_its_end(place: Place) -> None:
    task_id = await place.wish("effects.add", key="a", numbers=23, total=23)
    waiting = await place.read(task_id)
    assert (waiting["state"], waiting["done"], waiting["total"]) == ("queued", 0, 23)
    async with working(place.client):
        done = await place.ended(task_id)
    assert (done["state"], done["done"], done["problem"], done["has_result"]) == ("done", 23, None, False)
    assert done["counts"] == {"even": 14} and done["seconds_left"] is None
    assert await place.numbers("a") == list(range(23))


async def test_killed_again_and_again_nothing_is_lost_or_done_twice(place: Place) -> None:
    seed = int(os.environ.get("HUZHU_SEED", random.randrange(10**6)))
    print(f"HUZHU_SEED={seed}")
    chance = random.Random(seed)
    task_id = await place.wish("effects.add", key="killed", numbers=90, pause=0.01, total=90)
    process: subprocess.Popen[bytes] | None = None
    kills, deadline = 0, time.monotonic() + 90
    try:
        while (task := await place.read(task_id))["finished_at"] is None:
            assert time.monotonic() < deadline, task
            if process is None:
                process = start_process(place.client.context)
                seen = task["done"]
                kill_at = seen + chance.randrange(5, 40)
            elif task["done"] >= kill_at and kills < 3:
                await asyncio.sleep(chance.random() * 0.05)
                process.send_signal(signal.SIGKILL)
                process.wait()
                process, kills = None, kills + 1
            await asyncio.sleep(0.02)
    finally:
        if process is not None:
            process.kill()
            process.wait()
    assert kills >= 1 and task["state"] == "done", (seed, task)
    assert await place.numbers("killed") == list(range(90)), seed


async def test_two_workers_share_the_work(place: Place) -> None:
    tasks = [await place.wish("effects.add", key=f"shared-{n}", numbers=30) for n in range(6)]
    async with working(place.client, slots=3), working(place.client, slots=3):
        for task_id in tasks:
            assert (await place.ended(task_id))["state"] == "done"
    for n in range(6):
        assert await place.numbers(f"shared-{n}") == list(range(30))


async def test_who_lost_the_lease_writes_nothing_more(place: Place) -> None:
    """A worker that stood still for longer than its lease finds that another has gone on."""
    task_id = await place.wish("effects.add", key="stalled", numbers=10, pause=0.2)
    async with working(place.client, lease=30):
        await place.until(task_id, lambda task: task["state"] == "running")
        async with place.client.context.db.transaction(place.tenant.id) as session:
            task = await TaskRepository.of(session).find(Task, (await place.row(task_id)).id, lock=True)
            assert task is not None
            task.leased_until = task.created_at  # as if no sign of life had come for a long time
        async with working(place.client, lease=30):
            assert (await place.ended(task_id))["state"] == "done"
            assert await place.numbers("stalled") == list(range(10))


async def test_cancelled_while_waiting_and_while_running(place: Place) -> None:
    waiting = await place.wish("effects.add", key="never", numbers=5)
    answer = await place.client.post(f"/tasks/{waiting}/cancel", place.actor)
    assert answer.status_code == 200 and answer.json()["state"] == "cancelled"
    task_id = await place.wish("effects.add", key="some", numbers=500, pause=0.01)
    async with working(place.client):
        await place.until(task_id, lambda task: task["done"] > 0)
        asked = (await place.client.post(f"/tasks/{task_id}/cancel", place.actor)).json()
        assert asked["cancelling"] or asked["state"] == "cancelled"
        ended = await place.ended(task_id)
        again = await place.client.post(f"/tasks/{task_id}/cancel", place.actor)
    assert ended["state"] == "cancelled" and again.status_code == 200
    done = await place.numbers("some")
    assert done == list(range(ended["done"])) and 0 < len(done) < 500
    assert await place.numbers("never") == []


async def test_a_done_task_cannot_be_cancelled(place: Place) -> None:
    task_id = await place.wish("effects.add", key="b", numbers=1)
    async with working(place.client):
        await place.ended(task_id)
    refused = await place.client.post(f"/tasks/{task_id}/cancel", place.actor)
    assert refused.status_code == 409 and refused.json()["code"] == "task.ended"


async def test_a_refusal_is_told_and_stops_no_other(place: Place) -> None:
    refused = await place.wish("effects.add", key="refused", numbers=30, refuse_from=10)
    broken = await place.wish("broken", secret="320211198503120019")
    good = await place.wish("effects.add", key="good", numbers=30)
    async with working(place.client):
        told = await place.ended(refused)
        fine = await place.ended(good)
        failed = await place.ended(broken, within=60)
    assert told["state"] == "failed" and told["problem"]["code"] == "line.refused"
    assert "第 10 行" in told["problem"]["zh"] and told["problem"]["params"] == {"line": 10}
    assert await place.numbers("refused") == list(range(10))
    assert fine["state"] == "done"
    assert failed["state"] == "failed" and failed["problem"]["code"] == "task.unexpected"
    assert "320211198503120019" not in str(failed)


async def test_what_is_away_is_waited_for(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("common.tasks.ending.AWAY_SECONDS", 0.1)
    task_id = await place.wish("store")
    async with working(place.client):
        assert (await place.ended(task_id))["state"] == "done"


async def test_a_task_that_kills_its_worker_is_given_up(place: Place) -> None:
    task_id = await place.wish("effects.add", key="deadly", numbers=3)
    async with place.client.context.db.transaction(place.tenant.id) as session:
        task = await TaskRepository.of(session).find(Task, (await place.row(task_id)).id)
        assert task is not None
        task.state, task.attempts = "running", 3
    async with working(place.client):
        ended = await place.ended(task_id)
    assert ended["problem"]["code"] == "task.interrupted" and await place.numbers("deadly") == []


async def test_computing_goes_to_another_process(place: Place) -> None:
    good = await place.wish("compute", number=21)
    bad = await place.wish("compute", number=-1)
    async with working(place.client):
        assert (await place.ended(good, within=60))["state"] == "done"
        refused = await place.ended(bad, within=60)
    assert (await place.row(good)).cursor == {"elsewhere": True, "doubled": 42}
    assert refused["problem"]["code"] == "line.refused"


async def test_a_tenant_with_many_tasks_does_not_hold_up_another(
    place: Place, other: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "TURN_SECONDS", 0.2)
    many = [await place.wish("effects.add", key=f"many-{n}", numbers=300, pause=0.01) for n in range(6)]
    async with working(place.client, slots=1):
        await place.until(many[0], lambda task: task["done"] > 0)
        task_id = await other.wish("effects.add", key="quick", numbers=5)
        await other.ended(task_id, within=15)
        assert all([(await place.read(task))["finished_at"] is None for task in many])
        for task in many:
            await place.client.post(f"/tasks/{task}/cancel", place.actor)
        ended = [await place.ended(task) for task in many]
    for n, task in enumerate(ended):
        assert await place.numbers(f"many-{n}") == list(range(task["done"]))


async def test_one_person_has_only_so_many(place: Place) -> None:
    for _ in range(20):
        await place.wish("effects.add", key="x", numbers=1)
    body = {"kind": "effects.add", "parameters": {"key": "x", "numbers": 1}}
    refused = await place.client.post("/wishes", place.actor, json=body)
    assert refused.status_code == 429 and refused.json()["code"] == "task.too_many"
    colleague = place.client.mint.actor(place.tenant, DO, EXPORT)
    assert (await place.client.post("/wishes", colleague, json=body)).status_code == 202


@given(st.integers(0, 10**6), st.integers(1, 10**6), st.floats(0.1, 10**5))
def test_seconds_left(done: int, total: int, elapsed: float) -> None:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    began = at - timedelta(seconds=elapsed)
    elapsed = (at - began).total_seconds()  # to the microsecond
    left = seconds_left(done=done, total=total, started_at=began, at=at)
    assert seconds_left(done=done, total=None, started_at=began, at=at) is None
    assert seconds_left(done=done, total=total, started_at=None, at=at) is None
    if done >= total:
        assert left == 0
    elif done == 0:
        assert left is None
    else:
        assert left is not None and left >= 0
        assert left - 1 <= elapsed / done * (total - done) <= left
