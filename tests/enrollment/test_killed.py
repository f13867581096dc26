"""Workers killed with -9 while they check and issue: nobody is lost, nobody covered twice; and orders in a race."""

import asyncio
import signal
import sys
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import func, select, update

from common.consumer import Worker
from common.events.models import TenantPackCopy
from common.ids import new_id
from enrollment.imports import jobs
from enrollment.imports.jobs import check_rosters
from enrollment.issuing.jobs import issue_policies
from enrollment.orders.models import Order
from enrollment.policies.models import Cover, Policy

from .world import World, person

ROOT = Path(__file__).resolve().parents[2]
DEADLINE = 240.0


async def killed_when(world: World, reached: Callable[[], Awaitable[bool]]) -> None:
    """Run a worker and kill it as soon as it has come so far."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.enrollment.victim", str(world.tenant.id), cwd=ROOT
    )
    try:
        end = time.monotonic() + DEADLINE
        while not await reached():
            assert time.monotonic() < end and process.returncode is None
            await asyncio.sleep(0.02)
    finally:
        process.send_signal(signal.SIGKILL)
        await process.wait()


async def the_roster(world: World, order: str) -> dict[str, object]:
    return dict((await world.client.get(f"/orders/{order}/roster", world.handler)).json()["items"][0])


@pytest.mark.feature("C.05")
async def test_killed_while_checking_and_while_issuing(
    world: World, worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(world.client.context.settings, "roster_inline_bytes", 0)
    people, order = 1_500, await world.order()
    answer = await world.upload(order, [person(n) for n in range(people)])
    assert answer.status_code == 202

    async def checking() -> bool:
        return (await the_roster(world, order))["state"] != "queued"

    await killed_when(world, checking)
    monkeypatch.setattr(jobs, "GONE_AFTER", timedelta(0))
    while (await the_roster(world, order))["state"] in ("queued", "checking"):
        await check_rosters(worker.context, world.tenant.id)
    roster = await the_roster(world, order)
    assert (roster["state"], roster["insurable"], roster["rows_done"]) == ("done", people, people)
    assert (await world.state(order))["insurable"] == people
    await world.submit(order)
    await world.client.post(f"/orders/{order}/approve", world.reviewer, json={})
    await world.pay(order, 120 * people)
    await world.client.post(f"/orders/{order}/payment/confirm", world.finance)
    for step in (1, 600):

        async def issuing(step: int = step) -> bool:
            return int((await world.state(order))["issued"]) >= step

        await killed_when(world, issuing)
    while (await world.state(order))["status"] != "done":
        await issue_policies(worker.context, world.tenant.id)
    async with world.client.context.db.transaction(world.tenant.id) as session:
        mine = Policy.tenant_id == world.tenant.id
        found = select(func.count(), func.count(Policy.person_id.distinct())).where(mine)
        assert tuple((await session.execute(found)).one()) == (people, people)
        slots = select(func.count()).select_from(Cover).where(Cover.tenant_id == world.tenant.id)
        assert (await session.execute(slots)).scalar_one() == people


@pytest.mark.feature("C.03")
async def test_a_large_roster_waits_shows_progress_and_can_be_cancelled(
    world: World, worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(world.client.context.settings, "roster_inline_bytes", 0)
    order = await world.order()
    content = world.roster([person(1), person(2, mobile="1")])
    answer = await world.upload_file(order, content)
    assert (answer.status_code, answer.json()["file"]["state"]) == (202, "queued")
    again = await world.upload_file(order, content)
    assert (again.status_code, again.json()["repeated"]) == (202, True)
    path = f"/orders/{order}/roster/{answer.json()['file']['id']}"
    cancelled = await world.client.post(f"{path}/cancel", world.handler)
    assert cancelled.json()["state"] == "cancelled"
    await check_rosters(worker.context, world.tenant.id)
    assert (await world.state(order))["insurable"] == 0
    late = await world.client.post(f"{path}/cancel", world.handler)
    assert (late.status_code, late.json()["code"]) == (409, "roster.check_over")
    await world.upload_file(order, content)
    await check_rosters(worker.context, world.tenant.id)
    done = (await world.client.get(path, world.handler)).json()
    assert (done["state"], done["insurable"], done["not_insurable"]) == ("done", 1, 1)


@pytest.mark.feature("C.05")
async def test_an_order_that_cannot_be_issued_holds_up_nobody(world: World, worker: Worker) -> None:
    broken, fine = await world.paid([person(1)]), await world.paid([person(2)])

    async def set_pack(version: int) -> None:
        async with world.client.context.db.transaction(world.tenant.id) as session:
            values = {"pack_version": version, "issue_retry_at": None}
            await session.execute(update(Order).where(Order.id == UUID(broken)).values(values))

    await set_pack(999_999)
    await issue_policies(worker.context, world.tenant.id)
    assert (await world.state(fine))["status"] == "done"
    async with world.client.context.db.transaction(world.tenant.id) as session:
        row = (await session.execute(select(Order).where(Order.id == UUID(broken)))).scalar_one()
        assert (row.status, row.issue_attempts, row.issue_retry_at is not None) == ("paid", 1, True)
    await set_pack(world.tenant.pack.version)
    assert "重试" in (await world.state(broken))["message"]
    await issue_policies(worker.context, world.tenant.id)
    assert (await world.state(broken))["status"] == "done"


@pytest.mark.feature("N.01")
async def test_an_order_keeps_the_pack_version_it_began_with(world: World, worker: Worker) -> None:
    order = await world.order()
    (product, *others) = world.tenant.pack.products
    dearer = product.contribution.model_copy(update={"per_share": Decimal("200")})
    changed = world.tenant.pack.model_copy(
        update={
            "version": world.tenant.pack.version + 1,
            "products": (product.model_copy(update={"contribution": dearer}), *others),
        }
    )
    async with world.client.context.db.transaction(world.tenant.id) as session:
        effective = (await session.execute(select(func.now() - timedelta(minutes=1)))).scalar_one()
        session.add(
            TenantPackCopy(
                tenant_id=world.tenant.id, version=changed.version, effective_from=effective, pack=changed.to_dict()
            )
        )  # fmt: skip
    later = await world.order()
    await world.upload(order, [person(1)])
    await world.upload(later, [person(2)])
    assert (await world.submit(order)).json()["amount_due"] == "120.00"
    assert (await world.submit(later)).json()["amount_due"] == "200.00"


@pytest.mark.feature("C.04")
async def test_two_handlers_submit_the_same_person_at_the_same_time(world: World) -> None:
    orders = [await world.order() for _ in range(3)]
    for order in orders:
        await world.upload(order, [person(1)])
    answers = await asyncio.gather(*[world.submit(order) for order in orders])
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409]
    assert {a.json()["code"] for a in answers if a.status_code == 409} == {"order.register_changed"}


@pytest.mark.feature("C.05")
async def test_double_taps_take_effect_once(world: World, worker: Worker) -> None:
    order = await world.submitted([person(1), person(2)])
    key = str(new_id())
    path = f"/orders/{order}/approve"
    answers = await asyncio.gather(
        *[world.client.post(path, world.reviewer, once=key, json={}) for _ in range(4)]
    )
    assert {answer.status_code for answer in answers} == {200}
    await world.pay(order, "240.00")
    confirm = f"/orders/{order}/payment/confirm"
    taps = await asyncio.gather(*[world.client.post(confirm, world.finance) for _ in range(4)])
    assert sorted(tap.status_code for tap in taps) == [200, 409, 409, 409]
    await asyncio.gather(*[issue_policies(worker.context, world.tenant.id) for _ in range(3)])
    await issue_policies(worker.context, world.tenant.id)
    assert (await world.state(order))["issued"] == 2
