"""A small real service for the fault tests: each request writes a row and says so; two handlers follow up.

Stage one copies the fact and says that it did; stage two writes down what stage one said. Stage one fails by its
own fault for some numbers of one key, in two ways: a wrong state, and a value that the driver refuses.
"""

import json
import os
from datetime import timedelta
from typing import Annotated, ClassVar

from fastapi import APIRouter, FastAPI
from pydantic import BaseModel
from pydantic_settings import SettingsConfigDict
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from common.app import build_app
from common.auth.actor import Actor
from common.auth.permissions import permission
from common.consumer import ConsumerContext, Worker, parking, repository, subscribe, worker
from common.db import unscoped
from common.events import Event, emit
from common.http import OnceDep, ServiceContext, SessionDep, requires
from common.settings import CommonSettings

from .history import POISONED_KEY, is_poisoned

SERVICE = "sample"
JWKS = "SAMPLE_JWKS"
PAUSE = "SAMPLE_PAUSE_SECONDS"
CHAINED = "SAMPLE_CHAINED"
ATTEMPTS = 3
TABLES = {
    "counter": "(tenant_id uuid, key text, last int NOT NULL, PRIMARY KEY (tenant_id, key))",
    "entry": """(tenant_id uuid, key text, number int, request text NOT NULL,
                 PRIMARY KEY (tenant_id, key, number))""",
    "effect": """(tenant_id uuid, id bigint GENERATED ALWAYS AS IDENTITY, stage int NOT NULL, key text NOT NULL,
                  number int NOT NULL, request text NOT NULL, PRIMARY KEY (tenant_id, id))""",
}
WHY = "tests"
COUNT = unscoped(
    text(
        "INSERT INTO counter AS c (tenant_id, key, last) VALUES (:tenant, :key, 1) "
        "ON CONFLICT (tenant_id, key) DO UPDATE SET last = c.last + 1 RETURNING last"
    ),
    why=WHY,
)
ENTER = unscoped(text("INSERT INTO entry VALUES (:tenant, :key, :number, :request)"), why=WHY)
TAKE_EFFECT = unscoped(
    text(
        "INSERT INTO effect (tenant_id, stage, key, number, request) "
        "VALUES (:tenant, :stage, :key, :number, :request)"
    ),
    why=WHY,
)
REFUSED = unscoped(text("SELECT CAST(:number AS int)"), why=WHY)
WRITE = permission("sample.thing.note", "记录")


class SampleSettings(CommonSettings):
    """Settings of the sample."""

    model_config = SettingsConfigDict(env_prefix="SAMPLE_", extra="ignore", populate_by_name=True)


class Noted(Event):
    """A request was accepted."""

    wire: ClassVar[str] = "sample.noted.v1"
    name: str
    number: int
    request: str

    @property
    def key(self) -> str:
        return self.name


class Copied(Noted):
    """Stage one has taken effect."""

    wire: ClassVar[str] = "sample.copied.v1"


class ThingNote(BaseModel):
    """What to note, under which key."""

    key: str
    request: str


class ThingRead(BaseModel):
    """The number given within the key."""

    number: int


class WrongState(Exception):
    """The handler's own fault."""


router = APIRouter()


@router.post("/things", status_code=201)
async def note_thing(
    body: ThingNote, session: SessionDep, actor: Annotated[Actor, requires(WRITE)], once: OnceDep
) -> ThingRead:
    """Number the request within its key, write it down and say so."""

    async def work() -> ThingRead:
        values = {"tenant": actor.tenant_id, "key": body.key, "request": body.request}
        number = (await session.execute(COUNT, values)).scalar_one()
        await session.execute(ENTER, {**values, "number": number})
        emit(session, Noted(name=body.key, number=number, request=body.request))
        return ThingRead(number=number)

    return await once.run(session, caller=str(actor.id), answer=ThingRead, work=work)


async def take_effect(session: AsyncSession, event: Noted, context: ConsumerContext, *, stage: int) -> None:
    values = {"tenant": context.envelope.tenantid, "stage": stage, **event.model_dump()}
    await session.execute(TAKE_EFFECT, {**values, "key": event.name})


async def on_noted(session: AsyncSession, event: Noted, context: ConsumerContext) -> None:
    """Stage one."""
    await take_effect(session, event, context, stage=1)
    if is_poisoned(event.name, event.number):
        if event.number % 2:
            raise WrongState
        await session.execute(REFUSED, {"number": 2**40})
    if os.environ[CHAINED] == "1":
        emit(session, Copied(**event.model_dump()))


async def on_copied(session: AsyncSession, event: Copied, context: ConsumerContext) -> None:
    """Stage two."""
    await take_effect(session, event, context, stage=2)


def make_context() -> ServiceContext:
    context = ServiceContext.make(SERVICE, SampleSettings())  # type: ignore[call-arg]
    context.verifier.use_keys(json.loads(os.environ[JWKS]))
    return context


def create_app() -> FastAPI:
    """Return the api."""
    return build_app(make_context(), [router], title=SERVICE)


def create_worker() -> Worker:
    """Return the worker; a failing event is tried less often and sooner than in production."""
    pause = timedelta(seconds=float(os.environ[PAUSE]))
    parking.MOST_ATTEMPTS = ATTEMPTS
    parking.pause_after = repository.pause_after = lambda attempts: pause
    worker.RETRY_SECONDS = 0.3
    subscriptions = (subscribe(Noted, on_noted), subscribe(Copied, on_copied))
    return Worker(make_context(), subscriptions=subscriptions)


__all__ = ["POISONED_KEY", "create_app", "create_worker"]
