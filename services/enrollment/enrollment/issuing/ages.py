"""Age on the first day of cover, which is known only when an order is paid: who no longer fits is not covered."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.contracts.pack import Product
from common.crypto import TenantKeys

from ..orders.models import Order
from ..people.sealing import DOCUMENT
from ..register.repository import KnowledgeRepository
from ..rosters.eligibility import eligibility_reasons
from ..rosters.from_pack import age_rules


async def unfit_by_age(
    session: AsyncSession, order: Order, product: Product, people: Sequence[Any], keys: TenantKeys
) -> frozenset[UUID]:
    """Return the rows of people whose sex or age does not fit on the order's first day of cover."""
    rules = age_rules(product, on=order.starts_on or date.max)
    unfit = {
        person.id: person
        for person in people
        if any(eligibility_reasons(keys.open(person.document_token, context=DOCUMENT).upper(), rules))
    }
    if not unfit or rules.never_above is None:
        return frozenset(unfit)
    asked = [person.person_id for person in unfit.values()]
    consented = await KnowledgeRepository(session, order.tenant_id).consented(asked, order.id)
    return frozenset(
        key
        for key, person in unfit.items()
        if person.person_id not in consented
        or any(
            eligibility_reasons(
                keys.open(person.document_token, context=DOCUMENT).upper(), rules, consent=True
            )
        )
    )
