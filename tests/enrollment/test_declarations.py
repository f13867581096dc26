"""What a unit declares with an order: the number of its employees against the participation rule, and health."""

from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import Any

import pytest
import pytest_asyncio

from common.contracts.pack import TenantPack
from common.contracts.pack.base import LocalProse
from common.contracts.pack.eligibility import HealthDeclaration, Participation
from common.testing import Client, TestTenant
from enrollment.statistics.repository import StatisticRepository

from .covers import staff
from .world import World, person

NewTenant = Callable[..., Awaitable[TestTenant]]


def with_rules(pack: TenantPack, **rules: Any) -> TenantPack:
    """The pack, with declarations asked for by its first product."""
    (product, *others) = pack.products
    eligibility = product.eligibility.model_copy(update=rules)
    asked = product.model_copy(update={"eligibility": eligibility})
    return pack.model_copy(update={"products": (asked, *others)})


@pytest_asyncio.fixture
async def declaring(enrollment: Client, new_tenant: NewTenant, wuxi_pack: TenantPack) -> World:
    """A union whose product wants 80 % of all employees, everybody below five, and a health declaration."""
    health = HealthDeclaration(version=3, text=LocalProse(zh="本人身体健康。", en="I am in good health."))
    rule = Participation(share=Decimal("0.8"), everyone_below=5)
    pack = with_rules(wuxi_pack, participation=rule, health_declaration=health)
    made = World(enrollment, await new_tenant(enrollment.context, pack=pack))
    await made.approve_unit()
    return made


async def draft(world: World, people: range) -> str:
    order = await world.order()
    answer = await world.upload(order, [person(n) for n in people])
    assert answer.json()["order"]["insurable"] == len(people), answer.text
    return order


@pytest.mark.feature("D.06")
async def test_the_health_declaration_is_asked_for_in_its_present_version(declaring: World) -> None:
    shown = (await declaring.client.get("/products", tenant=declaring.tenant.code)).json()["items"][0]
    assert shown["eligibility"]["health_declaration_version"] == 3, shown
    order = await draft(declaring, range(4))
    for body in ({}, {"health_declaration": 2}):
        answer = await declaring.submit(order, employees=4, **body)
        assert (answer.status_code, answer.json()["code"]) == (422, "order.health_declaration")
        assert "第 3 版" in answer.json()["detail"]
    answer = await declaring.submit(order, employees=4, health_declaration=3)
    assert answer.status_code == 200, answer.text


@pytest.mark.feature("N.08")
async def test_too_few_of_the_units_employees(declaring: World) -> None:
    order = await draft(declaring, range(7))
    missing = await declaring.submit(order, health_declaration=3)
    assert (missing.status_code, missing.json()["code"]) == (422, "order.employees_missing")
    wrong = await declaring.submit(order, employees=6, health_declaration=3)
    assert (wrong.status_code, wrong.json()["code"]) == (422, "order.employees_too_few")
    assert "6 人，少于参保的 7 人" in wrong.json()["detail"]
    few = await declaring.submit(order, employees=10, health_declaration=3)
    assert (few.status_code, few.json()["code"]) == (409, "order.participation_low")
    assert "单位职工 10 人，至少须有 8 人参保" in few.json()["detail"] and "7 人" in few.json()["detail"]
    await declaring.upload(order, [person(7)])
    assert (await declaring.submit(order, employees=10, health_declaration=3)).status_code == 200
    assert (await declaring.state(order))["employees"] == 10


@pytest.mark.feature("N.08", "C.07")
async def test_participation_is_reckoned_from_the_employees_that_were_declared(declaring: World) -> None:
    order = await draft(declaring, range(8))
    assert (await declaring.submit(order, employees=10, health_declaration=3)).status_code == 200
    reader = staff(declaring, "enrollment.statistics.read")
    for _ in range(2):
        told = (await declaring.client.get("/statistics/summary", reader)).json()
        assert (told["members"], told["covered"]) == (10, 0)
        async with declaring.client.context.db.transaction(declaring.tenant.id) as session:
            await StatisticRepository(session, declaring.tenant.id).rebuild()


@pytest.mark.feature("N.08")
async def test_a_small_unit_joins_as_a_whole_and_running_cover_counts(declaring: World) -> None:
    small = await draft(declaring, range(3))
    answer = await declaring.submit(small, employees=4, health_declaration=3)
    assert (answer.status_code, answer.json()["code"]) == (409, "order.participation_low")
    await declaring.upload(small, [person(3)])
    assert (await declaring.submit(small, employees=4, health_declaration=3)).status_code == 200
