"""Cover of a system that came before, carried over as the union's staff do it."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from common.auth import Actor
from common.clock import today
from enrollment.issuing.jobs import issue_policies

from .world import PRODUCT, World

CARRY = (
    "enrollment.cover.carry",
    "enrollment.order.write",
    "enrollment.order.read",
    "enrollment.policy.read",
)
ROUNDS = 60.0


def carrier(world: World, **changes: Any) -> Actor:
    return world.client.mint.actor(world.tenant, *CARRY, **changes)


def body(world: World, unit_id: UUID | None = None, **changes: Any) -> dict[str, Any]:
    began = today() - timedelta(days=100)
    asked = {"unit_id": str(unit_id or world.unit_id), "product": PRODUCT, "starts_on": began.isoformat()}
    return asked | {"source": "原业务系统 2026 年导出"} | changes


async def carried(
    world: World, mover: Actor, unit_id: UUID, rows: Sequence[dict[str, str]], **changes: Any
) -> dict[str, Any]:
    """Carry a unit's people over, as the union's staff do it; return the finished order."""
    made = await world.client.post("/carried-orders", mover, json=body(world, unit_id, **changes))
    assert made.status_code == 201, made.text
    order = made.json()["id"]
    headers = {"Content-Type": "application/octet-stream"}
    file = await world.client.post(
        f"/orders/{order}/roster", mover, content=world.roster(rows), headers=headers
    )
    assert file.json()["order"]["insurable"] == len(rows), file.text
    submitted = await world.client.post(f"/orders/{order}/submit", mover, json={})
    assert (submitted.status_code, submitted.json()["amount_due"]) == (200, "0.00")
    approved = await world.client.post(f"/orders/{order}/approve", world.reviewer, json={})
    assert approved.json()["status"] == "paid", approved.text
    async with asyncio.timeout(ROUNDS):
        while (state := await world.state(order, mover))["status"] != "done":
            await issue_policies(world.client.context, world.tenant.id)
    return state
