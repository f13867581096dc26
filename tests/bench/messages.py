"""How long a verification code takes, from the bus to the provider's acceptance, while 100,000 renewal messages wait.

HUZHU_BENCH_MESSAGES sets the burst. The baseline is the same without a burst, in the same run. The burst comes as
events on the bus, as enrollment sends them at noon of the 1st; the codes come in its first seconds, when it is largest.
"""

import asyncio
import os
import shutil
import time
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from sqlalchemy import func, select

from common.bus import Bus, make_bus
from common.bus.interface import Record
from common.bus.postgres import create_schema
from common.clock import now, today
from common.consumer import Worker
from common.contracts.enrollment import ExpiringGroup, PolicyExpiring
from common.contracts.identity import UnitApproved, UnitFact, VerificationCodeIssued
from common.contracts.pack import load_pack
from common.crypto import MasterKeys
from common.db import unscoped
from common.db.migrate import upgrade
from common.events import Event
from common.events.outbox import wrap
from common.ids import new_id
from common.telemetry.logs import configure_logs
from common.testing import TestTenant, add_tenant
from common.testing.tenants import make_tenant
from huzhu.environment import service_environment
from huzhu.parts import EmbeddedPostgres, EmbeddedSeaweed, EmbeddedValkey
from notify.messages.models import Message
from notify.worker import create_worker
from tests.stack_broker import short_lived_home

from .entry import Entry, quantile

NAMES = (
    ("notify.code_delay_p99_ms", "ms"),
    ("notify.code_delay_p50_ms", "ms"),
    ("notify.burst_per_s", "1/s"),
)
BURST = int(os.environ.get("HUZHU_BENCH_MESSAGES", "100000"))
CODES, PAUSE_SECONDS, DEADLINE = 100, 0.25, 60.0
BATCH = 1000
ROOT = Path(__file__).resolve().parents[2]


@dataclass
class Ground:
    """A running worker of notify, its bus, and a union with one unit."""

    worker: Worker
    bus: Bus
    tenant: TestTenant
    unit_id: UUID

    async def publish(self, *events: Event) -> list[UUID]:
        envelopes = [wrap(event, self.tenant.id) for event in events]
        await self.bus.publish(
            [Record(e.type.split(".")[0], e.partition, e.subject.encode(), e.encode()) for e in envelopes]
        )
        return [envelope.id for envelope in envelopes]

    async def accepted(self, causes: list[UUID]) -> dict[UUID, float]:
        """When the messages of these events were accepted, in seconds since the epoch."""
        statement = select(Message.cause_id, Message.sent_at).where(
            Message.tenant_id == self.tenant.id, Message.cause_id.in_(causes), Message.state == "sent"
        )
        async with self.worker.context.db.transaction(self.tenant.id) as session:
            rows = await session.execute(unscoped(statement, why="a measurement of this tenant"))
            return {cause: sent_at.timestamp() for cause, sent_at in rows if sent_at is not None}

    async def renewals(self) -> int:
        """How many renewal messages have been made."""
        statement = select(func.count()).where(
            Message.tenant_id == self.tenant.id, Message.template == "enrollment.policies_expiring"
        )
        async with self.worker.context.db.transaction(self.tenant.id) as session:
            return int((await session.execute(unscoped(statement, why="a measurement"))).scalar_one())


@asynccontextmanager
async def ground() -> AsyncIterator[Ground]:
    configure_logs("bench", level="ERROR")
    home = short_lived_home("huzhu-bench-", on_disk=True)
    async with AsyncExitStack() as stack:
        stack.callback(shutil.rmtree, home.path.parent, ignore_errors=True)
        postgres = await stack.enter_async_context(EmbeddedPostgres(home, services=("notify",)))
        valkey = await stack.enter_async_context(EmbeddedValkey(home))
        seaweed = await stack.enter_async_context(EmbeddedSeaweed(home))
        values = dict(
            service_environment(
                home,
                postgres=postgres,
                valkey=valkey,
                seaweed=seaweed,
                public_url="http://127.0.0.1:1",
            )
        )
        folder = ROOT / "services" / "notify" / "migrations"
        await asyncio.to_thread(upgrade, folder, values["NOTIFY_OWNER_DATABASE_URL"])
        await create_schema(values["BUS_OWNER_DATABASE_URL"])
        os.environ.update({name: value for name, value in values.items() if "_OWNER_" not in name})
        worker = create_worker()
        tenant = make_tenant(
            load_pack(ROOT / "tenants" / "wuxi.yaml"), MasterKeys.parse(home.secrets["master_key"])
        )
        await add_tenant(worker.context.db, tenant)
        bus = make_bus(worker.context.settings)
        running = asyncio.create_task(worker.run())
        found = Ground(worker, bus, tenant, new_id())
        await found.publish(UnitApproved(unit=unit(found)))
        yield found
        running.cancel()
        with suppress(asyncio.CancelledError, BaseExceptionGroup):
            await running
        await bus.close()


def unit(ground: Ground) -> UnitFact:
    return UnitFact(
        unit_id=ground.unit_id, name="示范公司工会", credit_code="81320200MC0000001M", org_path="/binhu/",
        handler_account_id=new_id(), status="approved",
        handler_mobile=ground.tenant.keys.sealed("13900005678", context="person.mobile", kind="mobile"),
    )  # fmt: skip


def code(ground: Ground, number: int) -> VerificationCodeIssued:
    keys = ground.tenant.keys
    return VerificationCodeIssued(
        challenge_id=new_id(), purpose="sign_in", expires_at=now() + timedelta(minutes=5),
        mobile=keys.sealed(f"138{number:08d}", context="person.mobile", kind="mobile"),
        code=keys.sealed("482913", context="code"),
    )  # fmt: skip


async def code_delays(ground: Ground) -> list[float]:
    """Milliseconds from the bus to the provider, one code after the other at a steady pace."""
    published: dict[UUID, float] = {}
    for number in range(CODES):
        at = time.time()
        (cause,) = await ground.publish(code(ground, number))
        published[cause] = at
        await asyncio.sleep(PAUSE_SECONDS)
    end = time.monotonic() + DEADLINE
    while len(accepted := await ground.accepted(list(published))) < CODES:
        if time.monotonic() > end:
            raise TimeoutError(f"{CODES - len(accepted)} codes were not sent within {DEADLINE:.0f} s")
        await asyncio.sleep(0.2)
    return [(accepted[cause] - at) * 1000 for cause, at in published.items()]


async def burst(ground: Ground) -> None:
    group = ExpiringGroup(product_code="three-in-one", people=12, first_ends_on=today(), last_ends_on=today())
    for start in range(0, BURST, BATCH):
        events = [
            PolicyExpiring(
                notice_id=new_id(), month=f"{today():%Y-%m}", unit_id=ground.unit_id, groups=[group]
            ).model_copy()
            for _ in range(min(BATCH, BURST - start))
        ]
        await ground.publish(*events)


async def measure() -> AsyncGenerator[Entry, None]:
    """Yield the delay with the burst beside that without, and how fast the burst is told meanwhile."""
    async with ground() as here:
        quiet = await code_delays(here)
        await burst(here)
        began, before = time.monotonic(), await here.renewals()
        busy = await code_delays(here)
        made = await here.renewals() - before
        note = f"{BURST:,} renewal messages on the bus; baseline without them"
        yield Entry("notify.code_delay_p99_ms", quantile(busy, 0.99), "ms", quantile(quiet, 0.99), note)
        yield Entry("notify.code_delay_p50_ms", quantile(busy, 0.5), "ms", quantile(quiet, 0.5))
        yield Entry(
            "notify.burst_per_s", made / (time.monotonic() - began), "1/s", None, "made while codes were sent"
        )
