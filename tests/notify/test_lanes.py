"""One union's slow provider holds up nobody else, a code does not wait behind a burst, and no SMS goes twice."""

import asyncio
import time
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import text as sql

from common.consumer import Worker
from common.crypto import TenantKeys
from common.http import ServiceContext
from common.ids import new_id
from notify.messages.repository import LEASE
from notify.sending.channels import SandboxSms
from notify.sending.ports import Outgoing
from notify.sending.service import send_due, within_lease
from notify.side_by_side import SideBySide, Stopping

from .conftest import Place
from .test_messages import code_event


async def test_a_slow_tenants_turn_is_not_waited_for(place: Place) -> None:
    slow, quick, turns = new_id(), new_id(), []
    free = asyncio.Event()

    async def run(context: ServiceContext, tenant_id: UUID) -> bool:
        turns.append(tenant_id)
        if tenant_id == slow:
            await free.wait()
        if turns.count(quick) == 2:
            raise RuntimeError("a turn that fails ends nothing")
        return False

    job = SideBySide("probe", run, stopping=Stopping(), patience=1).start
    for _ in range(3):
        for tenant_id in (slow, quick):
            await job(place.client.context, tenant_id)
            await asyncio.sleep(0)
    assert (turns.count(slow), turns.count(quick)) == (1, 3), "its own turn goes on, the other's come"
    free.set()
    await asyncio.sleep(0)
    await job(place.client.context, slow)
    await asyncio.sleep(0)
    assert turns.count(slow) == 2


@pytest.mark.feature("C.01")
async def test_a_code_leaves_while_a_slow_burst_is_being_sent(place: Place) -> None:
    class Slow(SandboxSms):
        async def send(self, message: Outgoing, keys: TenantKeys) -> str:
            await asyncio.sleep(0.05)
            return await super().send(message, keys)

    await place.deliver(place.policies(200))
    await place.deliver(code_event(place))
    context, tenant_id = place.client.context, place.tenant.id
    channel = Slow(context)

    async def everything(*, urgent: bool) -> float:
        while await send_due(
            context, tenant_id, channel=channel, urgent=urgent, most=50, at_once=2, quiet_hours=False
        ):
            pass
        return time.monotonic()

    began = time.monotonic()
    others = asyncio.create_task(everything(urgent=False))
    await asyncio.sleep(0.1)
    codes = await everything(urgent=True)
    assert not others.done() and codes - began < 3
    assert any("482913" in text for text in await place.phone())
    assert await others > codes


class Counting(SandboxSms):
    """Counts what leaves; the first waits until it is let go."""

    def __init__(self, context: ServiceContext) -> None:
        super().__init__(context)
        self.tokens: list[UUID] = []
        self.begun, self.free = asyncio.Event(), asyncio.Event()

    async def send(self, message: Outgoing, keys: TenantKeys) -> str:
        self.tokens.append(message.token)
        self.begun.set()
        await self.free.wait()
        return await super().send(message, keys)


async def states(place: Place) -> dict[str, int]:
    statement = "SELECT state, count(*) FROM message WHERE channel = 'sms' GROUP BY state"
    async with place.client.context.db.transaction(place.tenant.id) as session:
        return {row[0]: row[1] for row in await session.execute(sql(statement))}


async def due_again(place: Place) -> None:
    """The leases end."""
    async with place.client.context.db.transaction(place.tenant.id) as session:
        await session.execute(sql("UPDATE message SET next_attempt_at = now() WHERE state = 'queued'"))


def test_no_call_begins_that_could_outlast_the_lease() -> None:
    """Another sender takes a message whose lease is over: a call that still goes on would send it twice."""
    at, stopping = 100.0, Stopping()
    enough = within_lease(stopping, longest=34.0, clock=lambda: at)
    assert not enough()
    at = 100.0 + LEASE.total_seconds() - 34.0
    assert not enough()
    at += 0.01
    assert enough()
    at = 100.0
    stopping.say()
    assert enough()


async def test_what_a_batch_did_not_get_to_is_sent_by_the_next_and_nothing_twice(place: Place) -> None:
    await place.deliver(place.policies(5))
    context, channel = place.client.context, Counting(place.client.context)
    channel.free.set()

    async def batch(stopping: Callable[[], bool]) -> int:
        return await send_due(
            context, place.tenant.id, channel=channel, urgent=False, most=50, at_once=1, stopping=stopping,
            quiet_hours=False,
        )  # fmt: skip

    await batch(lambda: len(channel.tokens) >= 2)
    assert len(channel.tokens) == 2
    await batch(lambda: False)
    assert len(channel.tokens) == len(set(channel.tokens)) == 5
    assert (await states(place)).keys() == {"sent"}


@pytest.mark.feature("C.01")
async def test_an_orderly_stop_writes_down_what_has_left_and_sends_nothing_else(place: Place) -> None:
    await place.deliver(place.policies(5))
    context, stopping = place.client.context, Stopping()
    channel = Counting(context)

    async def run(context: ServiceContext, tenant_id: UUID) -> bool:
        if tenant_id != place.tenant.id:
            return False  # what other tests left to be sent
        taken = await send_due(
            context,
            tenant_id,
            channel=channel,
            urgent=False,
            most=3,
            at_once=1,
            stopping=stopping,
            quiet_hours=False,
        )
        return taken == 3

    lane = SideBySide("probe", run, stopping=stopping, patience=10)
    worker = Worker(context, subscriptions=(), jobs=[lane.job(timedelta(seconds=0.05))])
    jobs = asyncio.create_task(worker._run_jobs(worker.jobs))
    await asyncio.wait_for(channel.begun.wait(), 10)
    jobs.cancel()  # what SIGTERM does
    async with asyncio.timeout(30):
        while not stopping():
            await asyncio.sleep(0.01)
    await asyncio.sleep(0.1)
    assert not jobs.done(), "the call that has begun is waited for"
    channel.free.set()
    await asyncio.gather(jobs, return_exceptions=True)
    sent_before = (await states(place))["sent"]
    assert len(channel.tokens) == 1
    following = Counting(context)
    following.free.set()
    while await send_due(
        context, place.tenant.id, channel=following, urgent=False, most=50, at_once=1, quiet_hours=False
    ):
        pass
    both = channel.tokens + following.tokens
    assert len(both) == len(set(both)) == 5, "what went back went at once, and nothing twice"
    assert (await states(place))["sent"] == sent_before + 4


async def test_a_call_that_never_ends_does_not_hold_up_the_stop(place: Place) -> None:
    async def run(context: ServiceContext, tenant_id: UUID) -> bool:
        await asyncio.Event().wait()
        return True

    lane = SideBySide("probe", run, stopping=Stopping(), patience=0.1)
    await lane.start(place.client.context, place.tenant.id)
    await asyncio.wait_for(lane.drain(), 5)
    await lane.start(place.client.context, place.tenant.id)
    await asyncio.wait_for(lane.drain(), 0.05)  # nothing else has begun


async def test_who_is_erased_between_lease_and_result_costs_the_others_nothing(place: Place) -> None:
    await place.deliver(place.policies(5))
    context = place.client.context
    channel = Counting(context)
    first = asyncio.create_task(
        send_due(
            context, place.tenant.id, channel=channel, urgent=False, most=50, at_once=1, quiet_hours=False
        )
    )
    await asyncio.wait_for(channel.begun.wait(), 10)
    async with context.db.transaction(place.tenant.id) as session:
        erased = sql("DELETE FROM message WHERE recipient_id = :person")
        await session.execute(erased, {"person": place.person_id})
    channel.free.set()
    assert await first >= 5
    await due_again(place)
    again = await send_due(
        context, place.tenant.id, channel=channel, urgent=False, most=50, at_once=1, quiet_hours=False
    )
    assert again == 0 and len(channel.tokens) == len(set(channel.tokens)) == 5
    assert (await states(place)).keys() == {"sent"}
