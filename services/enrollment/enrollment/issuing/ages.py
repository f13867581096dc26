"""Age on the first day of cover, which is known only when an order is paid: who no longer fits is not covered."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.contracts.pack import Product
from common.crypto import TenantKeys

from ..orders.models import Order
from ..people.sealing import DOCUMENT, DOCUMENT_KIND
from ..register.known import entries_of
from ..register.repository import KnowledgeRepository
from ..rosters import RegisterEntry, RosterRules
from ..rosters.eligibility import eligibility_reasons
from ..rosters.from_pack import age_rules


async def unfit_by_age(
    session: AsyncSession, order: Order, product: Product, people: Sequence[Any], keys: TenantKeys
) -> frozenset[UUID]:
    """Return the rows of people whose sex or age does not fit on the order's first day of cover."""
    rules = age_rules(product, on=order.starts_on or date.max)
    knowledge = KnowledgeRepository(session, order.tenant_id)
    others = [person.person_id for person in people if person.document_kind != DOCUMENT_KIND]
    entries = entries_of(await knowledge.holders(others), keys)
    unfit = await asyncio.to_thread(_unfit, people, rules, keys, entries)
    if not unfit or rules.never_above is None:
        return frozenset(person.id for person in unfit)
    asked = [person.person_id for person in unfit]
    consented = await knowledge.consented(asked, order.id)
    hopeless = {person.id for person in _unfit(unfit, rules, keys, entries, consent=True)}
    return frozenset(p.id for p in unfit if p.person_id not in consented or p.id in hopeless)


def _unfit(
    people: Iterable[Any],
    rules: RosterRules,
    keys: TenantKeys,
    entries: Mapping[UUID, RegisterEntry],
    *,
    consent: bool = False,
) -> list[Any]:
    """Return who does not fit; `consent`: even with the agency's consent."""
    return [
        person
        for person in people
        if any(
            eligibility_reasons(
                keys.open(person.document_token, context=DOCUMENT).upper(),
                rules,
                entry=entries.get(person.person_id),
                consent=consent,
            )
        )
    ]
