"""`huzhu keys`: a new master key, everything moved to it, the old one not needed any more. And a quick `--help`."""

import asyncio
import base64
import itertools
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from uuid import UUID

import asyncpg
import httpx
import pytest
from sqlalchemy import select
from typer.testing import CliRunner

from claims.copies.models import PersonCopy
from common.contracts.pack import TenantPack
from common.crypto import MasterKeys, UnknownMasterKey
from common.crypto.rotation import BATCH
from common.http import ServiceContext
from common.ids import new_id
from common.testing import TestTenant
from common.testing.tenants import add_tenant, make_tenant
from huzhu.cli import make_app
from huzhu.home import SERVICES, Home
from huzhu.service_contexts import worker_of
from identity.extras import signing_keys

from ..conftest import Parts, copy_databases

NUMBERS = itertools.count()
SECOND = "2:" + base64.b64encode(bytes(range(32))).decode()


@pytest.fixture
def own(parts: Parts, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:
    """Databases of this test alone: other tests know the first master key only."""
    suffix = f"_keys_{os.getpid()}_{next(NUMBERS)}"
    asyncio.run(copy_databases(parts.postgres.dsn(), suffix))
    values = parts.environment(suffix)
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("HUZHU_HOME", str(parts.home.path))
    monkeypatch.setenv("HUZHU_URL", "http://127.0.0.1:1")
    monkeypatch.setenv("HUZHU_PROBES", "worker=http://127.0.0.1:1/readyz")
    yield values


@pytest.fixture
def knowing_services(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A gateway behind which every service knows the second master key."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b'{"status": "ready", "master_key": 2}')

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv("HUZHU_URL", f"http://127.0.0.1:{server.server_port}")
    monkeypatch.setenv("HUZHU_PROBES", f"worker=http://127.0.0.1:{server.server_port}/readyz")
    yield
    server.shutdown()
    server.server_close()


def huzhu(*words: str) -> tuple[int, str]:
    result = CliRunner().invoke(make_app(words[0]), list(words))
    return result.exit_code, result.output


async def plant(pack: TenantPack, master: MasterKeys) -> tuple[TestTenant, str]:
    tenant = make_tenant(pack, master)
    for service in SERVICES:
        context = worker_of(service).context
        await add_tenant(context.db, tenant)
        if service == "identity":
            await signing_keys(context).jwks()
        await context.close()
    return tenant, tenant.keys.seal("张三", context="person.name")


async def opened(master_keys: str, tenant: TestTenant, token: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """What a service that knows these master keys reads."""
    monkeypatch.setenv("HUZHU_MASTER_KEYS", master_keys)
    context: ServiceContext = worker_of("claims").context
    try:
        async with context.db.transaction(tenant.id) as session:
            return await context.keyring.open(session, token, context="person.name")
    finally:
        await context.close()


def test_everything_moves_to_the_new_master_key(
    own: dict[str, str], wuxi_pack: TenantPack, monkeypatch: pytest.MonkeyPatch, knowing_services: None
) -> None:
    first = own["HUZHU_MASTER_KEYS"]
    tenant, token = asyncio.run(plant(wuxi_pack, MasterKeys.parse(first)))
    both = f"{first},{SECOND}"
    monkeypatch.setenv("HUZHU_MASTER_KEYS", both)
    assert huzhu("keys", "status")[1].count("1 号 1 个") >= len(SERVICES) - 1
    code, said = huzhu("keys", "rotate")
    assert code == 0, said
    assert "identity: 2" in said and "claims: 1" in said
    again = huzhu("keys", "rotate")[1]
    assert all(f"{service}: 0" in again for service in SERVICES)
    status = huzhu("keys", "status")[1]
    assert "1 号" not in status.replace("1 号主", "") and "2 号 1 个" in status
    assert asyncio.run(opened(SECOND, tenant, token, monkeypatch)) == "张三"
    assert asyncio.run(opened(both, tenant, token, monkeypatch)) == "张三"
    with pytest.raises(UnknownMasterKey):
        asyncio.run(opened(first, tenant, token, monkeypatch))


async def plant_old_values(tenant: TestTenant) -> None:
    """A person in claims under the first key, then a second key in every service."""
    for service in SERVICES:
        context = worker_of(service).context
        async with context.db.transaction(tenant.id) as session:
            if service == "claims":
                sealed = tenant.keys.sealed("110105199001010000", context="person.document", kind="document")
                name = tenant.keys.seal("张三", context="person.name")
                copy = PersonCopy(
                    tenant_id=tenant.id, id=new_id(), version=1, document_index=sealed.index, name=name,
                    state="confirmed", unit_id=None, mobile=None,
                )  # fmt: skip
                session.add(copy)
                await session.flush()
            await context.keyring.add_version(session, tenant.id)
        await context.close()


async def person_in_claims(tenant: TestTenant) -> tuple[str, bool]:
    """The name's key version and whether the number, whose value is not kept here, is still found."""
    context = worker_of("claims").context
    async with context.db.transaction(tenant.id) as session:
        keys = await context.keyring.for_tenant(session)
        row = (await session.execute(select(PersonCopy))).scalar_one()
        assert keys.open(row.name, context="person.name") == "张三"
    await context.close()
    return row.name.split(".")[1], row.document_index in keys.blinds("document", "110105199001010000")


def test_a_unions_values_move_to_its_new_key_with_progress(
    own: dict[str, str], wuxi_pack: TenantPack
) -> None:
    tenant, _ = asyncio.run(plant(wuxi_pack, MasterKeys.parse(own["HUZHU_MASTER_KEYS"])))
    asyncio.run(plant_old_values(tenant))
    assert "claims: 剩余 left person_copy 1" in huzhu("tenant", "reseal", tenant.code, "--status")[1]
    assert asyncio.run(person_in_claims(tenant)) == ("1", True), "asking changes nothing"
    code, said = huzhu("tenant", "reseal", tenant.code)
    assert code == 0 and "claims: 1/1" in said, said
    assert asyncio.run(person_in_claims(tenant)) == ("2", True)
    assert "claims: 剩余 left 0" in huzhu("tenant", "reseal", tenant.code, "--status")[1]
    code, said = huzhu("tenant", "reseal", "nobody")
    assert code == 2 and "nobody" in said


PEOPLE = 1000


async def plant_many(tenant: TestTenant) -> dict[UUID, str]:
    """Many persons in claims under the first key, then a second key in every service; return names by id."""
    names = {new_id(): f"张{number}" for number in range(PEOPLE)}
    for service in SERVICES:
        context = worker_of(service).context
        async with context.db.transaction(tenant.id) as session:
            for row_id, name in names.items() if service == "claims" else ():
                session.add(
                    PersonCopy(
                        tenant_id=tenant.id, id=row_id, version=1, document_index=f"1.{row_id}", state="confirmed",
                        name=tenant.keys.seal(name, context="person.name"), unit_id=None, mobile=None,
                    )
                )  # fmt: skip
            await session.flush()
            await context.keyring.add_version(session, tenant.id)
        await context.close()
    return names


async def names_in_claims(tenant: TestTenant) -> tuple[dict[UUID, str], int]:
    """Every person's name, and how many stand under the second key."""
    context = worker_of("claims").context
    async with context.db.transaction(tenant.id) as session:
        keys = await context.keyring.for_tenant(session)
        rows = (await session.execute(select(PersonCopy))).scalars().all()
        names = {row.id: keys.open(row.name, context="person.name") for row in rows}
        moved = sum(row.name.startswith("s1.2.") for row in rows)
    await context.close()
    return names, moved


async def kill_within_a_batch(own: dict[str, str], code: str, row: UUID) -> None:
    """Let `huzhu tenant reseal` come to a row, hold it there within its transaction, and kill the process."""
    owner = await asyncpg.connect(own["CLAIMS_OWNER_DATABASE_URL"].replace("+asyncpg", ""))
    await owner.execute(
        "CREATE FUNCTION hold() RETURNS trigger LANGUAGE plpgsql AS "
        "'BEGIN PERFORM pg_advisory_xact_lock(77); RETURN NEW; END'"
    )
    await owner.execute(
        f"CREATE TRIGGER hold BEFORE UPDATE ON person_copy FOR EACH ROW WHEN (OLD.id = '{row}') "
        "EXECUTE FUNCTION hold()"
    )
    await owner.execute("SELECT pg_advisory_lock(77)")
    command = [sys.executable, "-m", "huzhu", "tenant", "reseal", code]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        waiting = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = 77 AND NOT granted"
        deadline = time.monotonic() + 300
        while not await owner.fetchval(waiting):
            assert process.poll() is None and time.monotonic() < deadline
            await asyncio.sleep(0.05)
    finally:
        process.kill()
        process.wait()
    await owner.execute("SELECT pg_advisory_unlock(77)")
    await owner.execute("DROP TRIGGER hold ON person_copy")
    await owner.close()


@pytest.mark.timeout(900)
def test_killed_within_a_batch_it_goes_on_and_nothing_is_lost(
    own: dict[str, str], wuxi_pack: TenantPack
) -> None:
    tenant, _ = asyncio.run(plant(wuxi_pack, MasterKeys.parse(own["HUZHU_MASTER_KEYS"])))
    names = asyncio.run(plant_many(tenant))
    asyncio.run(kill_within_a_batch(own, tenant.code, sorted(names)[PEOPLE // 2]))
    found, moved = asyncio.run(names_in_claims(tenant))
    assert found == names and 0 < moved < PEOPLE and moved % BATCH == 0, "whole batches, each or not at all"
    code, said = huzhu("tenant", "reseal", tenant.code)
    assert code == 0 and f"claims: {PEOPLE - moved}/{PEOPLE - moved}" in said, said
    assert asyncio.run(names_in_claims(tenant)) == (names, PEOPLE)


def test_a_service_that_does_not_know_the_key_yet_stops_it(
    own: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HUZHU_MASTER_KEYS", f"{own['HUZHU_MASTER_KEYS']},{SECOND}")

    def answer(url: str, **_: object) -> httpx.Response:
        old = 1 if "/claims/" in url else 2
        return httpx.Response(200, json={"status": "ready", "master_key": old})

    monkeypatch.setattr("huzhu.cli.keys.httpx.get", answer)
    code, said = huzhu("keys", "rotate")
    assert code == 1 and "claims" in said


def test_a_wrong_address_changes_nothing(
    own: dict[str, str], wuxi_pack: TenantPack, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody who answers has said that the new key is known: PORT= was forgotten."""
    asyncio.run(plant(wuxi_pack, MasterKeys.parse(own["HUZHU_MASTER_KEYS"])))
    monkeypatch.setenv("HUZHU_MASTER_KEYS", f"{own['HUZHU_MASTER_KEYS']},{SECOND}")
    code, said = huzhu("keys", "rotate")
    assert code == 1 and "http://127.0.0.1:1" in said and "PORT=" in said
    for other in (httpx.Response(404), httpx.Response(200, text="<html>"), httpx.Response(200, json={})):
        with monkeypatch.context() as patched:
            patched.setattr("huzhu.cli.keys.httpx.get", lambda url, answer=other, **_: answer)
            assert huzhu("keys", "rotate")[0] == 1
    assert "2 号 1 个" not in huzhu("keys", "status")[1]
    code, said = huzhu("keys", "rotate", "--without-check")
    assert code == 0 and "2 号 1 个" in huzhu("keys", "status")[1], said


def test_a_running_service_says_which_key_it_knows(own: dict[str, str]) -> None:
    async def ask() -> int:
        from claims.app import create_app

        app = create_app()
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            answer = await client.get("/readyz")
        await app.state.context.close()
        return int(answer.json()["master_key"])

    assert asyncio.run(ask()) == 1


def test_a_new_master_key_stands_behind_the_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = Home(tmp_path / "home")
    before = home.secrets["master_key"]
    monkeypatch.setenv("HUZHU_HOME", str(home.path))
    code, said = huzhu("keys", "new-master")
    after = json.loads(home.secrets_path.read_text())["master_key"]
    assert code == 0 and after.startswith(f"{before},2:") and MasterKeys.parse(after).newest == 2
    assert after.split("2:", 1)[1] not in said
    assert home.secrets_path.stat().st_mode & 0o777 == 0o600


def test_help_lists_every_command_and_imports_none() -> None:
    code = (
        "import sys; sys.argv=['huzhu','--help']\n"
        "from huzhu.cli import app\n"
        "try:\n app()\nfinally:\n"
        " print('HEAVY', sorted({'sqlalchemy','fastapi','identity','ocr','pydantic'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    for name in ("roster", "tenant", "events", "keys", "ocr", "demo", "run"):
        assert f" {name} " in done.stdout, done.stdout + done.stderr
    assert " worker " not in done.stdout and "HEAVY []" in done.stdout


def test_an_unknown_command_is_named() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "huzhu", "nonsense"], capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 2 and "nonsense" in done.stderr
