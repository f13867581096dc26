"""The drill (`make drill`): a platform of its own is filled, backed up, destroyed, restored and checked.

It goes through the commands that an operator uses. RPO is what was lost of the time before the destruction, measured
by a row that is written all the time; RTO is from the first command of the restore to the first request that a person
could make again. It ends by itself, and ends every process of its own, whatever happens.
"""

import asyncio
import shutil
import signal
import tempfile
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

import asyncpg

from huzhu.home import Home
from huzhu.parts import EmbeddedSeaweed
from huzhu.parts.archive import ARCHIVE_TIMEOUT, Archive

from .rehearsal import Drill, DrillFailed, Say

WHOLE_SECONDS = 2400.0
ARCHIVED_SECONDS = 300.0
TICK_SECONDS = 0.1
AFTER_SECONDS = 5.0
_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


@dataclass(frozen=True)
class Erased:
    """Somebody who was erased, and a moment before it."""

    tenant: UUID
    person: UUID
    before: str


async def run_drill(say: Say) -> bool:
    """Run the whole drill; return whether every step held. Nothing is left afterwards."""
    folder = _folder()
    drill = Drill(Home(folder / "home"), say)
    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    if task is not None:
        for number in _SIGNALS:
            loop.add_signal_handler(number, task.cancel)
    try:
        async with asyncio.timeout(WHOLE_SECONDS):
            await _steps(drill)
    except DrillFailed as failed:
        drill.say(f"✗ {failed}")
        return False
    except TimeoutError:
        drill.say(f"✗ 演练超过 {WHOLE_SECONDS:.0f} 秒 the drill took too long")
        return False
    except asyncio.CancelledError:
        drill.say("✗ 演练被中断 the drill was interrupted")
        return False
    finally:
        await drill.kill()
        await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)
    return True


def _folder() -> Path:
    """PostgreSQL may be another user: others may pass, not list."""
    folder = Path(tempfile.mkdtemp(prefix="huzhu-drill-"))
    folder.chmod(0o711)
    return folder


async def _steps(drill: Drill) -> None:
    ready = await drill.start()
    await drill.until_announced()
    drill.say(f"✓ 新的平台 a platform of its own, ready after {ready:.1f} s")
    await drill.run("demo", "--seed", "11")
    taken = await drill.run("backup")
    drill.say(f"✓ 第一次备份，不重启 the first backup, without a restart  {taken.splitlines()[0]}")
    await drill.run("demo", "--seed", "12")
    person = await _erase_somebody(drill)
    drill.say(
        "✓ 备份之后：又一家单位参保理赔，一人按要求删除 after it: another unit, and a person erased on request"
    )
    await _lose_and_restore(drill, person)
    await _erasure_survives(drill, person)
    await _keys_move(drill)
    await drill.run("demo", "--seed", "13")
    drill.say("✓ 恢复后的平台走完整个流程 the demo passes on what was restored")


async def _lose_and_restore(drill: Drill, person: Erased) -> None:
    anchors = drill.home.path / "anchors.json"
    await drill.run("verify", "--write", str(anchors))
    facts, objects = await _facts(drill), await asyncio.to_thread(drill.objects)
    lost_at = await _tick_until_archived(drill)
    await drill.destroy()
    drill.say("✓ 毁掉：全部进程 kill -9，数据全部删除 destroyed: every process killed, all data removed")

    began = time.monotonic()
    told = await drill.run("restore")
    ready = await drill.start()
    rto = time.monotonic() - began
    last = await drill.ask("claims", "SELECT max(at) FROM drill_tick")
    rpo = (lost_at - last).total_seconds()
    drill.say(f"✓ 恢复 restored  {told.splitlines()[0]}")
    drill.say(f"RPO {rpo:.1f} s（毁掉前未归档的时间 lost before the destruction; ≤ {ARCHIVE_TIMEOUT}）")
    drill.say(f"RTO {rto:.1f} s（其中启动与日志重放 of it start and replay {ready:.1f} s）")
    back = await asyncio.to_thread(drill.objects)
    drill.say(
        f"  对象 objects: {back} of {objects}; 备份后的由对象存储的副本负责 the later ones are its replica's"
    )
    await drill.until_announced()
    now = await _facts(drill)
    lost = {name: f"{now[name]} of {count}" for name, count in facts.items() if now[name] < count}
    drill.require(not lost, f"facts are missing after the restore: {lost}")
    checked = await drill.run("verify", "--anchors", str(anchors))
    drill.say(f"✓ 审计链完整，账平为零 chains whole, books at zero  {checked.splitlines()[-1]}")
    drill.require(await _is_erased(drill, person), "the erased person is back")
    drill.say("✓ 删除仍然有效 the erased person is still erased")


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
    """Write a row ten times a second until the log of now, and a little more, is archived by the database itself.

    Return the last time written.
    """
    connection = await asyncpg.connect(drill.owner("claims"))
    try:
        await connection.execute("CREATE TABLE IF NOT EXISTS drill_tick (at timestamptz NOT NULL)")
        log, end = Archive(drill.home).log, time.monotonic() + ARCHIVED_SECONDS
        owner = await asyncpg.connect(drill.superuser())
        segment = await owner.fetchval("SELECT pg_walfile_name(pg_current_wal_lsn())")
        await owner.close()
        archived: float | None = None
        at: datetime = await connection.fetchval("SELECT clock_timestamp()")
        while archived is None or time.monotonic() - archived < AFTER_SECONDS:
            at = await connection.fetchval("INSERT INTO drill_tick VALUES (clock_timestamp()) RETURNING at")
            if archived is None and (log / segment).is_file():
                archived = time.monotonic()
            drill.require(archived or time.monotonic() < end, "the log is not archived in time")
            await asyncio.sleep(TICK_SECONDS)
        return at
    finally:
        await connection.close()


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
    drill.say("✓ 恢复到删除之前的时刻 restored to a moment before the erasure")
    drill.require(
        await drill.ask("identity", "SELECT count(*) = 1 FROM person WHERE id = $1", erased.person),
        "no such person",
    )
    await drill.eventually(lambda: _is_erased(drill, erased), "the erased person is back for good")
    drill.say("✓ 删除自动再次执行 the person is erased again by itself")


async def _noted(drill: Drill, erased: Erased) -> bool:
    client = EmbeddedSeaweed(drill.home).attach().client()
    name = f"{erased.tenant}/erased/{erased.person}"
    return any(await asyncio.to_thread(lambda: list(client.list_objects("huzhu-identity", name))))


async def _keys_move(drill: Drill) -> None:
    """A new master key, a restart, everything moved to it: the old one wraps nothing, and the platform works."""
    await drill.run("keys", "new-master")
    await drill.stop()
    await drill.start()
    await drill.until_announced()
    await drill.run("keys", "rotate")
    told = await drill.run("keys", "status")
    drill.require(
        " 1 号" not in told and "：1 号" not in told and "2 号" in told, f"old keys are in use:\n{told}"
    )
    drill.say("✓ 主密钥轮换：旧密钥不再使用 master key replaced, nothing is under the old one")
