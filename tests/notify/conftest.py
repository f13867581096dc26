"""Notify with a tenant, a person, a unit, and a way to deliver events."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from uuid import UUID

import pytest
from sqlalchemy import text

from common.bus.interface import Record, TopicPartition
from common.clock import today
from common.consumer.runtime import Runtime
from common.contracts.enrollment import PoliciesIssued, PolicyFact
from common.contracts.identity import PersonFact, UnitApproved, UnitFact
from common.events import Event
from common.events.outbox import wrap
from common.ids import new_id
from common.testing import Client, TestTenant
from notify.consumers import SUBSCRIPTIONS
from notify.sending.channels import SandboxSms
from notify.sending.service import send_due

MOBILE = "13800001234"


@dataclass
class Place:
    """A tenant in notify, with one person and one unit."""

    client: Client
    tenant: TestTenant
    person_id: UUID
    unit_id: UUID

    async def deliver(self, *events: Event, times: int = 1) -> None:
        runtime = Runtime(self.client.context, SUBSCRIPTIONS, bus=None)  # type: ignore[arg-type]
        envelopes = [wrap(event, self.tenant.id) for event in events]
        records = [Record("t", 0, e.subject.encode(), e.encode(), n) for n, e in enumerate(envelopes)]
        for _ in range(times):
            await runtime.handle({TopicPartition("t", 0): records})

    async def send(self, *, urgent: bool = False, most: int = 50, quiet_hours: bool = False) -> int:
        context = self.client.context
        return await send_due(
            context,
            self.tenant.id,
            channel=SandboxSms(context),
            urgent=urgent,
            most=most,
            at_once=5,
            quiet_hours=quiet_hours,
        )

    async def somebody_waits(self, which: str = "true") -> None:
        """Wait until another transaction stands before a lock (`which`: a condition on pg_locks)."""
        statement = text(f"SELECT count(*) FROM pg_locks WHERE NOT granted AND {which}")
        async with asyncio.timeout(30):
            while True:
                async with self.client.context.db.transaction(self.tenant.id) as session:
                    if (await session.execute(statement)).scalar_one():
                        return
                await asyncio.sleep(0.01)

    async def phone(self, mobile: str = MOBILE) -> list[str]:
        answer = await self.client.get(
            "/sandbox/messages", tenant=self.tenant.code, params={"mobile": mobile}
        )
        assert answer.status_code == 200, answer.text
        return [item["text"] for item in answer.json()["items"]]

    def person(self, version: int = 1, name: str = "王芳", mobile: str = MOBILE) -> PersonFact:
        keys = self.tenant.keys
        return PersonFact(
            version=version,
            person_id=self.person_id,
            document_kind="resident_id",
            document_number=keys.sealed("320211199001011234", context="person.document", kind="document"),
            name=keys.sealed(name, context="person.name"),
            mobile=keys.sealed(mobile, context="person.mobile", kind="mobile"),
            state="confirmed",
            effective_on=today(),
        )

    def unit(self) -> UnitFact:
        return UnitFact(
            unit_id=self.unit_id,
            name="无锡试验公司工会",
            credit_code="81320200MC0000001M",
            org_path="/binhu/",
            handler_account_id=new_id(),
            handler_mobile=self.tenant.keys.sealed("13900005678", context="person.mobile", kind="mobile"),
            status="approved",
        )

    def policies(self, count: int, *, notify: bool = True) -> PoliciesIssued:
        facts = [self._policy(n) for n in range(count)]
        return PoliciesIssued(batch_id=new_id(), policies=facts, notify=notify)

    def _policy(self, number: int) -> PolicyFact:
        keys = self.tenant.keys
        return PolicyFact(
            policy_id=new_id(),
            number=f"P{number:05d}",
            person_id=self.person_id if number == 0 else new_id(),
            unit_id=self.unit_id,
            order_id=new_id(),
            product_code="three-in-one",
            pack_version=1,
            shares=1,
            contribution="120",  # type: ignore[arg-type]
            starts_on=today(),
            ends_on=today(),
            status="in_force",
            document_number=keys.sealed(str(number), context="person.document", kind="document"),
            name=keys.sealed("王芳", context="person.name"),
            mobile=keys.sealed(
                f"138{number:08d}" if number else MOBILE, context="person.mobile", kind="mobile"
            ),
        )


@pytest.fixture
async def place(notify: Client, new_tenant: Callable[..., Awaitable[TestTenant]]) -> Place:
    tenant = await new_tenant(notify.context)
    place = Place(notify, tenant, new_id(), new_id())
    await place.deliver(UnitApproved(unit=place.unit()))
    assert await place.send() == 1, "the handler is told"
    return place
