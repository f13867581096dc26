"""Admission in bulk of 20,000 people, 5 % of them wrong, beside reading the same file and copying it into a table."""

import asyncio
import shutil
import time
from collections.abc import AsyncGenerator
from pathlib import Path

import asyncpg

from common import processes
from common.auth import Eyes
from common.clock import today
from common.contracts.pack import load_pack
from common.crypto import MasterKeys
from common.db import Database
from common.db.migrate import upgrade
from common.ids import new_id
from common.sheets import Limits
from common.testing.tenants import TestTenant, add_tenant, make_tenant
from huzhu.parts import EmbeddedPostgres
from identity.members.bulk.checking import CheckOrder, check_sheet
from identity.members.bulk.models import AdmissionBatch
from identity.members.bulk.repository import BulkRepository
from identity.members.bulk.rules import SHEET
from identity.members.bulk.tasks import CHUNK, admit_rows
from identity.units.models import Unit
from tests.identity.sheets import write_people
from tests.stack_broker import short_lived_home

from .entry import Entry
from .rosters import copied

NAMES = (("admission.rows_per_s", "rows/s"),)
ROWS = 20_000
ROOT = Path(__file__).resolve().parents[2]
BY = new_id()


async def prepared(db: Database, tenant: TestTenant) -> AdmissionBatch:
    """Put the tenant, a unit and a batch into the database."""
    await add_tenant(db, tenant)
    async with db.transaction(tenant.id) as session:
        unit = Unit(
            tenant_id=tenant.id, id=new_id(), name="单位", credit_code="1", status="approved", org_path="/",
            handler_mobile_sealed="x", handler_mobile_index="x", pack_version=1,
        )  # fmt: skip
        batch = AdmissionBatch(
            tenant_id=tenant.id, id=new_id(), unit_id=unit.id, uploaded_by=BY, sha256="", size=0, object_name="",
            state="processing", total=0, admissible=0, admitted=0, failed=0, pack_version=1,
        )  # fmt: skip
        session.add_all([unit, batch])
    return batch


async def admitted(db: Database, tenant: TestTenant, batch: AdmissionBatch, path: Path) -> tuple[float, int]:
    """Seconds to check the file and admit its good rows, and how many those were."""
    eligibility = (
        tenant.pack.registration.admission.eligibility if tenant.pack.registration.admission else None
    )
    order = CheckOrder(
        path=path, tenant_id=tenant.id, batch_id=batch.id, wrapped={1: tenant.wrapped}, sheet=SHEET,
        eligibility=eligibility, limits=Limits(), today=today(),
    )  # fmt: skip
    started = time.perf_counter()
    checked = await asyncio.to_thread(check_sheet, order)
    async with db.transaction(tenant.id) as session:
        rows = BulkRepository.of(session)
        await rows.place(batch.id, checked.path)
        await rows.mark_known(batch, state="bad")
    entered, after = 0, 0
    while True:
        async with db.transaction(tenant.id) as session:
            rows = BulkRepository.of(session)
            picked = await rows.next_good(batch.id, after=after, limit=CHUNK)
            if not picked:
                return time.perf_counter() - started, entered
            entered += await admit_rows(rows, batch, [row_id for row_id, _ in picked], by=Eyes(BY))
            after = picked[-1][1]


async def measure() -> AsyncGenerator[Entry, None]:
    """Yield the entry."""
    home = short_lived_home("huzhu-bench-", on_disk=True)
    try:
        path = home.create().path / "people.xlsx"
        bad = await asyncio.to_thread(write_people, path, ROWS, seed=1)
        master = MasterKeys.parse(home.secrets["master_key"])
        processes._master[:] = [master]
        async with EmbeddedPostgres(home, services=("identity",)) as postgres:
            folder = ROOT / "services" / "identity" / "migrations"
            owner = postgres.dsn("huzhu_identity", "identity_owner", scheme="postgresql+asyncpg")
            await asyncio.to_thread(upgrade, folder, owner)
            db = Database.connect(postgres.dsn("huzhu_identity", "identity_app", scheme="postgresql+asyncpg"))
            tenant = make_tenant(load_pack(ROOT / "tenants" / "beijing.yaml"), master)
            taken, entered = await admitted(db, tenant, await prepared(db, tenant), path)
            await db.close()
            assert entered == ROWS - bad
            connection = await asyncpg.connect(postgres.dsn())
            baseline = await copied(path, connection)
            await connection.close()
    finally:
        shutil.rmtree(home.path.parent, ignore_errors=True)
    yield Entry("admission.rows_per_s", ROWS / taken, "rows/s", ROWS / baseline)
