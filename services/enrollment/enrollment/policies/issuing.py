"""Issues the policies of a paid order, chunk by chunk; stopped anywhere, it goes on where it was."""

from collections.abc import Sequence
from datetime import date
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.clock import now
from common.contracts.enrollment import PersonEnrolled, PoliciesIssued
from common.contracts.pack import Product, TenantPack
from common.events import emit
from common.ids import new_id
from common.tenancy import pack_of_version

from ..orders.models import Order
from ..orders.rules import contribution_of
from ..people.models import OrderPerson
from ..people.reasons import COVERED_MEANWHILE, reason_json
from .facts import enrolled_person, policy_fact
from .models import Cover
from .repository import PolicyRepository
from .rules import Term, next_term, policy_number

CHUNK = 500
"""People per transaction and per event; the contract allows no more in one PoliciesIssued."""


async def issue_chunk(session: AsyncSession, *, tenant_id: UUID, order_id: UUID | None = None) -> bool:
    """Issue up to 500 policies of a paid order (the named one, or the oldest); False if nothing was left to do.

    Everything of a chunk is one transaction, so that a person is either still to do, or has a policy and was told.
    """
    repository = PolicyRepository(session, tenant_id)
    order = await repository.order_to_issue(order_id)
    if order is None or order.starts_on is None:
        return False
    pack = await pack_of_version(session, order.pack_version)
    people = await repository.people_to_issue(order, CHUNK)
    if people:
        await _issue(session, repository, order, pack, people)
    if len(people) < CHUNK:
        order.finish()
    return True


async def _issue(
    session: AsyncSession,
    repository: PolicyRepository,
    order: Order,
    pack: TenantPack,
    people: Sequence[OrderPerson],
) -> None:
    product = pack.product(order.product_code)
    covers = await repository.lock_covers(product.code, [p.person_id for p in people if p.person_id])
    terms = _terms(people, covers, starts_on=order.starts_on or date.max, product=product)
    covered = [person for person in people if person.id not in terms]
    insured = [person for person in people if person.id in terms]
    rows = _policy_rows(order, pack, product, insured, covers, terms)
    await repository.insert_policies(rows)
    await repository.mark_covered([p.id for p in covered], [reason_json(COVERED_MEANWHILE)])
    order.count_issued(issued=len(insured), skipped=len(covered), to=people[-1].id)
    _tell(session, order, pack, insured, rows)


def _terms(
    people: Sequence[OrderPerson], covers: dict[UUID, Cover], *, starts_on: date, product: Product
) -> dict[UUID, Term]:
    """Return the term of each person who can have one, by the id of the row on the order."""
    found: dict[UUID, Term] = {}
    for person in people:
        cover = covers.get(person.person_id) if person.person_id else None
        term = next_term(cover.covered_until, starts_on=starts_on, product=product) if cover else None
        if term is not None:
            found[person.id] = term
    return found


def _policy_rows(
    order: Order,
    pack: TenantPack,
    product: Product,
    people: Sequence[OrderPerson],
    covers: dict[UUID, Cover],
    terms: dict[UUID, Term],
) -> list[dict[str, Any]]:
    common = {
        "tenant_id": order.tenant_id,
        "created_at": now(),
        "version": 1,
        "unit_id": order.unit_id,
        "order_id": order.id,
        "product_code": product.code,
        "pack_version": order.pack_version,
        "status": "in_force",
        "ended_on": None,
        "share_limit": product.contribution.share_limit,
    }
    prices = {
        shares: contribution_of(shares=shares, price=product.contribution, rounding=pack.rounding)
        for shares in {person.shares for person in people}
    }
    rows = []
    for place, person in enumerate(people, start=order.issued + 1):
        assert person.person_id is not None  # noqa: S101 - only identified people are insurable
        rows.append(
            common
            | _personal(person)
            | {
                "id": new_id(),
                "number": policy_number(order.number, place),
                "person_id": person.person_id,
                "term": covers[person.person_id].terms + 1,
                "shares": person.shares,
                "contribution": prices[person.shares],
                "starts_on": terms[person.id].starts_on,
                "ends_on": terms[person.id].ends_on,
            }
        )
    return rows


def _personal(person: OrderPerson) -> dict[str, Any]:
    """The sealed values move as they are: nothing is opened to issue a policy."""
    return {
        "document_kind": person.document_kind,
        "document_token": person.document_token,
        "document_index": person.document_index,
        "name_token": person.name_token,
        "name_index": person.name_index,
        "mobile_token": person.mobile_token,
        "mobile_index": person.mobile_index,
        "card_token": person.card_token,
        "card_index": person.card_index,
        "bank_name": person.bank_name,
    }


def _tell(
    session: AsyncSession,
    order: Order,
    pack: TenantPack,
    people: Sequence[OrderPerson],
    rows: list[dict[str, Any]],
) -> None:
    if not rows:
        return
    facts = [policy_fact(SimpleNamespace(**row)) for row in rows]
    if pack.registration.people == "created_by_roster":
        enrolled = [enrolled_person(person, fact) for person, fact in zip(people, facts, strict=True)]
        emit(session, PersonEnrolled(order_id=order.id, people=enrolled))
    emit(session, PoliciesIssued(batch_id=new_id(), policies=facts))
