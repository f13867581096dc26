"""Judges the people of a draft once more by all rules of their roster: age, membership, unit, cover, other orders."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.crypto import TenantKeys

from ..orders.models import Order
from ..register.known import Known, KnownRegister, candidate
from ..register.repository import KnowledgeRepository
from ..rosters import RosterRow, RosterRules, check_row
from .context import CheckContext
from .models import OrderPerson
from .reading import opened
from .reasons import reason_json
from .repository import PeopleRepository

BATCH = 500
Refused = dict[UUID, list[dict[str, Any]]]


async def refuse_unfit(session: AsyncSession, order: Order, check: CheckContext, keys: TenantKeys) -> int:
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
