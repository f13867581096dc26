"""Real PostgreSQL, Valkey and S3 for all tests: started once, one set of databases for each test process."""

import asyncio
import os
import shutil
import tempfile
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg
import pytest
import pytest_asyncio
from hypothesis import HealthCheck, settings

from common.bus.postgres import PostgresBus, create_schema
from common.contracts.pack import TenantPack, load_pack
from common.crypto import MasterKeys
from common.db.migrate import upgrade
from common.telemetry.logs import configure_logs
from common.testing import Client, Mint, TestTenant, add_tenant, client_of
from common.testing.tenants import make_tenant
from huzhu.environment import service_environment
from huzhu.home import SERVICES, Home
from huzhu.parts import EmbeddedPostgres, EmbeddedSeaweed, EmbeddedValkey

from . import clear_numbers, progress, standing
from .stack_broker import broker

__all__ = ["broker"]
ROOT = Path(__file__).resolve().parents[1]
HOME_VARIABLE = "HUZHU_TEST_HOME"
# How long an example takes says how busy the machine is, and nothing about the rule.
settings.register_profile("any-machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any-machine")


@dataclass
class Parts:
    """The running parts of the tests' home."""

    home: Home
    postgres: EmbeddedPostgres
    valkey: EmbeddedValkey
    seaweed: EmbeddedSeaweed

    def environment(self, suffix: str = "") -> dict[str, str]:
        values = dict(
            service_environment(
                self.home,
                postgres=self.postgres,
                valkey=self.valkey,
                seaweed=self.seaweed,
                public_url="http://127.0.0.1:1",
                suffix=suffix,
            )
        )
        values["IDENTITY_PORTALS"] = "pack"  # tests run portals of their own; those of the sandbox say so
        # Several test processes and the platforms that they start share one cluster and its connections.
        for name in SERVICES:
            values |= {f"{name.upper()}_DATABASE_POOL_SIZE": "4", f"{name.upper()}_RELAY_POOL_SIZE": "2"}
        return values


class PartsThread:
    """Keeps the parts running in a thread of its own, so that they outlive every test's event loop."""

    def __init__(self, home: Home) -> None:
        self.parts = Parts(home, EmbeddedPostgres(home), EmbeddedValkey(home), EmbeddedSeaweed(home))
        self._ready = threading.Event()
        self._stop = threading.Event()
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()), daemon=True)

    def start(self) -> Parts:
        self._thread.start()
        self._ready.wait()
        if self._error:
            raise self._error
        return self.parts

    async def _run(self) -> None:
        try:
            async with AsyncExitStack() as stack:
                for part in (self.parts.postgres, self.parts.valkey, self.parts.seaweed):
                    await stack.enter_async_context(part)
                await asyncio.to_thread(migrate_all, self.parts.environment())
                self._ready.set()
                await asyncio.to_thread(self._stop.wait)
        except BaseException as error:
            self._error = error
            self._ready.set()

    def stop(self) -> None:
        self._stop.set()
        self._thread.join(60)


def migrate_all(environment: dict[str, str]) -> None:
    """Build the databases that the test processes copy."""
    for name in SERVICES:
        folder = ROOT / "services" / name / "migrations"
        if (folder / "env.py").exists():
            upgrade(folder, environment[f"{name.upper()}_OWNER_DATABASE_URL"])
    asyncio.run(create_schema(environment["BUS_OWNER_DATABASE_URL"]))


def pytest_configure(config: pytest.Config) -> None:
    """With several test processes the first one starts the parts for all.

    Logs are set up as in a running process: the default would print every traceback with all its variables.
    """
    configure_logs("tests", level="ERROR")
    progress.register(config)
    config.pluginmanager.register(standing, "huzhu-standing")
    if getattr(config.option, "numprocesses", None) and not hasattr(config, "workerinput"):
        config._parts = start_parts()  # type: ignore[attr-defined]
        os.environ[HOME_VARIABLE] = str(config._parts.parts.home.path)  # type: ignore[attr-defined]


def pytest_unconfigure(config: pytest.Config) -> None:
    thread = getattr(config, "_parts", None)
    if thread is not None:
        stop_parts(thread)


def start_parts() -> PartsThread:
    thread = PartsThread(Home(Path(tempfile.mkdtemp(prefix="huzhu-test-"))))
    thread.start()
    return thread


def stop_parts(thread: PartsThread) -> None:
    thread.stop()
    shutil.rmtree(thread.parts.home.path, ignore_errors=True)


@pytest.fixture(scope="session")
def parts() -> Iterator[Parts]:
    """The running parts; this process starts them unless the first test process did."""
    inherited = os.environ.get(HOME_VARIABLE)
    if inherited:
        home = Home(Path(inherited))
        running = Parts(home, EmbeddedPostgres(home), EmbeddedValkey(home), EmbeddedSeaweed(home))
        for part in (running.postgres, running.valkey, running.seaweed):
            part.attach()
        yield running
        return
    thread = start_parts()
    yield thread.parts
    stop_parts(thread)


@pytest.fixture(scope="session")
def environment(parts: Parts, worker_id: str) -> dict[str, str]:
    """The environment of services whose databases belong to this test process alone."""
    suffix = f"_{worker_id}_{os.getpid()}"
    asyncio.run(copy_databases(parts.postgres.dsn(), suffix))
    values = parts.environment(suffix)
    # The owners' addresses stay out, as in a running process: whoever migrates takes them from this fixture.
    os.environ.update({name: value for name, value in values.items() if "_OWNER_" not in name})
    return values


async def copy_databases(dsn: str, suffix: str) -> None:
    admin = await asyncpg.connect(dsn)
    try:
        for name in (*SERVICES, "bus"):
            copy = f"huzhu_{name}{suffix}"
            roles = (
                ("bus_owner", "bus_app")
                if name == "bus"
                else tuple(f"{name}_{r}" for r in ("owner", "app", "relay"))
            )
            # One at a time: a template must have no other user.
            await admin.execute("SELECT pg_advisory_lock(1)")
            await admin.execute(f"CREATE DATABASE {copy} TEMPLATE huzhu_{name} OWNER {roles[0]}")
            await admin.execute(f"REVOKE ALL ON DATABASE {copy} FROM PUBLIC")
            await admin.execute(f"GRANT CONNECT, TEMPORARY ON DATABASE {copy} TO {', '.join(roles)}")
            await admin.execute("SELECT pg_advisory_unlock(1)")
    finally:
        await admin.close()


@pytest.fixture(scope="session")
def mint() -> Mint:
    return Mint()


@pytest.fixture(scope="session")
def wuxi_pack() -> TenantPack:
    return load_pack(ROOT / "tenants" / "wuxi.yaml")


@pytest.fixture(scope="session")
def master(parts: Parts) -> MasterKeys:
    return MasterKeys.parse(parts.home.secrets["master_key"])


@pytest.fixture
def new_tenant(master: MasterKeys, wuxi_pack: TenantPack) -> Callable[..., Awaitable[TestTenant]]:
    """Make a tenant and put it into the databases of the given contexts."""

    async def make(*contexts: Any, pack: TenantPack | None = None) -> TestTenant:
        tenant = make_tenant(pack or wuxi_pack, master)
        for context in contexts:
            await add_tenant(context.db, tenant)
        return tenant

    return make


def service_client(name: str) -> Any:
    """Return a session fixture with a client of one service, e.g. `identity = service_client("identity")`."""

    @pytest_asyncio.fixture(scope="session", loop_scope="session")
    async def fixture(environment: dict[str, str], mint: Mint) -> AsyncIterator[Client]:
        from importlib import import_module

        module = import_module(f"{name}.app")
        async with client_of(module.create_app(), mint) as client:
            client.http.event_hooks["response"].append(clear_numbers.look)
            yield client

    return fixture


identity = service_client("identity")
enrollment = service_client("enrollment")
claims = service_client("claims")
notify = service_client("notify")
ocr = service_client("ocr")
activities = service_client("activities")


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def bus(environment: dict[str, str]) -> AsyncIterator[PostgresBus]:
    """The embedded bus of this test process."""
    transport = PostgresBus(environment["HUZHU_BUS_DATABASE_URL"])
    yield transport
    await transport.close()


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Name files by their argument: made anew at every collection they differ, and two processes would not agree."""
    return argname if isinstance(val, bytes) and len(val) > 40 else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let reports carry the feature rows that a test accepts; an unknown row is an error."""
    from .features.rows import rows

    known = rows()
    for item in items:
        for mark in item.iter_markers("feature"):
            for row in mark.args:
                if row not in known:
                    raise pytest.UsageError(
                        f"{item.nodeid} names the feature row {row}, which does not exist"
                    )
                item.user_properties.append(("feature", row))
