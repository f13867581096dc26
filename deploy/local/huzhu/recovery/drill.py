"""The drill (`make drill`): a platform of its own is filled, backed up, destroyed, restored and checked.

It goes through the commands that an operator uses. RPO is what was lost of the time before the destruction, measured
by a row that is written all the time; RTO is from the first command of the restore to the first request that a person
could make again.
"""

import asyncio
import os
import shutil
import signal
import sys
import tempfile
import time
from asyncio.subprocess import PIPE, STDOUT, Process
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import httpx
import psutil

from huzhu.home import Home
from huzhu.parts import EmbeddedPostgres, EmbeddedSeaweed
from huzhu.parts.ports import HOST, Ports
from huzhu.processes.record import OWNED

from .archive import Archive

Say = Callable[[str], None]
START_SECONDS = 300.0
SETTLE_SECONDS = 180.0
TICK_SECONDS = 0.1


class DrillFailed(AssertionError):
    """A step of the drill did not hold."""


class Drill:
    """One drill in a folder of its own."""

    def __init__(self, home: Home, say: Say) -> None:
        self.home, self.say = home, say
        self.port = Ports(home).take("drill")
        self.url = f"http://{HOST}:{self.port}"
        self.environment = {**os.environ, "HUZHU_HOME": str(home.path), "PORT": str(self.port)}
        self._platform: Process | None = None

    async def start(self) -> float:
        """Start the platform as `make run` does; return the seconds until a person could sign in."""
        started = time.monotonic()
        log = (self.home.path / "drill.log").open("ab")
        self._platform = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "huzhu", "run"),
            env=self.environment,
            stdout=log,
            stderr=STDOUT,
            start_new_session=True,
        )
        async with httpx.AsyncClient(trust_env=False, timeout=10) as http:
            while True:
                with suppress(httpx.HTTPError):
                    if (await http.get(f"{self.url}/readyz")).is_success:
                        return time.monotonic() - started
                self.require(self._platform.returncode is None, "the platform ended at its start")
                self.require(time.monotonic() - started < START_SECONDS, "the platform is not ready in time")
                await asyncio.sleep(0.2)

    async def until_announced(self) -> None:
        """Wait until the unions are loaded."""
        log, end = self.home.path / "drill.log", time.monotonic() + START_SECONDS
        while "Huzhu is running" not in log.read_text(errors="replace"):
            self.require(time.monotonic() < end, "the unions are not loaded in time")
            await asyncio.sleep(0.5)

    async def stop(self) -> None:
        """Stop the platform in order."""
        if self._platform is not None and self._platform.returncode is None:
            self._platform.send_signal(signal.SIGTERM)
            await self._platform.wait()
        self._platform = None

    async def destroy(self) -> None:
        """Kill everything at once and remove all data: what is left is the archive and the keys."""
        everybody = [process for process in psutil.process_iter() if _owned(process, self.home.path)]
        if self._platform is not None:
            with suppress(ProcessLookupError):
                os.kill(self._platform.pid, signal.SIGKILL)
        for process in everybody:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        psutil.wait_procs(everybody, timeout=20)
        if self._platform is not None:
            await self._platform.wait()
        self._platform = None
        await asyncio.to_thread(shutil.rmtree, self.home.data)

    async def run(self, *command: str) -> str:
        """Run a command of `huzhu`; its output."""
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "huzhu", *command), env=self.environment, stdout=PIPE, stderr=STDOUT
        )
        output, _ = await process.communicate()
        text = output.decode(errors="replace")
        self.require(process.returncode == 0, f"huzhu {' '.join(command)}:\n{text}")
        return text

    def owner(self, service: str) -> str:
        """A service's database as its owner, who sees all unions."""
        return EmbeddedPostgres(self.home).attach().dsn(f"huzhu_{service}", f"{service}_owner")

    async def ask(self, service: str, statement: str, *values: Any) -> Any:
        """Return one value of a service's database."""
        connection = await asyncpg.connect(self.owner(service))
        try:
            return await connection.fetchval(statement, *values)
        finally:
            await connection.close()

    async def eventually(self, holds: Callable[[], Awaitable[object]], words: str) -> None:
        """Wait until something becomes true."""
        end = time.monotonic() + SETTLE_SECONDS
        while not await holds():
            self.require(time.monotonic() < end, words)
            await asyncio.sleep(0.5)

    def require(self, holds: object, words: str) -> None:
        """Raise DrillFailed unless it holds."""
        if not holds:
            raise DrillFailed(words)


def _owned(process: psutil.Process, path: Path) -> bool:
    try:
        return process.environ().get(OWNED, "") == str(path)
    except psutil.Error:
        return False


@dataclass(frozen=True)
class Erased:
    """Somebody who was erased, and a moment before it."""

    tenant: UUID
    person: UUID
    before: str


async def run_drill(say: Say) -> bool:
    """Run the whole drill; return whether every step held. Nothing is left afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="huzhu-drill-"))
    drill = Drill(Home(folder / "home"), say)
    if (task := asyncio.current_task()) is not None:
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    try:
        await _steps(drill)
    except DrillFailed as failed:
        say(f"✗ {failed}")
        return False
    finally:
        await drill.stop()
        with suppress(FileNotFoundError):
            await drill.destroy()
        shutil.rmtree(folder, ignore_errors=True)
    return True


async def _steps(drill: Drill) -> None:
    Archive(drill.home).open()
    await drill.start()
    await drill.until_announced()
    await drill.run("demo", "--seed", "11")
    taken = await drill.run("backup")
    drill.say(f"✓ 备份 backup  {taken.splitlines()[0]}")
    await drill.run("demo", "--seed", "12")
    person = await _erase_somebody(drill)
    drill.say(
        "✓ 备份之后：又一家单位参保理赔，一人按要求删除 after it: another unit, and a person erased on request"
    )
    anchors = drill.home.path / "anchors.json"
    await drill.run("verify", "--write", str(anchors))
    facts = await _facts(drill)
    lost_at = await _tick_until_archived(drill)
    await drill.destroy()
    drill.say("✓ 毁掉：全部进程 kill -9，数据全部删除 destroyed: every process killed, all data removed")

    began = time.monotonic()
    told = await drill.run("restore")
    ready = await drill.start()
    rto = time.monotonic() - began
    await drill.until_announced()
    last = await drill.ask("claims", "SELECT max(at) FROM drill_tick")
    rpo = (lost_at - last).total_seconds()
    drill.say(f"✓ 恢复 restored  {told.splitlines()[0]}")
    drill.require(await _facts(drill) == facts, "facts are missing after the restore")
    checked = await drill.run("verify", "--anchors", str(anchors))
    drill.say(f"✓ 审计链与账 chains and books  {checked.splitlines()[-1]}")
    drill.require(await _is_erased(drill, person), "the erased person is back")
    await drill.run("demo", "--seed", "13")
    drill.say("✓ 恢复后的平台走完整个流程 the demo passes on what was restored")
    await _erasure_survives(drill, person)
    await _keys_move(drill)
    drill.say(f"RPO {rpo:.1f} s（最后一次写入到毁掉 last write kept to destruction）")
    drill.say(f"RTO {rto:.1f} s（其中启动与日志重放 of it start and replay {ready:.1f} s）")


async def _facts(drill: Drill) -> dict[str, int]:
    """Counts of what people were answered."""
    asked = {
        "persons": ("identity", "SELECT count(*) FROM person"),
        "policies": ("enrollment", "SELECT count(*) FROM policy"),
        "claims": ("claims", "SELECT count(*) FROM claim WHERE status = 'paid'"),
        "entries": ("claims", "SELECT count(*) FROM ledger_entry"),
        "documents": ("ocr", "SELECT count(*) FROM document"),
    }
    return {name: int(await drill.ask(*place)) for name, place in asked.items()}


async def _tick_until_archived(drill: Drill) -> datetime:
    """Write a row ten times a second until some of the log has gone to the archive; return the last time written."""
    connection = await asyncpg.connect(drill.owner("claims"))
    await connection.execute("CREATE TABLE IF NOT EXISTS drill_tick (at timestamptz NOT NULL)")
    log, end = Archive(drill.home).log, time.monotonic() + 25.0
    before = len(list(log.iterdir()))
    at: datetime = await connection.fetchval("SELECT clock_timestamp()")
    while time.monotonic() < end or len(list(log.iterdir())) <= before:
        at = await connection.fetchval("INSERT INTO drill_tick VALUES (clock_timestamp()) RETURNING at")
        await asyncio.sleep(TICK_SECONDS)
    await connection.close()
    return at


async def _erase_somebody(drill: Drill) -> Erased:
    """Erase somebody who was in the backup, the way an approved request does; waits until every service has."""
    person = await drill.ask("identity", "SELECT id FROM person WHERE account_id IS NULL ORDER BY id LIMIT 1")
    tenant = await drill.ask("identity", "SELECT tenant_id FROM person WHERE id = $1", person)
    before = await drill.ask("identity", "SELECT now()")
    await asyncio.sleep(1.5)  # a moment to come back to
    await drill.run("erase-for-drill", str(tenant), str(person))
    query = "SELECT state = 'done' FROM data_request WHERE person_id = $1 AND kind = 'erasure'"
    await drill.eventually(
        lambda: drill.ask("identity", query, person), "not every service has erased the person"
    )
    return Erased(tenant, person, before.isoformat(sep=" "))


async def _is_erased(drill: Drill, erased: Erased) -> bool:
    query = "SELECT document_index = 'erased:' || id FROM person WHERE id = $1"
    return bool(await drill.ask("identity", query, erased.person))


async def _erasure_survives(drill: Drill, erased: Erased) -> None:
    """Take the database back to before the erasure; the object store, another machine's, stays as it is."""
    await drill.eventually(lambda: _noted(drill, erased), "the erasure is not noted beside the database")
    await drill.stop()
    await drill.run("restore", "--until", erased.before)
    await drill.start()
    drill.require(
        await drill.ask("identity", "SELECT count(*) = 1 FROM person WHERE id = $1", erased.person),
        "no such person",
    )
    await drill.eventually(lambda: _is_erased(drill, erased), "the erased person is back for good")
    drill.say("✓ 恢复到删除之前，删除仍然生效 restored to before the erasure: erased again by itself")


async def _noted(drill: Drill, erased: Erased) -> bool:
    client = EmbeddedSeaweed(drill.home).attach().client()
    name = f"{erased.tenant}/erased/{erased.person}"
    return any(await asyncio.to_thread(lambda: list(client.list_objects("huzhu-identity", name))))


async def _keys_move(drill: Drill) -> None:
    """A new master key, a restart, everything moved to it: the old one wraps nothing, and the platform works."""
    await drill.run("keys", "new-master")
    await drill.stop()
    await drill.start()
    await drill.run("keys", "rotate")
    told = await drill.run("keys", "status")
    drill.require(
        " 1 号" not in told and "：1 号" not in told and "2 号" in told, f"old keys are in use:\n{told}"
    )
    drill.say("✓ 主密钥轮换：旧密钥不再使用 master key replaced, nothing is under the old one")
