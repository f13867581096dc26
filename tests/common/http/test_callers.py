"""Who is admitted, with which keys, and which rows they see: the parts that all services share."""

from collections.abc import AsyncIterator, Iterator
from typing import Annotated, Any
from uuid import UUID

import pytest
import pytest_asyncio
from fastapi import APIRouter
from sqlalchemy import Column, MetaData, String, Table, Uuid, insert, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from common.app import build_app
from common.auth import Actor, ActorKind, permission
from common.auth.scope import path_range, reaches, sees_whole_tenant
from common.crypto import parse_link_key
from common.db import unscoped
from common.db.scope import seen_by, within_reach
from common.http import KeysDep, LinkKeyDep, PublicKeysDep, ServiceContext, SessionDep, requires, requires_any
from common.ids import new_id
from common.testing import Client, Mint, TestTenant, client_of
from common.testing.tenants import add_tenant, make_tenant

from ..consumer.conftest import sample_context  # noqa: F401

FIRST = permission("sample.caller.first", "甲")
SECOND = permission("sample.caller.second", "乙")
router = APIRouter()


@router.get("/either")
async def either(actor: Annotated[Actor, requires_any(FIRST, SECOND)]) -> str:
    return str(actor.id)


@router.get("/keys")
async def keys_of(
    session: SessionDep, actor: Annotated[Actor, requires(FIRST)], keys: KeysDep, link: LinkKeyDep
) -> list[str]:
    assert keys is await _context["context"].keyring.for_tenant(session)
    return [str(keys.tenant_id), link.hex()]


@router.get("/public-keys")
async def public_keys_of(keys: PublicKeysDep) -> str:
    return str(keys.tenant_id)


_context: dict[str, ServiceContext] = {}


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def app(sample_context: ServiceContext, mint: Mint) -> AsyncIterator[Client]:  # noqa: F811
    class Shared(ServiceContext):
        async def close(self) -> None:
            """The fixture that made the connections closes them."""

    _context["context"] = Shared(**vars(sample_context))
    async with client_of(build_app(_context["context"], [router], title="sample"), mint) as client:
        yield client


@pytest_asyncio.fixture(loop_scope="session")
async def tenant(app: Client, master: object, wuxi_pack: object) -> TestTenant:
    made = make_tenant(wuxi_pack, master)  # type: ignore[arg-type]
    await add_tenant(app.context.db, made)
    return made


async def test_one_of_several_permissions_admits(app: Client, tenant: TestTenant) -> None:
    for held in ((FIRST,), (SECOND,), (FIRST, SECOND)):
        assert (await app.get("/either", app.mint.actor(tenant, *held))).status_code == 200
    refused = await app.get("/either", app.mint.actor(tenant, "sample.caller.third"))
    assert refused.status_code == 403 and "“甲”" in refused.json()["detail"]
    assert (await app.get("/either", None)).status_code == 401


async def test_keys_are_the_tenants_and_the_link_key_is_the_platforms(
    app: Client, tenant: TestTenant
) -> None:
    mine = (await app.get("/keys", app.mint.actor(tenant, FIRST))).json()
    expected = parse_link_key(app.context.settings.link_key.get_secret_value())
    assert mine == [str(tenant.id), expected.hex()]
    answer = await app.get("/public-keys", None, headers={"X-Tenant": tenant.code})
    assert answer.json() == str(tenant.id)


UNIT_A, UNIT_B, PERSON, ACCOUNT = new_id(), new_id(), new_id(), new_id()
THINGS = Table(
    "scoped_thing",
    MetaData(),
    Column("name", String),
    Column("unit", Uuid),
    Column("path", String(collation="C")),
    Column("person", Uuid),
    Column("account", Uuid),
    prefixes=["TEMPORARY"],
)
ROWS: list[dict[str, Any]] = [
    {"name": "a", "unit": UNIT_A, "path": "/east/", "person": PERSON, "account": None},
    {"name": "a-below", "unit": UNIT_A, "path": "/east/mill/", "person": None, "account": None},
    {"name": "b", "unit": UNIT_B, "path": "/eastern/", "person": None, "account": ACCOUNT},
    {"name": "none", "unit": None, "path": None, "person": None, "account": None},
]


def actor(kind: ActorKind, **of: Any) -> Actor:
    return Actor(kind=kind, id=of.pop("id", new_id()), tenant_id=UUID(int=1), tenant="x", **of)


CASES: list[tuple[Actor, set[str]]] = [
    (actor(ActorKind.SYSTEM), {"a", "a-below", "b", "none"}),
    (actor(ActorKind.STAFF), {"a", "a-below", "b", "none"}),
    (actor(ActorKind.STAFF, org_path="/"), {"a", "a-below", "b", "none"}),
    (actor(ActorKind.STAFF, org_path="/east/"), {"a", "a-below"}),
    (actor(ActorKind.STAFF, org_path="/east/mill/"), {"a-below"}),
    (actor(ActorKind.STAFF, org_path="/west/"), set()),
    (actor(ActorKind.HANDLER, unit_id=UNIT_B), {"b"}),
    (actor(ActorKind.HANDLER), set()),
    (actor(ActorKind.MEMBER, person_id=PERSON), {"a"}),
    (actor(ActorKind.MEMBER, id=ACCOUNT), {"b"}),
    (actor(ActorKind.MEMBER, id=ACCOUNT, person_id=PERSON), {"a", "b"}),
    (actor(ActorKind.MEMBER), set()),
    (actor(ActorKind.PLATFORM), set()),
]


@pytest_asyncio.fixture(loop_scope="session")
async def things(app: Client, tenant: TestTenant) -> AsyncIterator[AsyncSession]:
    async with app.context.db.sessions() as session:
        await session.run_sync(lambda sync: THINGS.create(sync.connection()))
        await session.execute(unscoped(insert(THINGS), why="test"), ROWS)
        yield session
        await session.rollback()


@pytest.mark.parametrize(("caller", "expected"), CASES)
async def test_what_a_caller_sees(things: AsyncSession, caller: Actor, expected: set[str]) -> None:
    c = THINGS.c
    condition = seen_by(caller, unit=c.unit, path=c.path, person=c.person, account=c.account)
    found = await things.execute(unscoped(select(c.name).where(condition), why="test"))
    assert set(found.scalars()) == expected
    without = await things.execute(unscoped(select(c.name).where(seen_by(caller)), why="test"))
    assert set(without.scalars()) in (set(), {"a", "a-below", "b", "none"})
    assert bool(list((await things.execute(select(c.name).where(seen_by(caller)))).scalars())) == (
        sees_whole_tenant(caller)
    )


def test_reach_in_sql_and_in_python_agree() -> None:
    def paths() -> Iterator[str]:
        yield from ("/", "/east/", "/east/mill/", "/eastern/", "/west/")

    branch = actor(ActorKind.STAFF, org_path="/east/")
    assert [path for path in paths() if reaches(branch, path)] == ["/east/", "/east/mill/"]
    for whole in (actor(ActorKind.STAFF), actor(ActorKind.PLATFORM), actor(ActorKind.SYSTEM)):
        assert all(reaches(whole, path) for path in paths())
        assert str(within_reach(whole, THINGS.c.path)) == str(true())
    assert not any(reaches(actor(ActorKind.HANDLER, unit_id=UNIT_A), path) for path in paths())
    assert path_range("/east") == path_range("/east/") == ("/east/", "/east0")
