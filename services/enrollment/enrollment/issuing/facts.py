"""Says whom a paid order covers: PersonEnrolled where rosters create people, PoliciesIssued; 500 in each."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from common.contracts.enrollment import EnrolledPerson, PersonEnrolled, PoliciesIssued, PolicyFact
from common.contracts.pack import TenantPack
from common.events import Sealed, emit
from common.ids import new_id

from ..orders.models import Order
from ..policies.facts import sealed
from .repository import NewPolicy

BATCH = 500


def tell(
    session: AsyncSession,
    order: Order,
    pack: TenantPack,
    people: Sequence[Any],
    policies: Sequence[NewPolicy],
) -> None:
    """Emit the facts of new policies; the stored tokens travel as they are."""
    creates = pack.registration.people == "created_by_roster"
    told = list(zip(people, policies, strict=True))
    for start in range(0, len(told), BATCH):
        batch = told[start : start + BATCH]
        facts = [_fact(order, person, policy) for person, policy in batch]
        if creates:
            enrolled = [_enrolled(person, fact) for (person, _), fact in zip(batch, facts, strict=True)]
            emit(session, PersonEnrolled(order_id=order.id, people=enrolled))
        emit(session, PoliciesIssued(batch_id=new_id(), policies=facts))


def _fact(order: Order, person: Any, policy: NewPolicy) -> PolicyFact:
    return PolicyFact(
        version=1,
        policy_id=policy.id,
        number=policy.number,
        person_id=policy.person_id,
        unit_id=order.unit_id,
        order_id=order.id,
        product_code=order.product_code,
        pack_version=order.pack_version,
        shares=policy.shares,
        contribution=policy.contribution,
        starts_on=policy.starts_on,
        ends_on=policy.ends_on,
        status="in_force",
        document_number=Sealed(ciphertext=person.document_token, index=person.document_index),
        name=Sealed(ciphertext=person.name_token, index=person.name_index),
        mobile=sealed(person.mobile_token, person.mobile_index),
        bank_card=sealed(person.card_token, person.card_index),
        bank_name=person.bank_name,
    )


def _enrolled(person: Any, fact: PolicyFact) -> EnrolledPerson:
    """Return the fact of a person whom a roster names."""
    return EnrolledPerson(
        person_id=fact.person_id,
        unit_id=fact.unit_id,
        document_kind=person.document_kind,
        document_number=fact.document_number,
        name=fact.name,
        mobile=fact.mobile,
        bank_card=fact.bank_card,
        bank_name=fact.bank_name,
    )
