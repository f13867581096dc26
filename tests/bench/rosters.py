"""Checking a roster of 20,000 rows beside reading the same file and copying it into a table."""

import asyncio
import shutil
import time
from collections.abc import AsyncGenerator, Iterator
from contextlib import suppress
from pathlib import Path

import asyncpg
from python_calamine import CalamineWorkbook

from common.contracts.pack import load_pack
from enrollment.rosters import RosterRules, check_file, rules_of
from huzhu.parts import EmbeddedPostgres
from huzhu.people import write_roster
from tests.stack_broker import short_lived_home

from .entry import Entry

NAMES = (("roster.check_rows_per_s", "rows/s"),)
ROWS = 20_000
ROUNDS = 3
FAULTY = 0.05
PACK = Path(__file__).resolve().parents[2] / "tenants" / "wuxi.yaml"
PRODUCT = "three-in-one"
COLUMNS = 7


def rules() -> RosterRules:
    pack = load_pack(PACK)
    found = rules_of(pack, next(product for product in pack.products if product.code == PRODUCT))
    assert found is not None
    return found


def checked(path: Path) -> float:
    """Seconds to check the file."""
    chosen = rules()
    started = time.perf_counter()
    report = check_file(path, chosen)
    taken = time.perf_counter() - started
    assert len(report.rows) >= ROWS
    return taken


def rows_of(path: Path) -> Iterator[tuple[str, ...]]:
    """The file's rows as they are, read by calamine."""
    sheet = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0)
    for row in sheet.iter_rows():
        texts = [str(value) for value in row][:COLUMNS]
        yield (*texts, *("" for _ in range(COLUMNS - len(texts))))


async def copied(path: Path, connection: asyncpg.Connection) -> float:
    """Seconds to read the file and copy its rows into a table."""
    columns = ", ".join(f"c{n} text" for n in range(COLUMNS))
    await connection.execute("DROP TABLE IF EXISTS roster")
    await connection.execute(f"CREATE TABLE roster ({columns})")
    started = time.perf_counter()
    await connection.copy_records_to_table("roster", records=list(rows_of(path)))
    return time.perf_counter() - started


async def measure() -> AsyncGenerator[Entry, None]:
    """Yield the entry."""
    home = short_lived_home("huzhu-bench-", on_disk=True)
    try:
        path = home.create().path / "roster.xlsx"
        await asyncio.to_thread(write_roster, path, ROWS, seed=1, faulty=FAULTY)
        async with EmbeddedPostgres(home, services=()) as postgres:
            connection = await asyncpg.connect(postgres.dsn())
            # In turns, and the best of each: a moment in which the machine is busy elsewhere meets only one of them.
            taken = baseline = float("inf")
            for _ in range(ROUNDS):
                taken = min(taken, await asyncio.to_thread(checked, path))
                baseline = min(baseline, await copied(path, connection))
            with suppress(asyncpg.PostgresError):
                await connection.close()
    finally:
        shutil.rmtree(home.path.parent, ignore_errors=True)
    yield Entry("roster.check_rows_per_s", ROWS / taken, "rows/s", ROWS / baseline)
