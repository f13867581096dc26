"""Says whom a paid order covers: PersonEnrolled where rosters create people, PoliciesIssued; 500 in each."""

from collections.abc import Sequence
from typing import Any

import orjson
from sqlalchemy.ext.asyncio import AsyncSession

from common.contracts.enrollment import PersonEnrolled, PoliciesIssued
from common.contracts.pack import TenantPack
from common.events import Event, ReadyEvent, emit
from common.ids import new_id

from ..orders.models import Order
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
        batch = [(person, policy, _person(person)) for person, policy in told[start : start + BATCH]]
        if creates:
            enrolled = [_enrolled(order, *row) for row in batch]
            _emit(session, PersonEnrolled, str(order.id), {"order_id": order.id, "people": enrolled})
        batch_id = new_id()
        facts = [_fact(order, policy, known) for _, policy, known in batch]
        data = {"batch_id": batch_id, "policies": facts, "notify": True}
        _emit(session, PoliciesIssued, str(batch_id), data)


def _emit(session: AsyncSession, contract: type[Event], key: str, data: dict[str, Any]) -> None:
    emit(session, ReadyEvent(contract, key, orjson.dumps(data, default=str)))


def _sealed(token: str | None, index: str | None) -> dict[str, str | None] | None:
    return {"ciphertext": token, "index": index} if token else None


def _person(person: Any) -> dict[str, Any]:
    """The personal values of a row, as both events have them."""
    return {
        "document_number": _sealed(person.document_token, person.document_index),
        "name": _sealed(person.name_token, person.name_index),
        "mobile": _sealed(person.mobile_token, person.mobile_index),
        "bank_card": _sealed(person.card_token, person.card_index),
        "bank_name": person.bank_name,
    }


def _fact(order: Order, policy: NewPolicy, known: dict[str, Any]) -> dict[str, Any]:
    """A PolicyFact."""
    return known | {
        "version": 1, "policy_id": policy.id, "number": policy.number, "person_id": policy.person_id,
        "unit_id": order.unit_id, "order_id": order.id, "product_code": order.product_code,
        "pack_version": order.pack_version, "shares": policy.shares, "contribution": policy.contribution,
        "starts_on": policy.starts_on, "ends_on": policy.ends_on, "status": "in_force", "ended_on": None,
    }  # fmt: skip


def _enrolled(order: Order, person: Any, policy: NewPolicy, known: dict[str, Any]) -> dict[str, Any]:
    """An EnrolledPerson: whom a roster names."""
    return known | {
        "version": 1, "person_id": policy.person_id, "unit_id": order.unit_id, "document_kind": person.document_kind,
    }  # fmt: skip
