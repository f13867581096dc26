"""From the stock to the member's inbox; and the tenants that activities listens to."""

import base64
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from activities.consumers import SUBSCRIPTIONS
from activities.worker import create_worker
from common.auth import ActorKind
from common.bus.interface import Record, TopicPartition
from common.clock import now, today
from common.consumer.runtime import Runtime
from common.contracts.identity import MembersAdmitted, PersonFact, TenantConfigured, WrappedKey
from common.contracts.pack import load_pack
from common.events import Envelope
from common.events.outbox import wrap
from common.ids import new_id
from common.testing import Client, TestTenant
from notify.consumers import SUBSCRIPTIONS as NOTIFY_SUBSCRIPTIONS

from .conftest import MANAGE, Fair

TENANTS = Path(__file__).resolve().parents[2] / "tenants"


def packs_that_tell() -> list[Path]:
    """Return the packs that tell members of their rewards."""
    paths = sorted(TENANTS.glob("*.yaml"))
    return [
        path for path in paths if any(m.event == "activities.reward_issued" for m in load_pack(path).messages)
    ]


def person(fair: Fair, person_id: object) -> PersonFact:
    keys = fair.tenant.keys
    return PersonFact(
        version=1,
        person_id=person_id,
        document_kind="resident_id",
        document_number=keys.sealed("320211199001011234", context="person.document", kind="document"),
        name=keys.sealed("王芳", context="person.name"),
        mobile=keys.sealed("13800001234", context="person.mobile", kind="mobile"),
        state="confirmed",
        effective_on=today(),
    )  # type: ignore[arg-type]


async def deliver(client: Client, subscriptions: Sequence[Any], *envelopes: Envelope) -> None:
    runtime = Runtime(client.context, subscriptions, bus=None)  # type: ignore[arg-type]
    records = [Record("t", 0, e.subject.encode(), e.encode(), n) for n, e in enumerate(envelopes)]
    await runtime.handle({TopicPartition("t", 0): records})


@pytest.mark.feature("E.04")
async def test_the_code_stands_in_the_members_message(
    activities: Client, notify: Client, new_tenant: Callable[..., Awaitable[TestTenant]]
) -> None:
    tenant = await new_tenant(activities.context, notify.context, pack=load_pack(packs_that_tell()[0]))
    fair = Fair(activities, tenant, activities.mint.actor(tenant, MANAGE))
    member = activities.mint.actor(
        tenant,
        "activities.campaign.join",
        "notify.message.read_own",
        kind=ActorKind.MEMBER,
        person_id=new_id(),
    )
    members = MembersAdmitted(batch_id=new_id(), members=[person(fair, member.person_id)])
    await deliver(notify, NOTIFY_SUBSCRIPTIONS, wrap(members, tenant.id))
    reward = await fair.rewarded(await fair.published(), member)
    for _ in range(2):
        await deliver(notify, NOTIFY_SUBSCRIPTIONS, *await fair.said())
    texts = [row["text"] for row in (await notify.get("/messages", member)).json()["items"]]
    assert len(texts) == 1
    assert reward["code"] in texts[0]


async def test_a_tenant_announced_twice_is_kept_and_acknowledged_once(
    activities: Client, new_tenant: Callable[..., Awaitable[TestTenant]]
) -> None:
    tenant = await new_tenant()
    event = TenantConfigured(
        code=tenant.code,
        pack_version=1,
        effective_from=now(),
        pack=tenant.pack.to_dict(),
        keys=[WrappedKey(version=1, wrapped=base64.b64encode(tenant.wrapped).decode())],
    )
    envelope = wrap(event, tenant.id)
    for _ in range(2):
        await deliver(activities, SUBSCRIPTIONS, envelope)
    async with activities.context.db.transaction(tenant.id) as session:
        for table, rows in (("tenant_pack", 1), ("outbox", 1), ("campaign", len(tenant.pack.activities))):
            found = await session.execute(text(f"SELECT count(*) FROM {table}"))
            assert found.scalar_one() == rows, table


async def test_the_worker_listens_to_what_the_service_subscribes_to(environment: dict[str, str]) -> None:
    worker = create_worker()
    assert worker.context.subscribed == {subscription.event.wire for subscription in worker.subscriptions}
    await worker.context.close()
