"""A service with tasks: its HTTP side, workers in this process and in others."""

import asyncio
import contextlib
import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Any
from uuid import UUID

import pytest_asyncio
from fastapi import APIRouter
from pydantic import BaseModel
from sqlalchemy import text

from common.app import build_app
from common.auth import Actor
from common.db import unscoped
from common.http import KeysDep, OnceDep, ServiceContext, SessionDep, requires_any
from common.tasks import TaskRead, request_task
from common.tasks.models import Task
from common.tasks.repository import TaskRepository
from common.tasks.router import task_router
from common.tasks.worker import TaskWorker
from common.testing import Client, Mint, TestTenant, client_of
from common.testing.tenants import add_tenant, make_tenant

from ..consumer.conftest import sample_context  # noqa: F401
from .kinds import DO, EXPORT, KINDS

router = APIRouter()


class Wish(BaseModel):
    kind: str
    parameters: dict[str, Any]
    total: int | None = None


@router.post("/wishes", status_code=202)
async def make_wish(
    session: SessionDep,
    actor: Annotated[Actor, requires_any(DO, EXPORT)],
    keys: KeysDep,
    body: Wish,
    once: OnceDep,
) -> TaskRead:
    async def work() -> TaskRead:
        task = await request_task(
            session, actor=actor, kind=body.kind, parameters=body.parameters, keys=keys, total=body.total
        )
        return TaskRead.of(task)

    return await once.run(session, caller=str(actor.id), answer=TaskRead, work=work)


@dataclass
class Place:
    """The service, a tenant and a person who asks."""

    client: Client
    tenant: TestTenant
    actor: Actor

    async def wish(
        self, kind: str, *, actor: Actor | None = None, total: int | None = None, **parameters: Any
    ) -> str:
        body = {"kind": kind, "parameters": parameters, "total": total}
        answer = await self.client.post("/wishes", actor or self.actor, json=body)
        assert answer.status_code == 202, answer.text
        return str(answer.json()["id"])

    async def read(self, task_id: str) -> dict[str, Any]:
        answer = await self.client.get(f"/tasks/{task_id}", self.actor)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def until(
        self, task_id: str, met: Callable[[dict[str, Any]], bool], *, within: float = 30
    ) -> dict[str, Any]:
        deadline = time.monotonic() + within
        while not met(found := await self.read(task_id)):
            assert time.monotonic() < deadline, found
            await asyncio.sleep(0.05)
        return found

    async def ended(self, task_id: str, *, within: float = 30) -> dict[str, Any]:
        return await self.until(task_id, lambda task: task["finished_at"] is not None, within=within)

    async def row(self, task_id: str) -> Task:
        async with self.client.context.db.transaction(self.tenant.id) as session:
            task = await TaskRepository.of(session).find(Task, UUID(task_id))
            assert task is not None
            return task

    async def numbers(self, key: str, tenant: TestTenant | None = None) -> list[int]:
        query = unscoped(text("SELECT number FROM effect WHERE key = :k ORDER BY id"), why="test")
        async with self.client.context.db.transaction((tenant or self.tenant).id) as session:
            return list((await session.execute(query, {"k": key})).scalars())


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def client(sample_context: ServiceContext, mint: Mint) -> AsyncIterator[Client]:  # noqa: F811
    class Shared(ServiceContext):
        async def close(self) -> None:
            """The fixture that made the connections closes them."""

    context = Shared(**vars(sample_context))
    async with client_of(build_app(context, [router, task_router(KINDS)], title="sample"), mint) as made:
        yield made


@pytest_asyncio.fixture(loop_scope="session")
async def place(client: Client, master: object, wuxi_pack: object) -> Place:
    return await new_place(client, master, wuxi_pack)


@pytest_asyncio.fixture(loop_scope="session")
async def other(client: Client, master: object, wuxi_pack: object) -> Place:
    return await new_place(client, master, wuxi_pack)


async def new_place(client: Client, master: object, wuxi_pack: object) -> Place:
    tenant = make_tenant(wuxi_pack, master)  # type: ignore[arg-type]
    await add_tenant(client.context.db, tenant)
    return Place(client, tenant, client.mint.actor(tenant, DO, EXPORT))


@contextlib.asynccontextmanager
async def working(client: Client, *, slots: int = 2, lease: float = 30) -> AsyncIterator[TaskWorker]:
    """A worker in this process."""
    worker = TaskWorker(client.context, KINDS, slots=slots, lease=timedelta(seconds=lease), poll_seconds=0.05)
    running = asyncio.create_task(worker.run())
    try:
        yield worker
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


def start_process(context: ServiceContext) -> "subprocess.Popen[bytes]":
    """A worker in a process of its own."""
    environment = os.environ | {
        "SAMPLE_DATABASE_URL": context.settings.database_url.get_secret_value(),
        "SAMPLE_RELAY_DATABASE_URL": context.settings.relay_database_url.get_secret_value(),
    }
    argv = [sys.executable, "-m", "tests.common.tasks.worker_process"]
    return subprocess.Popen(argv, env=environment)
