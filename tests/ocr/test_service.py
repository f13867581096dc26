"""The service as a whole: migrations, tenants' packs from the bus, the store away, routes and permissions."""

import asyncio
import base64
import json
from typing import Any

import asyncpg
import pytest
from fastapi.routing import APIRoute

from common.bus.interface import Record, TopicPartition
from common.bus.postgres import PostgresBus
from common.clock import now
from common.consumer.runtime import Runtime
from common.contracts.identity import TenantConfigured, WrappedKey
from common.contracts.ocr import DocumentRecognized, DocumentStored
from common.events.outbox import wrap
from common.http.deps import Requires
from common.storage import StorageUnavailable
from common.storage.uploads import upload_router
from common.testing import Client, TestTenant
from ocr.app import create_app
from ocr.auth import PUBLIC_ROUTES, UPLOAD
from ocr.consumers import SUBSCRIPTIONS
from ocr.documents.endpoints import router
from ocr.extras import vault_of
from ocr.recognizer import run
from ocr.worker import create_worker

from .world import World


async def test_the_relay_role_sees_where_work_is_and_nothing_of_it(
    world: World, environment: dict[str, str]
) -> None:
    await world.stored(world.member(), recognize=True)
    relay = await asyncpg.connect(environment["OCR_RELAY_DATABASE_URL"].replace("+asyncpg", ""))
    try:
        assert await relay.fetchval("SELECT count(tenant_id) FROM document_queue") >= 1
        for statement in (
            "SELECT * FROM document",
            "SELECT lease FROM document_queue",
            "UPDATE document_queue SET attempts = 0",
            "DELETE FROM document_queue",
            "SELECT sealed FROM person_key",
        ):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await relay.execute(statement)
    finally:
        await relay.close()


async def test_without_a_tenant_the_service_s_role_sees_no_row(
    world: World, environment: dict[str, str]
) -> None:
    await world.stored(world.member(), recognize=True)
    app = await asyncpg.connect(environment["OCR_DATABASE_URL"].replace("+asyncpg", ""))
    try:
        for table in ("document", "document_queue", "person_key", "upload"):
            assert await app.fetchval(f"SELECT count(*) FROM {table}") == 0
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await app.execute("DELETE FROM document")
    finally:
        await app.close()


def test_every_route_names_a_permission_or_is_public() -> None:
    found = []

    def walk(items: Any) -> None:
        for item in items:
            if isinstance(item, APIRoute) and item.path not in {"/healthz", "/readyz", "/metrics"}:
                calls: list[Any] = []
                stack = [item.dependant]
                while stack:
                    dependant = stack.pop()
                    calls.append(dependant.call)
                    stack += dependant.dependencies
                found.append((item.path, sorted(item.methods), any(isinstance(c, Requires) for c in calls)))
            walk(getattr(item, "routes", ()))

    walk([router, upload_router(UPLOAD)])
    open_routes = {(method, path) for path, methods, named in found for method in methods if not named}
    assert open_routes == PUBLIC_ROUTES and len(found) == 13


async def test_a_pack_from_the_bus_delivered_twice_is_kept_once(
    ocr: Client, bus: PostgresBus, new_tenant: Any
) -> None:
    """After it the tenant's people can hand in documents; the service says once that it has the pack."""
    tenant: TestTenant = await new_tenant()
    event = TenantConfigured(
        code=tenant.code,
        pack_version=1,
        effective_from=now(),
        pack=json.loads(tenant.pack.to_json()),
        keys=[WrappedKey(version=1, wrapped=base64.b64encode(tenant.wrapped).decode())],
    )
    envelope = wrap(event, tenant.id)
    record = Record("identity", 0, envelope.subject.encode(), envelope.encode(), 0)
    runtime = Runtime(ocr.context, SUBSCRIPTIONS, bus)
    for _ in range(2):
        await runtime.handle({TopicPartition("identity", 0): [record]})
    world = World(ocr, tenant)
    body = await world.stored(world.member())
    assert body["state"] == "stored"
    assert len(await world.events("ocr.pack_installed.v1")) == 1


async def test_a_store_that_is_away_is_said_and_nothing_is_half_done(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: object, **__: object) -> None:
        raise StorageUnavailable("away")

    monkeypatch.setattr(vault_of(world.client.context).store, "put", away)
    response = await world.upload(world.member())
    assert response.status_code == 503 and response.json()["code"] == "service.busy"
    assert await world.count_documents() == 0


def test_the_events_say_nothing_personal() -> None:
    plain = {"filename", "name", "fields", "id_number"}
    for event in (DocumentStored, DocumentRecognized):
        assert not plain & set(event.model_fields)


def test_the_ways_in(environment: dict[str, str]) -> None:
    assert create_app().title and create_worker().jobs and asyncio.iscoroutinefunction(run)
