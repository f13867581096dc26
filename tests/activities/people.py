"""People, units and covers as events tell them, for the rules of who may join."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from activities.consumers import SUBSCRIPTIONS
from common.bus.interface import Record, TopicPartition
from common.clock import today
from common.consumer.runtime import Runtime
from common.contracts.enrollment import PoliciesIssued, PolicyFact
from common.contracts.identity import MembersAdmitted, PersonFact, UnitApproved, UnitFact
from common.events import Envelope, Event
from common.events.outbox import wrap
from common.identifiers import id_check_digit
from common.ids import new_id
from common.testing import Client, TestTenant

SUBSCRIBED: Sequence[Any] = SUBSCRIPTIONS


async def deliver(client: Client, *envelopes: Envelope, subscriptions: Sequence[Any] = SUBSCRIBED) -> None:
    """Let a service handle events, as its worker does."""
    runtime = Runtime(client.context, subscriptions, bus=None)  # type: ignore[arg-type]
    records = [Record("t", 0, e.subject.encode(), e.encode(), n) for n, e in enumerate(envelopes)]
    await runtime.handle({TopicPartition("t", 0): records})


async def tell(client: Client, tenant: TestTenant, *events: Event) -> None:
    await deliver(client, *(wrap(event, tenant.id) for event in events))


def id_number(born: date, *, female: bool) -> str:
    """Return an ID number of somebody born on a day."""
    first = f"110105{born:%Y%m%d}12{4 if female else 5}"
    return first + id_check_digit(first)


def person(
    tenant: TestTenant,
    person_id: UUID,
    *,
    born: date = date(1990, 5, 1),
    female: bool = True,
    state: str = "confirmed",
    unit_id: UUID | None = None,
    version: int = 1,
    name: str = "王小芳",
) -> PersonFact:
    number = id_number(born, female=female)
    return PersonFact(
        version=version,
        person_id=person_id,
        document_kind="resident_id",
        document_number=tenant.keys.sealed(number, context="person.document", kind="document"),
        name=tenant.keys.sealed(name, context="person.name"),
        unit_id=unit_id,
        state=state,
        effective_on=today(),
    )


def admitted(*people: PersonFact) -> MembersAdmitted:
    return MembersAdmitted(batch_id=new_id(), members=list(people))


def unit(unit_id: UUID, path: str, *, version: int = 1, name: str = "示范单位工会") -> UnitApproved:
    return UnitApproved(
        unit=UnitFact(
            version=version,
            unit_id=unit_id,
            name=name,
            credit_code="81110105MC0000005K",
            org_path=path,
            status="approved",
        )
    )


def policy(
    tenant: TestTenant,
    person_id: UUID,
    product: str,
    *,
    policy_id: UUID | None = None,
    version: int = 1,
    starts_on: date | None = None,
    ends_on: date | None = None,
) -> PolicyFact:
    return PolicyFact(
        version=version,
        policy_id=policy_id or new_id(),
        number="P1",
        person_id=person_id,
        unit_id=new_id(),
        order_id=new_id(),
        product_code=product,
        pack_version=1,
        shares=1,
        contribution=Decimal("60.00"),
        starts_on=starts_on or today() - timedelta(days=10),
        ends_on=ends_on or today() + timedelta(days=300),
        status="in_force",
        document_number=tenant.keys.sealed("x", context="person.document", kind="document"),
        name=tenant.keys.sealed("王小芳", context="person.name"),
    )


def issued(*policies: PolicyFact) -> PoliciesIssued:
    return PoliciesIssued(batch_id=new_id(), policies=list(policies))
