"""Judges the people of a draft once more by all rules of their roster: age, membership, unit, cover, other orders."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.contracts.pack import Product
from common.crypto import TenantKeys

from ..orders.models import Order
from ..register.known import Known, KnownPerson, KnownRegister, candidate, entry_of
from ..register.repository import KnowledgeRepository
from ..rosters import RosterRow, RosterRules, check_row
from ..rosters.register import register_reasons
from .context import CheckContext, check_context
from .models import OrderPerson
from .reading import opened
from .reasons import reason_json
from .repository import Changed, PeopleRepository

BATCH = 500
Refused = dict[UUID, list[dict[str, Any]]]


async def judge_again(session: AsyncSession, *, order: Order, keys: TenantKeys) -> int:
    """Judge the insurable people of a draft again by all rules as they are today; return how many no longer fit.

    Age counts on the first day of cover, which moves with the day of submission.
    """
    check = await check_context(session, order, most_bytes=0)
    refused = await _refuse_unfit(session, order, check, keys)
    if refused:
        order.touch()
    return refused


async def flag_changed_people(session: AsyncSession, *, order: Order, product: Product) -> int:
    """Make the people of an order not insurable whom another order got meanwhile; return how many."""
    repository = PeopleRepository(session, order.tenant_id)
    check = await check_context(session, order, most_bytes=0)
    changed = await repository.changed(order.id, product=product.code, blocks=check.blocks)
    await repository.refuse_people({row.id: _why(row, check.rules) for row in changed})
    if changed:
        order.touch()
    return len(changed)


async def _refuse_unfit(session: AsyncSession, order: Order, check: CheckContext, keys: TenantKeys) -> int:
    """Make those insurable people of an order not insurable against whom something speaks now; return how many."""
    people = PeopleRepository(session, order.tenant_id)
    joining = people.of_order(order.id, insurable=True).where(OrderPerson.action == "add")
    last: UUID | None = None
    refused: Refused = {}
    while batch := await people.batch(joining, after=last, limit=BATCH):
        last = batch[-1].id
        rows = {person.id: stored_row(person, keys) for person in batch}
        known = await _known(session, order, check, keys, list(rows.values()))
        refused |= await asyncio.to_thread(_judged, rows, known, check.rules, keys)
        for person in batch:
            session.expunge(person)
    await people.refuse_people(refused)
    return len(refused)


def stored_row(person: OrderPerson, keys: TenantKeys) -> RosterRow:
    """Return a person on an order as a row of a roster."""
    values = opened(person, keys)
    return RosterRow(
        person.sheet_row or 0,
        {
            "name": values.name,
            "id_number": values.document,
            "mobile": values.mobile,
            "social_card": values.card,
            "bank_name": person.bank_name or "",
            "note": values.note,
            "shares": str(person.shares or ""),
        },
    )


async def _known(
    session: AsyncSession, order: Order, check: CheckContext, keys: TenantKeys, rows: Sequence[RosterRow]
) -> Known:
    return await KnowledgeRepository(session, order.tenant_id).known(
        [candidate(keys, row["id_number"].upper()) for row in rows],
        order_id=order.id,
        product=check.product.code,
        blocks=check.blocks,
        count_shares=check.product.contribution.share_limit > 1,
    )


def _judged(rows: Mapping[UUID, RosterRow], known: Known, rules: RosterRules, keys: TenantKeys) -> Refused:
    register = KnownRegister(known, keys)
    entries = register.find({row["id_number"].upper() for row in rows.values()})
    found: Refused = {}
    for row_id, row in rows.items():
        if reasons := check_row(row, rules, entries):
            found[row_id] = [reason_json(reason, rules, row["id_number"]) for reason in reasons]
    return found


def _why(row: Changed, rules: RosterRules) -> list[dict[str, object]]:
    known = KnownPerson(
        person_id=row.id, member=True, covered_until=_text(row.covered_until), order=row.order
    )
    reasons = register_reasons(entry_of(known, None), rules, id_number="", name="", shares=0)
    return [reason_json(reason, rules) for reason in reasons]


def _text(day: date | None) -> str | None:
    return day.isoformat() if day else None
