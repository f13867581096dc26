"""What tests of early termination share: a city with agencies and offices, cover, requests and their way (row D.11)."""

import io
import re
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pypdfium2
import pytest
import pytest_asyncio

from common import clock
from common.auth import Actor, ActorKind
from common.contracts.pack import TenantPack, load_pack
from common.ids import new_id
from common.testing import Client, TestTenant

from .covers import Wanted, put, staff
from .world import World

PRODUCT = "inpatient"

TODAY = clock.today()
REVIEW = ("enrollment.order.read", "enrollment.order.review", "enrollment.policy.read")


@pytest.fixture(scope="session")
def beijing_pack() -> TenantPack:
    return load_pack(Path(__file__).resolve().parents[2] / "tenants" / "beijing.yaml")


@pytest_asyncio.fixture
async def office(
    enrollment: Client, new_tenant: Callable[..., Awaitable[TestTenant]], beijing_pack: TenantPack
) -> World:
    """A union with agencies and offices; its unit lies below an agency."""
    tenant = await new_tenant(enrollment.context, pack=beijing_pack)
    made = World.__new__(World)
    made.client, made.tenant, made.unit_id = enrollment, tenant, new_id()
    made.handler = enrollment.mint.actor(
        tenant, "enrollment.order.write", "enrollment.order.read", "enrollment.policy.read",
        kind=ActorKind.HANDLER, unit_id=made.unit_id,
    )  # fmt: skip
    await made.approve_unit(org_path="/haidian/agency-1/")
    return made


def agency(world: World, **scope: Any) -> Actor:
    return staff(world, *REVIEW, roles=frozenset({"agency"}), **({"org_path": "/haidian/agency-1/"} | scope))


def district(world: World, **scope: Any) -> Actor:
    return staff(world, *REVIEW, roles=frozenset({"office"}), **({"org_path": "/haidian/"} | scope))


async def covered(world: World, *serials: int, begun_days_ago: int = 100) -> list[UUID]:
    starts = TODAY - timedelta(days=begun_days_ago)
    return await put(
        world, [Wanted(n, starts, starts + timedelta(days=364), product=PRODUCT) for n in serials]
    )


async def request(world: World, policies: list[UUID], **more: Any) -> Any:
    body = {"policies": [str(policy) for policy in policies], "reason": "职工离职", **more}
    return await world.client.post("/terminations", world.handler, json=body)


async def submit(world: World, termination: str) -> Any:
    scan = world.receipt("application/pdf")
    return await world.client.post(
        f"/terminations/{termination}/submit", world.handler, json={"scans": [scan]}
    )


async def submitted(world: World, policies: list[UUID], **more: Any) -> str:
    made = await request(world, policies, **more)
    assert made.status_code == 201, made.text
    answer = await submit(world, made.json()["id"])
    assert answer.status_code == 200, answer.text
    return str(made.json()["id"])


async def approve(world: World, termination: str, actor: Actor) -> Any:
    return await world.client.post(f"/terminations/{termination}/approve", actor, json={"opinion": "同意"})


def text_of(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(io.BytesIO(pdf))
    text = "".join(page.get_textpage().get_text_range() for page in document)
    document.close()
    return re.sub(r"\s", "", text)
