"""Result files, who sees a task, and what is left of it in the end."""

import asyncio
import json
from datetime import timedelta

from sqlalchemy import text

from common.auth import ActorKind
from common.clock import now
from common.db import unscoped
from common.http.downloads import attachment
from common.ids import new_id
from common.storage import ObjectStore
from common.tasks import READ_TASKS
from common.tasks.ending import clear_tasks
from common.tasks.models import Task
from common.tasks.repository import TaskRepository

from .conftest import Place, working
from .kinds import DO, EXPORT

NAME = "参保记录 张三.txt"


async def finished(place: Place, lines: int = 3000) -> str:
    task_id = await place.wish("report.write", filename=NAME, lines=lines)
    async with working(place.client):
        assert (await place.ended(task_id))["has_result"]
    return task_id


async def audit(place: Place) -> list[str]:
    query = unscoped(text("SELECT action FROM audit_entry ORDER BY seq"), why="test")
    async with place.client.context.db.transaction(place.tenant.id) as session:
        return list((await session.execute(query)).scalars())


async def test_the_file_is_sealed_and_downloaded_by_who_asked(place: Place) -> None:
    task_id = await finished(place)
    answer = await place.client.get(f"/tasks/{task_id}/result", place.actor)
    expected = "".join(f"{line} 理赔\n" for line in range(3000))
    assert answer.status_code == 200 and answer.text == expected
    assert answer.headers["content-disposition"] == attachment(NAME)
    assert answer.headers["content-length"] == str(len(expected.encode()))
    assert await audit(place) == ["task.requested", "task.result_downloaded"]
    row = await place.row(task_id)
    store = ObjectStore.connect(place.client.context.settings, "sample")
    assert row.object_name is not None and "张三" not in str(row.result_file)
    stored = b"".join([chunk async for chunk in store.get(row.object_name)])
    assert "理赔".encode() not in stored and len(stored) > len(expected.encode())
    store.close()


async def test_who_sees_a_task(place: Place, other: Place) -> None:
    task_id = await finished(place, 1)
    client, mint = place.client, place.client.mint
    paths = [f"/tasks/{task_id}", f"/tasks/{task_id}/result", f"/tasks/{task_id}/events"]
    colleague = mint.actor(place.tenant, DO, EXPORT)
    member = mint.actor(place.tenant, DO, kind=ActorKind.MEMBER)
    branch = mint.actor(place.tenant, READ_TASKS, org_path="/east/")
    whole = mint.actor(place.tenant, READ_TASKS, EXPORT)
    for path in paths:
        assert (await client.get(path, None)).status_code == 401
        assert (await client.get(path, mint.actor(place.tenant, "sample.other"))).status_code == 403
        for stranger in (colleague, member, branch, other.actor):
            assert (await client.get(path, stranger)).status_code in (403, 404), path
        assert (await client.get(path, place.actor)).status_code == 200
    assert (await client.post(f"/tasks/{task_id}/cancel", colleague)).status_code == 404
    assert (await client.post(f"/tasks/{task_id}/cancel", None)).status_code == 401
    assert (await client.get(paths[0], whole)).json()["id"] == task_id
    assert (await client.get(paths[1], whole)).status_code == 404
    assert (await client.get(f"/tasks/{new_id()}", place.actor)).status_code == 404
    without = mint.actor(place.tenant, DO, actor_id=place.actor.id)
    assert (await client.get(paths[1], without)).json()["code"] == "auth.not_permitted"


async def test_lists(place: Place, other: Place) -> None:
    mine = [await place.wish("effects.add", key="l", numbers=1) for _ in range(3)]
    whole = place.client.mint.actor(place.tenant, DO, READ_TASKS)
    page = (await place.client.get("/tasks?limit=2", place.actor)).json()
    assert [task["id"] for task in page["items"]] == mine[:0:-1] and page["next_cursor"]
    second = await place.client.get(f"/tasks?limit=2&cursor={page['next_cursor']}", place.actor)
    assert [task["id"] for task in second.json()["items"]] == mine[:1]
    assert (await place.client.get("/tasks", whole)).json()["items"] == []
    assert len((await place.client.get("/tasks?everybody=true", whole)).json()["items"]) == 3
    assert (await place.client.get("/tasks?everybody=true", other.actor)).json()["items"] == []
    assert (await place.client.get("/tasks?state=done", place.actor)).json()["items"] == []
    titles = {task["title"] for task in page["items"]}
    assert titles == {"试验 effects.add"}


async def test_asked_twice_with_one_key_is_one_task(place: Place) -> None:
    body = {"kind": "effects.add", "parameters": {"key": "once", "numbers": 1}}
    answers = [
        await place.client.post("/wishes", place.actor, json=body, once="same-key-1") for _ in range(2)
    ]
    assert answers[0].json()["id"] == answers[1].json()["id"]


async def test_not_done_no_file_and_expired(place: Place) -> None:
    waiting = await place.wish("report.write", filename=NAME, lines=1)
    early = await place.client.get(f"/tasks/{waiting}/result", place.actor)
    assert early.status_code == 409 and early.json()["code"] == "task.not_done"
    plain = await place.wish("effects.add", key="n", numbers=1)
    async with working(place.client):
        await place.ended(waiting)
        await place.ended(plain)
    none = await place.client.get(f"/tasks/{plain}/result", place.actor)
    assert none.status_code == 404 and none.json()["code"] == "task.no_result"
    async with place.client.context.db.transaction(place.tenant.id) as session:
        for task_id in (waiting, plain):
            task = await TaskRepository.of(session).find(Task, (await place.row(task_id)).id)
            assert (
                task is not None and task.clear_at is not None and task.clear_at > now() + timedelta(days=6)
            )
            task.clear_at = now()
    await clear_tasks(place.client.context, place.tenant.id)
    gone = await place.client.get(f"/tasks/{waiting}/result", place.actor)
    assert gone.status_code == 410 and gone.json()["code"] == "task.result_expired"
    row = await place.row(waiting)
    assert row.parameters is None and row.result_key is None
    store = ObjectStore.connect(place.client.context.settings, "sample")
    assert await store.names(row.folder) == []
    store.close()
    assert (await place.read(waiting))["has_result"] is False


async def test_events_tell_the_progress_until_the_end(place: Place) -> None:
    task_id = await place.wish("effects.add", key="events", numbers=200, pause=0.01, total=200)
    async with working(place.client):
        answer = await asyncio.wait_for(place.client.get(f"/tasks/{task_id}/events", place.actor), 30)
    assert answer.headers["content-type"].startswith("text/event-stream")
    lines = [line for line in answer.text.splitlines() if line.startswith("data: ")]
    told = [json.loads(line.removeprefix("data: ")) for line in lines]
    assert told[-1]["state"] == "done" and told[-1]["done"] == 200 and len(told) >= 2
    assert [t["done"] for t in told] == sorted(t["done"] for t in told)
    running = [t for t in told if t["state"] == "running" and 0 < t["done"] < 200]
    assert all(t["seconds_left"] is not None for t in running) and running


def test_names_of_downloads() -> None:
    assert attachment("名单.xlsx") == (
        "attachment; filename=\"file.xlsx\"; filename*=UTF-8''%E5%90%8D%E5%8D%95.xlsx"
    )
    assert '"' not in attachment('a"b\r\nSet-Cookie: x.pdf').split("filename*=")[1]
    assert "\n" not in attachment("a\nb.pdf") and "/" not in attachment("../../etc/passwd").split("''")[1]
