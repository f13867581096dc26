"""Copies of units and persons: delivered twice one effect, older facts are ignored."""

from typing import Any

import pytest
from sqlalchemy import select

from common.consumer import ConsumerContext
from common.contracts.identity import (
    MemberBound,
    MemberChanged,
    MembersAdmitted,
    MemberTransferred,
    UnitApproved,
    UnitReturned,
    UnitsSnapshot,
)
from common.events import Event
from common.events.outbox import wrap
from common.ids import new_id
from enrollment.consumers import SUBSCRIPTIONS
from enrollment.copies.models import PersonCopy, UnitCopy

from .world import World, id_number


async def deliver(world: World, event: Event) -> None:
    (subscription,) = [s for s in SUBSCRIPTIONS if s.event is type(event)]
    context = ConsumerContext(world.client.context, wrap(event, world.tenant.id))
    async with world.client.context.db.transaction(world.tenant.id) as session:
        await subscription.handler(session, event, context)


async def rows(world: World, model: type[Any]) -> list[dict[str, Any]]:
    async with world.client.context.db.transaction(world.tenant.id) as session:
        found = (
            (await session.execute(select(model).where(model.tenant_id == world.tenant.id))).scalars().all()
        )
        return [{c.name: getattr(row, c.name) for c in model.__table__.columns} for row in found]


def unit_event(world: World, kind: type[Event], **changes: Any) -> Event:
    fact = world.unit(**changes)
    if kind is UnitsSnapshot:
        return UnitsSnapshot(snapshot_id=new_id(), units=[fact, fact])
    words = world.tenant.keys.sealed_words("r")
    return UnitReturned(unit=fact, reason=words) if kind is UnitReturned else UnitApproved(unit=fact)


@pytest.mark.parametrize("kind", [UnitApproved, UnitReturned, UnitsSnapshot])
async def test_units(world: World, kind: type[Event]) -> None:
    event = unit_event(world, kind, version=5, name="新名称", status="returned")
    await deliver(world, event)
    once = await rows(world, UnitCopy)
    await deliver(world, event)
    await deliver(world, unit_event(world, kind, version=4, name="旧名称"))
    assert await rows(world, UnitCopy) == once
    assert [(row["name"], row["version"], row["status"]) for row in once] == [("新名称", 5, "returned")]


def member_event(world: World, kind: type[Event], **changes: Any) -> Event:
    fact = world.person_fact(id_number(1), "王五", **changes)
    if kind is MembersAdmitted:
        return MembersAdmitted(batch_id=new_id(), members=[fact, fact])
    if kind is MemberBound:
        return MemberBound(member=fact, account_id=new_id())
    if kind is MemberTransferred:
        return MemberTransferred(member=fact, to_unit_id=fact.unit_id or new_id())
    return MemberChanged(member=fact)


@pytest.mark.parametrize("kind", [MembersAdmitted, MemberChanged, MemberTransferred, MemberBound])
async def test_members(world: World, kind: type[Event]) -> None:
    event = member_event(world, kind, version=3, state="confirmed")
    await deliver(world, event)
    once = await rows(world, PersonCopy)
    await deliver(world, event)
    await deliver(world, member_event(world, kind, version=2, state="left"))
    assert await rows(world, PersonCopy) == once
    assert [(row["state"], row["version"]) for row in once] == [("confirmed", 3)]


async def test_an_empty_batch_is_no_fault(world: World) -> None:
    await deliver(world, MembersAdmitted(batch_id=new_id(), members=[]))
    assert await rows(world, PersonCopy) == []
