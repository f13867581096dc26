"""What a member paid for in vain goes back to that member, each by name: not to the unit (row N.05)."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from common.clock import today
from common.consumer import Worker
from common.contracts.pack import TenantPack
from common.testing import Client, TestTenant
from enrollment.issuing.jobs import issue_policies
from enrollment.orders.models import Order

from .campus import Campus
from .test_amendments import said
from .test_issuing import force_paid
from .world import PRODUCT, World, person

DUE = "enrollment.refund_due.v1"
NewTenant = Callable[..., Awaitable[TestTenant]]


@pytest.mark.feature("N.05")
async def test_a_member_who_paid_at_the_counter_and_was_not_covered(campus: Campus, worker: Worker) -> None:
    """Paid, not online; too old on the first day of cover: the refund names the person and is the bank's."""
    member = await campus.member()
    await campus.approved(member)
    values: dict[str, Any] = {
        "status": "paid", "amount_paid": 90, "starts_on": today() + timedelta(days=365 * 30),
        "ends_on": today() + timedelta(days=365 * 33),
    }  # fmt: skip
    async with campus.client.context.db.transaction(campus.tenant.id) as session:
        await session.execute(update(Order).where(Order.tenant_id == campus.tenant.id).values(values))
    await issue_policies(worker.context, campus.tenant.id)
    (due,) = await said(campus, DUE)
    assert (due["payee"], due["reason"], due["amount"], due["way"]) == (
        "member",
        "not_eligible",
        "90.00",
        "transfer",
    )
    assert due["person_id"] == str(member.person_id) and due["people"] == 1
    assert campus.tenant.keys.open(due["name"]["ciphertext"], context="person.name") == "王芳"


@pytest.mark.feature("N.05")
async def test_each_of_several_members_gets_their_own(
    enrollment: Client, new_tenant: NewTenant, world: World, worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Members pay for themselves on one order; the second order of the same people covers nobody."""
    monkeypatch.setattr("enrollment.issuing.refunding.CHUNK", 2)
    content = world.tenant.pack.to_dict()
    for product in content["products"]:
        if product["code"] == PRODUCT:
            product["contribution"]["payer"] = "member"
    union = World(
        enrollment,
        await new_tenant(enrollment.context, pack=TenantPack.model_validate(content, strict=False)),
    )
    await union.approve_unit()
    orders = [await union.order() for _ in range(2)]
    for order in orders:
        await union.upload(order, [person(n) for n in range(4)])
    for order in orders:
        await force_paid(union, order, 4)
    for _ in range(3):
        await issue_policies(worker.context, union.tenant.id)
    dues = await said(union, DUE)
    assert [(due["payee"], due["amount"], due["people"]) for due in dues] == [("member", "120.00", 1)] * 4
    assert len({due["person_id"] for due in dues} - {None}) == 4
    assert len({due["refund_id"] for due in dues}) == 4
