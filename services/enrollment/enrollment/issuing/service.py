"""Issues the policies of a paid order, chunk by chunk; stopped anywhere, it goes on where it was."""

import asyncio
from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.contracts.pack import Product, TenantPack
from common.crypto import TenantKeys
from common.ids import new_ids
from common.tenancy import pack_of_version

from ..orders.models import Order
from ..orders.rules import contribution_of
from ..people.reasons import COVERED_MEANWHILE, ENDED_MEANWHILE, NOT_ELIGIBLE, reason_json
from ..policies.rules import Term, next_term, policy_number
from .ages import unfit_by_age
from .facts import tell
from .leaving import end_policies
from .refunding import refund_skipped
from .repository import IssuingRepository, NewPolicy

CHUNK = 500
"""People of one transaction in the consumer; the contract allows no more in one PoliciesIssued."""


async def issue_chunk(
    session: AsyncSession, *, tenant_id: UUID, order_id: UUID, keys: TenantKeys, most: int = CHUNK
) -> bool:
    """Issue policies to the next people of a paid order; False if there was nothing left to do.

    Everything of a chunk is one transaction, so that a person is either still to do, or has a policy and was told.
    """
    repository = IssuingRepository(session, tenant_id)
    order = await repository.order_to_issue(order_id)
    if order is None or order.starts_on is None:
        return False
    pack = await pack_of_version(session, order.pack_version)
    people = await repository.people(order, most)
    if people:
        await _deal_with(session, repository, order, pack, people, keys)
    if len(people) < most:
        await refund_skipped(session, repository, order, pack)
        order.finish()
    return True


async def _deal_with(
    session: AsyncSession,
    repository: IssuingRepository,
    order: Order,
    pack: TenantPack,
    people: Sequence[Any],
    keys: TenantKeys,
) -> None:
    coming = [person for person in people if person.action == "add"]
    unfit = await unfit_by_age(session, order, pack.product(order.product_code), coming, keys)
    await repository.mark_skipped(list(unfit), outcome="not_eligible", reasons=[reason_json(NOT_ELIGIBLE)])
    coming = [person for person in coming if person.id not in unfit]
    leaving = [person for person in people if person.action == "remove"]
    issued = await _issue(session, repository, order, pack, coming) if coming else 0
    left = await end_policies(session, repository, order, pack, leaving) if leaving else 0
    skipped = len(people) - issued - left
    order.count_issued(issued=issued + left, skipped=skipped, to=people[-1].id)


async def _issue(
    session: AsyncSession,
    repository: IssuingRepository,
    order: Order,
    pack: TenantPack,
    people: Sequence[Any],
) -> int:
    product = pack.product(order.product_code)
    terms = await _terms(repository, order, product, people)
    insured = [person for person in people if person.id in terms]
    policies = _policies(order, pack, product, insured, terms)
    # The database takes the rows while this process writes the events about them.
    inserting = asyncio.ensure_future(_insert(repository, order, product, policies, terms))
    try:
        await asyncio.sleep(0)
        tell(session, order, pack, insured, policies)
    finally:
        await inserting
    reason = COVERED_MEANWHILE if _may_begin(order) else ENDED_MEANWHILE
    outcome = "covered_meanwhile" if _may_begin(order) else "ended_meanwhile"
    left_out = [person.id for person in people if person.id not in terms]
    await repository.mark_skipped(left_out, outcome=outcome, reasons=[reason_json(reason)])
    return len(insured)


def _may_begin(order: Order) -> bool:
    """Whether a group's cover still runs when its amendment begins."""
    return order.kind != "amendment" or order.effective_on is not None


async def _insert(
    repository: IssuingRepository,
    order: Order,
    product: Product,
    policies: Sequence[NewPolicy],
    terms: dict[UUID, tuple[int, Term]],
) -> None:
    await repository.extend_covers(product.code, [p for p in policies if terms[p.row_id][0] > 1])
    await repository.insert_policies(order, policies, share_limit=product.contribution.share_limit)


async def _terms(
    repository: IssuingRepository, order: Order, product: Product, people: Sequence[Any]
) -> dict[UUID, tuple[int, Term]]:
    """Return number and days of the term of each person who can have one, by the row on the order.

    Who never had the product is covered by the insert of the slot; the others' slots are locked and looked at.
    """
    starts_on = order.starts_on or date.max
    if not _may_begin(order):
        return {}
    first = next_term(None, starts_on=starts_on, product=product, ends_on=order.group_ends_on)
    if first is None:
        return {}
    asked = {person.person_id: person.shares for person in people}
    new = await repository.open_covers(product.code, asked, ends_on=first.ends_on)
    covers = await repository.lock_covers(product.code, [key for key in asked if key not in new])
    found: dict[UUID, tuple[int, Term]] = {}
    for person in people:
        if person.person_id in new:
            found[person.id] = 1, first
        elif cover := covers.get(person.person_id):
            term = next_term(
                cover.covered_until, starts_on=starts_on, product=product, ends_on=order.group_ends_on
            )
            if term is not None:
                found[person.id] = cover.terms + 1, term
    return found


def _policies(
    order: Order,
    pack: TenantPack,
    product: Product,
    people: Sequence[Any],
    terms: dict[UUID, tuple[int, Term]],
) -> list[NewPolicy]:
    prices = {
        shares: contribution_of(shares=shares, price=product.contribution, rounding=pack.rounding)
        for shares in {person.shares for person in people}
    }
    ids, made = new_ids(), []
    for place, person in enumerate(people, start=order.issued + 1):
        number, term = terms[person.id]
        made.append(
            NewPolicy(
                row_id=person.id,
                person_id=person.person_id,
                id=next(ids),
                number=policy_number(order.number, place),
                term=number,
                shares=person.shares,
                contribution=prices[person.shares] if person.contribution is None else person.contribution,
                starts_on=term.starts_on,
                ends_on=term.ends_on,
            )
        )
    return made
