"""A roster of 100,000 rows (BENCH_ROSTER_ROWS=) from upload to validated result, and from approval to policies.

The whole way through the service's own API and worker on a database of its own. Beside it in the same run: reading
the same file with the platform's streaming reader and copying its rows into a plain table.
"""

import asyncio
import itertools
import os
import shutil
import time
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import AsyncExitStack, suppress
from pathlib import Path
from typing import Any

import asyncpg
import psutil

from common.contracts.pack import load_pack
from common.crypto import MasterKeys
from common.sheets import Limits, open_workbook
from common.telemetry.logs import configure_logs
from common.testing import Mint, add_tenant, client_of
from common.testing.tenants import make_tenant
from huzhu.parts import EmbeddedPostgres, EmbeddedSeaweed, EmbeddedValkey
from huzhu.people import write_roster
from tests.conftest import Parts, migrate_all
from tests.enrollment.world import World
from tests.stack_broker import short_lived_home

from .entry import Entry

NAMES = (
    ("roster.check_rows_per_s", "rows/s"),
    ("roster.issue_rows_per_s", "rows/s"),
    ("roster.memory_mb", "MB"),
)
ROWS = int(os.environ.get("BENCH_ROSTER_ROWS", "100000"))
FAULTY = 0.05
PACK = Path(__file__).resolve().parents[2] / "tenants" / "wuxi.yaml"
COLUMNS = 7
LIMITS = Limits(file_bytes=50_000_000, rows=1_000_000)


def rows_of(path: Path) -> Iterator[tuple[str, ...]]:
    """The file's rows as they are."""
    with open_workbook(path, LIMITS) as workbook:
        for row in workbook.rows(workbook.sheets[0], max_rows=1_000_000):
            yield (*row.cells[:COLUMNS], *[""] * (COLUMNS - len(row.cells[:COLUMNS])))


async def copied(path: Path, connection: asyncpg.Connection) -> float:
    """Seconds to read the file and copy its rows into a table."""
    columns = ", ".join(f"c{n} text" for n in range(COLUMNS))
    await connection.execute(f"DROP TABLE IF EXISTS roster; CREATE TABLE roster ({columns})")
    started = time.perf_counter()
    await connection.copy_records_to_table("roster", records=rows_of(path))
    return time.perf_counter() - started


class Peak:
    """The largest proportional memory of this process and the roster processes, looked at ten times a second.

    What processes share counts once. Reading that takes long, so it is read only where the plain memory is larger than
    ever. Which processes there are is looked at seldom: it takes longer than a part of a roster.
    """

    def __init__(self) -> None:
        self.mb = self._plain = 0.0
        self._processes: list[psutil.Process] = []
        self._task = asyncio.create_task(self._watch())

    async def _watch(self) -> None:
        for turn in itertools.count():
            if turn % 20 == 0:
                self._processes = await asyncio.to_thread(self._pythons)
            if (plain := self._sum(lambda process: process.memory_info().rss)) > self._plain:
                self._plain = plain
                self.mb = max(self.mb, self._sum(lambda process: process.memory_full_info().pss))
            await asyncio.sleep(0.1)

    def _pythons(self) -> list[psutil.Process]:
        me, found = psutil.Process(), []
        for process in [me, *me.children(recursive=True)]:
            with suppress(psutil.Error):
                if "python" in process.name():
                    found.append(process)
        return found

    def _sum(self, of: Callable[[psutil.Process], int]) -> float:
        total = 0
        for process in self._processes:
            with suppress(psutil.Error):
                total += of(process)
        return total / 2**20

    def stop(self) -> float:
        self._task.cancel()
        return self.mb


class Way:
    """A unit's way with one roster, on databases of its own."""

    def __init__(self, world: World, worker: Any) -> None:
        self.world, self.worker = world, worker

    async def check(self, path: Path) -> tuple[str, float]:
        """Seconds from the upload to the validated result."""
        from enrollment.imports.jobs import check_rosters

        order = await self.world.order()
        started = time.perf_counter()
        answer = await self.world.upload_file(order, path.read_bytes())
        assert answer.status_code in (200, 202), answer.text
        await check_rosters(self.worker.context, self.world.tenant.id)
        taken = time.perf_counter() - started
        state = await self.world.state(order)
        assert state["insurable"] + state["not_insurable"] >= ROWS, state
        return order, taken

    async def issue(self, order: str) -> tuple[int, float]:
        """People, and seconds from the approval (payment included) to policies in force."""
        from enrollment.issuing.jobs import issue_policies

        submitted = (await self.world.submit(order, leave_out_not_insurable=True)).json()
        started = time.perf_counter()
        await self.world.client.post(f"/orders/{order}/approve", self.world.reviewer, json={})
        await self.world.pay(order, submitted["amount_due"])
        await self.world.client.post(f"/orders/{order}/payment/confirm", self.world.finance)
        while (await self.world.state(order))["status"] != "done":
            await issue_policies(self.worker.context, self.world.tenant.id)
        return int(submitted["people"]), time.perf_counter() - started


async def measure() -> AsyncGenerator[Entry, None]:
    """Yield the entries."""
    home = short_lived_home("huzhu-bench-", on_disk=True)
    configure_logs("bench", level="ERROR")
    try:
        home.create()
        parts = Parts(home, EmbeddedPostgres(home), EmbeddedValkey(home), EmbeddedSeaweed(home))
        path = home.path / "roster.xlsx"
        await asyncio.to_thread(write_roster, path, ROWS, seed=1, faulty=FAULTY)
        async with AsyncExitStack() as stack:
            for part in (parts.postgres, parts.valkey, parts.seaweed):
                await stack.enter_async_context(part)
            await asyncio.to_thread(migrate_all, parts.environment())
            async for entry in _measured(parts, path):
                yield entry
    finally:
        shutil.rmtree(home.path.parent, ignore_errors=True)


async def _measured(parts: Parts, path: Path) -> AsyncGenerator[Entry, None]:
    from importlib import import_module

    environment = parts.environment()
    os.environ.update({name: value for name, value in environment.items() if "_OWNER_" not in name})
    os.environ["ENROLLMENT_ROSTER_INLINE_BYTES"] = "0"
    connection = await asyncpg.connect(parts.postgres.dsn())
    app = import_module("enrollment.app").create_app()
    worker = import_module("enrollment.worker").create_worker()
    async with client_of(app, Mint()) as client:
        master = MasterKeys.parse(parts.home.secrets["master_key"])
        tenant = make_tenant(load_pack(PACK), master)
        await add_tenant(client.context.db, tenant)
        world = World(client, tenant)
        await world.approve_unit()
        way = Way(world, worker)
        await warm(way)
        before = await copied(path, connection)
        peak = Peak()
        order, checked = await way.check(path)
        people, issued = await way.issue(order)
        memory = peak.stop()
        # The baseline on both sides of what it stands beside: the machine may be busy with other things.
        baseline = ROWS / ((before + await copied(path, connection)) / 2)
        yield Entry(NAMES[0][0], ROWS / checked, "rows/s", baseline, note=f"{ROWS} rows, upload to result")
        yield Entry(
            NAMES[1][0], people / issued, "rows/s", baseline, note=f"{people} policies, from approval"
        )
        yield Entry(
            NAMES[2][0],
            memory,
            "MB",
            note="peak of service, worker and roster processes together, proportional",
        )
    await worker.context.close()
    await connection.close()


async def warm(way: Way) -> None:
    """Start the roster process, and let everything have been used once."""
    from enrollment.imports.jobs import check_rosters
    from tests.enrollment.world import person

    order = await way.world.order()
    await way.world.upload(order, [person(n) for n in range(900_000, 900_050)])
    await check_rosters(way.worker.context, way.world.tenant.id)
