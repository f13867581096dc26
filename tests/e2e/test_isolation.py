"""Two unions, every table and every route: the database alone keeps them apart, with the repositories' filter off."""

import contextlib
import json
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any
from uuid import UUID

import asyncpg
import httpx
import pytest
import pytest_asyncio
from fastapi import FastAPI

from common.auth import Actor, ActorKind, all_permissions
from common.db import without_tenant_filter
from common.ids import new_id
from common.testing import Mint
from huzhu.home import SERVICES

from ..conftest import ROOT, Parts
from .conftest import Running, platform_environment
from .tables import Table, connect_superuser, dsn_of, fill, fingerprint, markers, rows_of, tenant_tables

pytestmark = [pytest.mark.xdist_group("platform"), pytest.mark.timeout(900)]
OURS = UUID("01a2065e-6f88-7789-89ff-84d473cc0977")
THEIRS = UUID("01a2065e-6f88-7789-89ff-84d473cc0978")
# What the relay role sees of all tenants (docs/adr/0002): whole events on their way out, and of what waits for
# work the columns without content.
OF_THE_RELAY: dict[str, set[str]] = {
    "parked_event": {"seq", "tenant_id", "topic", "key", "next_attempt_at", "attempts", "parked_at"},
    "dead_letter": {
        *("tenant_id", "event_id", "topic", "key", "type", "error", "attempts", "died_at", "replayed_at"),
    },
    "document_queue": {"tenant_id", "id", "created_at", "leased_until"},
    "task": {"tenant_id", "id", "kind", "state", "leased_until"},
    "message": {"tenant_id", "state", "urgent", "attempts", "next_attempt_at"},
    "webhook_delivery": {"tenant_id", "state", "next_attempt_at"},
}


@dataclass
class Ground:
    """The databases after both unions have done the main job; the platform's own processes are stopped."""

    environment: dict[str, str]
    admin: dict[str, asyncpg.Connection]
    tables: list[Table]
    apps: dict[str, FastAPI] = field(default_factory=dict)

    async def theirs(self, service: str) -> set[str]:
        """Return what stands in the other union's rows and nowhere in ours."""
        found: set[str] = set()
        ours: set[str] = set()
        for table in self.tables:
            if table.service == service:
                found |= await markers(self.admin[service], table, THEIRS)
                ours |= await markers(self.admin[service], table, OURS)
        return found - ours

    async def ids(self, service: str) -> list[str]:
        """Return ids of the other union's rows, of each table some."""
        found: list[str] = []
        for table in self.tables:
            if table.service != service:
                continue
            with contextlib.suppress(asyncpg.UndefinedColumnError):
                rows = await self.admin[service].fetch(
                    f'SELECT id FROM "{table.name}" WHERE tenant_id = $1 LIMIT 1', THEIRS
                )
                found += [str(row["id"]) for row in rows if isinstance(row["id"], UUID)]
        return found

    async def one(self, service: str, query: str) -> UUID:
        return UUID(str(await self.admin[service].fetchval(query, OURS)))


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def ground(parts: Parts, mint: Mint, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Ground]:
    import asyncio

    # A platform of its own: the rows that fill the tables here are nothing a platform should go on with.
    environment = await asyncio.to_thread(platform_environment, parts, "isolation")
    running = Running(environment, tmp_path_factory.mktemp("isolation"))
    await asyncio.to_thread(running.start_with_tenants, parts)
    try:
        await asyncio.to_thread(running.demo, ROOT / "tenants" / "wuxi.yaml", seed=201)
        await asyncio.to_thread(running.demo, running.folder / "gusu.yaml", seed=202)
    finally:
        await asyncio.to_thread(running.stop)
    admin = {name: await connect_superuser(environment, name, parts.postgres.dsn()) for name in SERVICES}
    tables = [table for name in SERVICES for table in await tenant_tables(admin[name], name)]
    for table in tables:
        for tenant in (OURS, THEIRS):
            await fill(admin[table.service], table, tenant)
    ground = Ground(environment, admin, tables)
    async with contextlib.AsyncExitStack() as stack:
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        for name, value in environment.items():
            patch.setenv(name, value)
        for name in SERVICES:
            app = import_module(f"{name}.app").create_app()
            await stack.enter_async_context(app.router.lifespan_context(app))
            mint.trust(app.state.context.verifier)
            ground.apps[name] = app
        yield ground
    for connection in admin.values():
        await connection.close()


async def test_every_table_holds_rows_of_both(ground: Ground) -> None:
    assert len(ground.tables) > 50
    for table in ground.tables:
        for tenant in (OURS, THEIRS):
            assert await rows_of(ground.admin[table.service], table, tenant), (table, tenant)


async def test_the_database_alone_keeps_every_table_apart(ground: Ground) -> None:
    for service in SERVICES:
        connection = await asyncpg.connect(dsn_of(ground.environment, service, "app"))
        for table in (t for t in ground.tables if t.service == service):
            assert await leaks(connection, table) == [], table
        await connection.close()


async def leaks(connection: asyncpg.Connection, table: Table) -> list[str]:
    """Return how the app role, as our tenant, reached the other's rows of a table."""
    name, found = f'"{table.name}"', []
    attempts = {
        "read": f"SELECT count(*) FROM {name} WHERE tenant_id = $1",
        "changed": f"WITH w AS (UPDATE {name} SET tenant_id = tenant_id WHERE tenant_id = $1 RETURNING 1) "
        "SELECT count(*) FROM w",
        "deleted": f"WITH w AS (DELETE FROM {name} WHERE tenant_id = $1 RETURNING 1) SELECT count(*) FROM w",
    }
    for done, statement in attempts.items():
        transaction = connection.transaction()
        await transaction.start()
        try:
            await connection.execute("SELECT set_config('app.tenant', $1, true)", str(OURS))
            if await connection.fetchval(statement, THEIRS):
                found.append(done)
        except asyncpg.InsufficientPrivilegeError:
            pass
        finally:
            await transaction.rollback()
    if await moved(connection, name):
        found.append("given away")
    return found


async def moved(connection: asyncpg.Connection, name: str) -> bool:
    """Whether a row of ours can be made theirs."""
    transaction = connection.transaction()
    await transaction.start()
    try:
        await connection.execute("SELECT set_config('app.tenant', $1, true)", str(OURS))
        await connection.execute(f"UPDATE {name} SET tenant_id = $1 WHERE tenant_id = $2", THEIRS, OURS)
    except (asyncpg.InsufficientPrivilegeError, asyncpg.ForeignKeyViolationError):
        return False
    except asyncpg.UniqueViolationError:
        return True
    finally:
        await transaction.rollback()
    return True


async def test_without_a_tenant_no_table_shows_a_row(ground: Ground) -> None:
    for service in SERVICES:
        for role in ("app", "relay"):
            connection = await asyncpg.connect(dsn_of(ground.environment, service, role))
            for table in (t for t in ground.tables if t.service == service):
                if role == "relay" and table.name == "outbox":
                    continue
                if role == "relay" and table.name in OF_THE_RELAY:
                    assert await readable(connection, table) <= OF_THE_RELAY[table.name], table
                    continue
                with contextlib.suppress(asyncpg.InsufficientPrivilegeError):
                    assert not await connection.fetchval(f'SELECT count(*) FROM "{table.name}"'), (
                        role,
                        table,
                    )
            await connection.close()


async def readable(connection: asyncpg.Connection, table: Table) -> set[str]:
    """Return the columns of a table that the connection's role may read."""
    rows = await connection.fetch(
        "SELECT attname FROM pg_attribute WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped"
        " AND has_column_privilege(attrelid, attnum, 'SELECT')",
        f'"{table.name}"',
    )
    return {str(row["attname"]) for row in rows}


async def test_no_route_reads_or_changes_the_other_unions_rows(ground: Ground, mint: Mint) -> None:
    before = {t: await fingerprint(ground.admin[t.service], t, THEIRS) for t in ground.tables}
    answers = 0
    with without_tenant_filter():
        for service in SERVICES:
            seen, count = await walk(ground, mint, service)
            assert seen == [], seen[:5]
            answers += count
    assert answers > 300
    after = {t: await fingerprint(ground.admin[t.service], t, THEIRS) for t in ground.tables}
    assert [t for t in ground.tables if before[t] != after[t]] == []


@pytest.mark.parametrize("service", ["identity", "enrollment", "claims", "activities"])
async def test_a_planted_leak_is_seen(ground: Ground, mint: Mint, service: str) -> None:
    """All tables of a service leak: reading them shows it, and so does walking the routes.

    All, because one table's rows alone often stay unseen: they are joined to others that are still closed, and
    personal values do not open with our keys.
    """
    admin = ground.admin[service]
    mine = [table for table in ground.tables if table.service == service]
    for table in mine:
        await admin.execute(f'CREATE POLICY leak ON "{table.name}" FOR SELECT TO {service}_app USING (true)')
    try:
        connection = await asyncpg.connect(dsn_of(ground.environment, service, "app"))
        for table in mine:
            assert "read" in await leaks(connection, table), table
        await connection.close()
        with without_tenant_filter():
            seen, _ = await walk(ground, mint, service)
        assert seen, f"leaking tables of {service} were not seen by walking its routes"
    finally:
        for table in mine:
            await admin.execute(f'DROP POLICY leak ON "{table.name}"')


async def actors_of(ground: Ground) -> list[Actor]:
    """Return a member, a handler and a member of staff of ours, each with every permission there is."""
    person = await ground.one("identity", "SELECT id FROM person WHERE tenant_id = $1 LIMIT 1")
    unit = await ground.one("identity", "SELECT id FROM unit WHERE tenant_id = $1 LIMIT 1")
    permissions = frozenset(all_permissions())
    everything = {"permissions": permissions, "tenant_id": OURS, "tenant": "wuxi", "session_id": new_id()}
    roles = frozenset({"reviewer", "finance", "claims_checker", "claims_reviewer", "report_reviewer"})
    return [
        Actor(kind=ActorKind.MEMBER, id=new_id(), person_id=person, **everything),
        Actor(kind=ActorKind.HANDLER, id=new_id(), unit_id=unit, **everything),
        Actor(kind=ActorKind.STAFF, id=new_id(), roles=roles, **everything),
    ]


async def walk(ground: Ground, mint: Mint, service: str) -> tuple[list[str], int]:
    """Ask every route of a service for the other union's things; return where they showed, and how many answers."""
    app, ids, theirs = ground.apps[service], await ground.ids(service), await ground.theirs(service)
    document = app.openapi()
    seen: list[str] = []
    count = 0
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://test", timeout=60) as http:
        for actor in await actors_of(ground):
            for method, path, body in requests_of(document, ids):
                more = {"X-Tenant": "wuxi", "Idempotency-Key": str(new_id()), "If-Match": '"1"'}
                answer = await http.request(method, path, headers=mint.headers(actor, **more), json=body)
                count += 1
                shown = {
                    m for m in theirs if m in answer.text and m not in path and m not in json.dumps(body)
                }
                if shown:
                    seen.append(
                        f"{actor.kind} {method} {path} -> {answer.status_code} shows {sorted(shown)[:2]}"
                    )
                if answer.status_code < 300 and any(row_id in path for row_id in ids):
                    seen.append(f"{actor.kind} {method} {path} -> {answer.status_code}")
    return seen, count


def requests_of(document: dict[str, Any], ids: list[str]) -> Iterator[tuple[str, str, Any]]:
    """Yield each operation with the other union's ids in its path and in its body."""
    for template, item in document["paths"].items():
        for method in ("get", "post", "put", "patch", "delete"):
            if method not in item:
                continue
            schema = (
                item[method]
                .get("requestBody", {})
                .get("content", {})
                .get("application/json", {})
                .get("schema")
            )
            for row_id in ids if "{" in template else ids[:1] or [str(new_id())]:
                path = template
                while "{" in path:
                    path = path[: path.index("{")] + row_id + path[path.index("}") + 1 :]
                yield method.upper(), path, example(schema, document, row_id) if schema else None


def example(schema: dict[str, Any], document: dict[str, Any], row_id: str, depth: int = 0) -> Any:
    """Make the smallest value that fits a schema; where an id is asked for it is the other union's."""
    if "$ref" in schema:
        return example(
            document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]], document, row_id, depth + 1
        )
    if "enum" in schema:
        return schema["enum"][0]
    if "const" in schema:
        return schema["const"]
    for choice in ("anyOf", "oneOf", "allOf"):
        if choice in schema:
            return example(schema[choice][0], document, row_id, depth + 1)
    kind = schema.get("type")
    if kind == "object":
        wanted = schema.get("required", [])
        return {name: example(schema["properties"][name], document, row_id, depth + 1) for name in wanted}
    if kind == "array":
        return (
            [example(schema["items"], document, row_id, depth + 1)]
            if schema.get("minItems") and depth < 6
            else []
        )
    if kind == "string":
        if schema.get("format") == "uuid":
            return row_id
        return (
            "2026-01-01" if "date" in schema.get("format", "") else "x" * max(schema.get("minLength", 2), 2)
        )
    return {"integer": schema.get("minimum", 1), "number": 1, "boolean": False}.get(str(kind), "1")
