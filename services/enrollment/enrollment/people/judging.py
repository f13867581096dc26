"""Judges the people of a draft once more by all rules of their roster: age, membership, unit, cover, other orders."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.contracts.pack import Product
from common.crypto import TenantKeys

from ..orders.models import Order
from ..register.known import Candidates, Known, KnownPerson, entry_of
from ..register.repository import KnowledgeRepository
from ..rosters import RosterRow, RosterRules
from ..rosters.register import register_reasons
from ..rosters.rules import judge_person
from .context import CheckContext, check_context
from .reasons import reason_json
from .repository import Changed, PeopleRepository
from .sealing import DOCUMENT, NAME

BATCH = 5_000
Refused = dict[UUID, list[dict[str, Any]]]
Seen = Callable[[int], Awaitable[None]]
"""Told how many people have been judged."""


async def judge_again(
    session: AsyncSession, *, order: Order, keys: TenantKeys, seen: Seen | None = None
) -> int:
    """Judge the insurable people of a draft again by all rules as they are today; return how many no longer fit.

    Age counts on the first day of cover, which moves with the day of submission.
    """
    check = await check_context(session, order, most_bytes=0)
    refused = await _refuse_unfit(session, order, check, keys, seen)
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


async def _refuse_unfit(
    session: AsyncSession, order: Order, check: CheckContext, keys: TenantKeys, seen: Seen | None
) -> int:
    """Make those insurable people of an order not insurable against whom something speaks now; return how many."""
    people = PeopleRepository(session, order.tenant_id)
    last: UUID | None = None
    refused: Refused = {}
    judged = 0
    while batch := await people.joining(order.id, after=last, limit=BATCH):
        last = batch[-1].id
        numbers = await asyncio.to_thread(_numbers, batch, keys)
        candidates = await asyncio.to_thread(_candidates, batch, numbers, keys)
        known = await KnowledgeRepository(session, order.tenant_id).known(
            candidates,
            order_id=order.id,
            product=check.product.code,
            blocks=check.blocks,
            count_shares=check.product.contribution.share_limit > 1,
        )
        refused |= await asyncio.to_thread(_judged, batch, numbers, candidates, known, check.rules, keys)
        judged += len(batch)
        if seen is not None:
            await seen(judged)
    await people.refuse_people(refused)
    return len(refused)


def _numbers(batch: Sequence[Any], keys: TenantKeys) -> list[str]:
    return [keys.open(person.document_token, context=DOCUMENT).upper() for person in batch]


def _candidates(batch: Sequence[Any], numbers: Sequence[str], keys: TenantKeys) -> Candidates:
    """Return whom a batch names: as the rows have it, unless an older key made one of their indexes."""
    newest = f"{keys.newest}."
    if len(keys.versions) > 1 or not all(person.document_index.startswith(newest) for person in batch):
        return Candidates.of(keys, numbers)
    return Candidates(
        [person.document_index for person in batch], [person.person_id.hex for person in batch], []
    )


def _judged(
    batch: Sequence[Any],
    numbers: Sequence[str],
    candidates: Candidates,
    known: Known,
    rules: RosterRules,
    keys: TenantKeys,
) -> Refused:
    """Return the reasons against the people of a batch; a name is opened only where the register has one."""
    found: Refused = {}
    for person, number, key in zip(batch, numbers, candidates.keys, strict=True):
        entry = entry_of(known[key], keys) if key in known else None
        values = {"id_number": number, "shares": str(person.shares)}
        if entry is not None and entry.name is not None:
            values["name"] = keys.open(person.name_token, context=NAME)
        reasons = judge_person(RosterRow(0, values), rules, {number: entry} if entry else {})
        if reasons:
            found[person.id] = [reason_json(reason, rules, number, entry) for reason in reasons]
    return found


def _why(row: Changed, rules: RosterRules) -> list[dict[str, object]]:
    known = KnownPerson(
        person_id=row.id, member=True, covered_until=_text(row.covered_until), order=row.order
    )
    reasons = register_reasons(entry_of(known, None), rules, id_number="", name="", shares=0)
    return [reason_json(reason, rules) for reason in reasons]


def _text(day: date | None) -> str | None:
    return day.isoformat() if day else None
