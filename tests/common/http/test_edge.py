"""The edge: nothing is answered before it is committed, nothing happens twice, problems say what to do."""

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated
from uuid import UUID

import pytest_asyncio
from fastapi import APIRouter
from pydantic import BaseModel, Field
from sqlalchemy import text
from structlog.testing import capture_logs

from common.app import build_app
from common.auth import Actor, permission
from common.db import unscoped
from common.errors import DomainError
from common.events import emit
from common.http import OnceDep, ServiceContext, SessionDep, requires
from common.ids import new_id
from common.testing import Client, Mint, TestTenant, client_of
from common.testing.tenants import add_tenant, make_tenant
from common.text import Text

from ..consumer.conftest import ThingHappened, sample_context  # noqa: F401

WRITE = permission("sample.thing.write", "试验")
router = APIRouter()


class ThingCreate(BaseModel):
    thing: str = Field(min_length=2)
    number: int
    break_commit: bool = False


class ThingRead(BaseModel):
    id: UUID
    number: int


class ThingRefused(DomainError):
    code = "thing.refused"
    text = Text("第 {number} 号不行，请换一个。", "Number {number} will not do. Choose another.")


async def store(session: SessionDep, actor: Actor, body: ThingCreate) -> ThingRead:
    if body.number < 0:
        raise ThingRefused(number=body.number)
    await session.execute(
        unscoped(text("INSERT INTO effect (tenant_id, key, number) VALUES (:t, :k, :n)"), why="test"),
        {"t": actor.tenant_id, "k": body.thing, "n": body.number},
    )
    emit(session, ThingHappened(thing=body.thing, number=body.number))
    if body.break_commit:
        session.info["tenant_id"] = None  # writing the outbox, at commit, will fail
    return ThingRead(id=new_id(), number=body.number)


@router.post("/things", status_code=201)
async def create_thing(
    body: ThingCreate, session: SessionDep, actor: Annotated[Actor, requires(WRITE)], once: OnceDep
) -> ThingRead:
    return await once.run(
        session, caller=str(actor.id), answer=ThingRead, work=lambda: store(session, actor, body)
    )


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def app(sample_context: ServiceContext, mint: Mint) -> AsyncIterator[Client]:  # noqa: F811
    class Shared(ServiceContext):
        async def close(self) -> None:
            """The fixture that made the connections closes them."""

    context = Shared(**{**vars(sample_context), "subscribed": frozenset({ThingHappened.wire})})
    async with client_of(build_app(context, [router], title="sample"), mint) as client:
        yield client


@pytest_asyncio.fixture(loop_scope="session")
async def tenant(app: Client, master: object, wuxi_pack: object) -> TestTenant:
    made = make_tenant(wuxi_pack, master)  # type: ignore[arg-type]
    await add_tenant(app.context.db, made)
    return made


async def count(client: Client, tenant: TestTenant) -> int:
    async with client.context.db.transaction(tenant.id) as session:
        return int(await session.scalar(unscoped(text("SELECT count(*) FROM effect"), why="test")) or 0)


async def test_created_and_its_position_is_said(app: Client, tenant: TestTenant) -> None:
    answer = await app.post("/things", app.mint.actor(tenant, WRITE), json={"thing": "ab", "number": 1})
    assert answer.status_code == 201
    assert answer.headers["Huzhu-Position"].startswith("sample.thing_happened.v1;")
    assert await count(app, tenant) == 1


async def test_a_commit_that_fails_is_never_answered_with_success(app: Client, tenant: TestTenant) -> None:
    body = {"thing": "ab", "number": 1, "break_commit": True}
    answer = await app.post("/things", app.mint.actor(tenant, WRITE), json=body)
    assert answer.status_code == 500
    assert answer.json()["code"] == "service.unexpected"
    assert await count(app, tenant) == 0


async def test_the_reference_of_an_answer_names_the_line_that_says_why(
    app: Client, tenant: TestTenant
) -> None:
    with capture_logs() as lines:
        body = {"thing": "ab", "number": 1, "break_commit": True}
        answer = await app.post("/things", app.mint.actor(tenant, WRITE), json=body)
    why = [line for line in lines if line["event"] == "unexpected"]
    assert [line["request_id"] for line in why] == [answer.json()["reference"]]


async def test_the_same_key_does_it_once_and_answers_the_same(app: Client, tenant: TestTenant) -> None:
    actor = app.mint.actor(tenant, WRITE)
    send = {"json": {"thing": "ab", "number": 1}, "once": "key-0001"}
    first, second = await app.post("/things", actor, **send), await app.post("/things", actor, **send)
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    assert await count(app, tenant) == 1


async def test_eight_at_once_with_one_key_do_it_once(app: Client, tenant: TestTenant) -> None:
    actor = app.mint.actor(tenant, WRITE)
    send = {"json": {"thing": "ab", "number": 1}, "once": "key-0001"}
    answers = await asyncio.gather(*(app.post("/things", actor, **send) for _ in range(8)))
    assert {a.status_code for a in answers} == {201}
    assert len({a.json()["id"] for a in answers}) == 1
    assert await count(app, tenant) == 1


async def test_a_key_belongs_to_its_caller_and_its_request(app: Client, tenant: TestTenant) -> None:
    actor, other = app.mint.actor(tenant, WRITE), app.mint.actor(tenant, WRITE)
    await app.post("/things", actor, json={"thing": "ab", "number": 1}, once="key-0001")
    reused = await app.post("/things", actor, json={"thing": "ab", "number": 2}, once="key-0001")
    assert (reused.status_code, reused.json()["code"]) == (422, "idempotency.key_reused")
    fresh = await app.post("/things", other, json={"thing": "ab", "number": 2}, once="key-0001")
    assert fresh.status_code == 201


async def test_a_refused_request_leaves_its_key_free(app: Client, tenant: TestTenant) -> None:
    actor = app.mint.actor(tenant, WRITE)
    refused = await app.post("/things", actor, json={"thing": "ab", "number": -1}, once="key-0001")
    assert refused.json()["detail"] == "第 -1 号不行，请换一个。"
    again = await app.post("/things", actor, json={"thing": "ab", "number": 3}, once="key-0001")
    assert again.status_code == 201


async def test_without_a_key_it_is_refused(app: Client, tenant: TestTenant) -> None:
    headers = app.mint.headers(app.mint.actor(tenant, WRITE))
    answer = await app.http.post("/things", headers=headers, json={"thing": "ab", "number": 1})
    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency.key_required")


async def test_every_field_that_is_wrong_is_named_in_the_language_asked_for(
    app: Client, tenant: TestTenant
) -> None:
    actor = app.mint.actor(tenant, WRITE)
    chinese = await app.post("/things", actor, json={"thing": "a", "number": "x"})
    assert chinese.headers["content-type"] == "application/problem+json"
    assert [(e["field"], e["message"]) for e in chinese.json()["errors"]] == [
        ("thing", "至少 2 个字符。"),
        ("number", "编号：请填写整数。"),
    ]
    english = await app.post("/things", actor, json={"thing": "a"}, headers={"Accept-Language": "en"})
    assert english.json()["errors"][0]["message"] == "At least 2 characters."


async def test_nobody_without_token_or_permission(app: Client, tenant: TestTenant) -> None:
    body = {"thing": "ab", "number": 1}
    assert (await app.post("/things", json=body)).status_code == 401
    assert (await app.post("/things", app.mint.actor(tenant), json=body)).status_code == 403
    actor = app.mint.actor(tenant, WRITE)
    expired = app.mint.token(actor, issued_at=1_000_000_000)
    answer = await app.post("/things", json=body, headers={"Authorization": f"Bearer {expired}"})
    assert (answer.status_code, answer.json()["code"]) == (401, "auth.session_ended")
    forged = Mint().token(actor)
    assert (
        await app.post("/things", json=body, headers={"Authorization": f"Bearer {forged}"})
    ).status_code in (401, 503)


async def test_who_was_turned_away_is_in_the_log(app: Client, tenant: TestTenant) -> None:
    body, actor = {"thing": "ab", "number": 1}, app.mint.actor(tenant)
    with capture_logs() as lines:
        await app.post("/things", json=body)
        await app.post("/things", actor, json=body)
        await app.post("/things", app.mint.actor(tenant, WRITE), json={**body, "number": -1})
    refused = [line for line in lines if line["event"] == "refused"]
    assert [(line["status"], line["method"], line["route"]) for line in refused] == [
        (401, "POST", "/things"),
        (403, "POST", "/things"),
    ], "a refusal of the domain is no matter of security"


async def test_an_ended_session_is_out_at_once(app: Client, tenant: TestTenant) -> None:
    actor = app.mint.actor(tenant, WRITE)
    await app.context.epochs.end_session(actor.session_id)
    answer = await app.post("/things", actor, json={"thing": "ab", "number": 1})
    assert (answer.status_code, answer.json()["code"]) == (401, "auth.session_ended")


async def test_a_read_waits_for_what_its_caller_caused(app: Client, tenant: TestTenant) -> None:
    actor = app.mint.actor(tenant, WRITE)
    event_id = new_id()
    waiting = asyncio.create_task(
        app.post(
            "/things", actor, json={"thing": "ab", "number": 1},
            headers={"Huzhu-After": f"sample.thing_happened.v1;{event_id}"},
        )
    )  # fmt: skip
    await asyncio.sleep(0.2)
    assert not waiting.done()
    async with app.context.db.transaction(tenant.id) as session:
        await session.execute(
            unscoped(text("INSERT INTO inbox VALUES (:t, :e, 'x', now())"), why="test"),
            {"t": tenant.id, "e": event_id},
        )
    assert (await waiting).status_code == 201
    late = await app.post(
        "/things", actor, json={"thing": "ab", "number": 1},
        headers={"Huzhu-After": f"sample.thing_happened.v1;{new_id()}"},
    )  # fmt: skip
    assert (late.status_code, late.json()["code"]) == (503, "copy.catching_up")
    foreign = f"other.thing.v1;{new_id()}"
    quick = await app.post(
        "/things", actor, json={"thing": "ab", "number": 1}, headers={"Huzhu-After": foreign}
    )
    assert quick.status_code == 201, "events this service does not consume need no waiting"


async def test_a_body_that_is_too_large_is_refused_before_it_fills_the_memory(
    app: Client, tenant: TestTenant
) -> None:
    answer = await app.post(
        "/things", app.mint.actor(tenant, WRITE), json={"thing": "x" * 5_000_000, "number": 1}
    )
    assert (answer.status_code, answer.json()["code"]) == (413, "http.413")
    assert await count(app, tenant) == 0
