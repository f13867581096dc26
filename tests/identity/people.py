"""People who register, and rosters that name them."""

from typing import Any
from uuid import UUID

from sqlalchemy import select

from common.consumer.runtime import Runtime
from common.contracts.enrollment import EnrolledPerson, PersonEnrolled
from common.events.outbox import wrap
from common.ids import new_id
from identity.consumers import SUBSCRIPTIONS
from identity.members.models import Person

from .union import Union, a_mobile, an_id_number


async def registration(union: Union, **changes: Any) -> dict[str, Any]:
    mobile = changes.pop("mobile", None) or a_mobile()
    code = await union.code_for(mobile, "bind")
    return {
        "name": "张伟", "id_number": an_id_number(), "mobile": mobile, "code": code, "consent": {"version": 1},
        **changes,
    }  # fmt: skip


async def registered(union: Union, **changes: Any) -> dict[str, Any]:
    body = await registration(union, **changes)
    answer = await union.post("/members/register", body)
    assert answer.status_code == 201, answer.text
    return {**body, **answer.json()}


async def enrolled(
    union: Union, people: list[tuple[str, str]], *, unit_id: str, mobile: str | None = None
) -> PersonEnrolled:
    """Return the event that a confirmed order gives: people as (name, ID number)."""
    keys = await union.keys()
    return PersonEnrolled(
        order_id=new_id(),
        people=[
            EnrolledPerson(
                person_id=keys.person_id("resident_id", number),
                unit_id=UUID(unit_id),
                document_number=keys.sealed(number, context="person.document", kind="document"),
                name=keys.sealed(name, context="person.name"),
                mobile=keys.sealed(mobile, context="person.mobile", kind="mobile") if mobile else None,
            )
            for name, number in people
        ],
    )


async def deliver(union: Union, told: PersonEnrolled, *, times: int = 1) -> None:
    """Hand an event to the consumer runtime, as often as told."""
    runtime = Runtime(union.client.context, SUBSCRIPTIONS, bus=None)  # type: ignore[arg-type]
    envelope = wrap(told, union.id)
    for _ in range(times):
        await runtime._until_done(union.id, [envelope])


async def people_of(union: Union) -> list[Person]:
    async with union.client.context.db.transaction(union.id) as session:
        return list((await session.execute(select(Person).order_by(Person.id))).scalars())
