"""The worker's side of tasks in a test: runs what was asked for until it has ended, and opens the result."""

import asyncio
import io
import time
from typing import Any

from activities.tasks import TASKS
from common.auth import Actor
from common.sheets import open_workbook
from common.tasks.worker import TaskWorker

from .conftest import Fair


async def ended(fair: Fair, task_id: str, actor: Actor | None = None) -> dict[str, Any]:
    """Run the worker until a task has ended; return it."""
    running = asyncio.create_task(TaskWorker(fair.client.context, TASKS, poll_seconds=0.05).run())
    try:
        end = time.monotonic() + 90
        while True:
            task: dict[str, Any] = (await fair.client.get(f"/tasks/{task_id}", actor or fair.officer)).json()
            if task["finished_at"] is not None:
                return task
            assert time.monotonic() < end, task
            await asyncio.sleep(0.05)
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def result_rows(fair: Fair, task_id: str) -> list[list[str]]:
    """Return the rows of a task's workbook."""
    answer = await fair.client.get(f"/tasks/{task_id}/result", fair.officer)
    assert answer.status_code == 200, answer.text
    with open_workbook(io.BytesIO(answer.content)) as book:
        return [row.cells for row in book.rows(book.sheets[0])]
