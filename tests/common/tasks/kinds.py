"""Kinds of tasks for the tests: effects in chunks, a file, one that is refused, one with a fault."""

import asyncio
import os

from sqlalchemy import text

from common.auth import permission
from common.db import unscoped
from common.errors import DomainError
from common.tasks import TaskKind, TaskRun
from common.text import Text

DO = permission("sample.task.do", "处理任务")
EXPORT = permission("sample.task.export", "导出结果")
INSERT = unscoped(text("INSERT INTO effect (tenant_id, key, number) VALUES (:t, :k, :n)"), why="test")
CHUNK = 5


class LineRefused(DomainError):
    code = "line.refused"
    text = Text("第 {line} 行不行，请改正后重新提交。", "Line {line} will not do. Correct it and try again.")


async def add_effects(run: TaskRun) -> None:
    """Insert one row per number, a few in each chunk, with time to be killed in between."""
    wanted, pause = run.parameters["numbers"], run.parameters.get("pause", 0.0)
    while True:
        async with run.chunk() as chunk:
            begin = chunk.cursor.get("next", 0)
            piece = range(begin, min(begin + CHUNK, wanted))
            for number in piece:
                await chunk.session.execute(
                    INSERT, {"t": run.tenant_id, "k": run.parameters["key"], "n": number}
                )
                await asyncio.sleep(pause)
            if not piece:
                return
            if begin >= run.parameters.get("refuse_from", wanted):
                raise LineRefused(line=begin)
            chunk.advance(cursor={"next": piece.stop}, done=piece.stop, even=len(piece[::2]))


async def write_report(run: TaskRun) -> None:
    """Write a file of so many lines, showing how far it is."""
    async with run.result(run.parameters["filename"], "text/plain; charset=utf-8") as path:
        with path.open("w", encoding="utf-8") as out:
            for line in range(run.parameters["lines"]):
                out.write(f"{line} 理赔\n")
                if line % 1000 == 0:
                    await run.progress(done=line, total=run.parameters["lines"])
                    await asyncio.sleep(run.parameters.get("pause", 0.0))


async def always_broken(run: TaskRun) -> None:
    """A defect in a runner."""
    raise RuntimeError(f"no such thing: {run.parameters['secret']}")


async def needs_store(run: TaskRun) -> None:
    """Something outside is away at first."""
    async with run.chunk() as chunk:
        tries = chunk.cursor.get("tries", 0)
    if tries < 1:
        async with run.chunk() as chunk:
            chunk.advance(cursor={"tries": tries + 1}, done=0)
        raise ConnectionError("away")


def where(number: int) -> tuple[int, int]:
    """Work for another process."""
    if number < 0:
        raise LineRefused(line=number)
    return os.getpid(), number * 2


async def compute(run: TaskRun) -> None:
    pid, doubled = await run.in_process(where, run.parameters["number"])
    async with run.chunk() as chunk:
        chunk.advance(cursor={"elsewhere": pid != os.getpid(), "doubled": doubled}, done=1)


def kind(name: str, run: object, allowed: object = DO) -> TaskKind:
    return TaskKind(name, Text(f"试验 {name}", name), allowed, run)  # type: ignore[arg-type]


KINDS = (
    kind("effects.add", add_effects),
    kind("report.write", write_report, EXPORT),
    kind("broken", always_broken),
    kind("store", needs_store),
    kind("compute", compute),
)
