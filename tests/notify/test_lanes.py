"""One union's slow provider holds up nobody else, and a code does not wait behind a burst."""

import asyncio
import time
from uuid import UUID

import pytest

from common.crypto import TenantKeys
from common.http import ServiceContext
from common.ids import new_id
from notify.sending.channels import Outgoing, SandboxSms
from notify.sending.service import send_due
from notify.side_by_side import side_by_side

from .conftest import Place
from .test_messages import code_event


async def test_a_slow_tenants_turn_is_not_waited_for(place: Place) -> None:
    slow, quick, turns = new_id(), new_id(), []
    free = asyncio.Event()

    async def run(context: ServiceContext, tenant_id: UUID) -> None:
        turns.append(tenant_id)
        if tenant_id == slow:
            await free.wait()
        if turns.count(quick) == 2:
            raise RuntimeError("a turn that fails ends nothing")

    job = side_by_side("probe", run)
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
        while await send_due(context, tenant_id, channel=channel, urgent=urgent, most=50, at_once=2):
            pass
        return time.monotonic()

    began = time.monotonic()
    others = asyncio.create_task(everything(urgent=False))
    await asyncio.sleep(0.1)
    codes = await everything(urgent=True)
    assert not others.done() and codes - began < 3
    assert any("482913" in text for text in await place.phone())
    assert await others > codes
