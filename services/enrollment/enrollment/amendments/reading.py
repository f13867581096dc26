"""Who leaves by an amendment, masked, with what comes back."""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal

from sqlalchemy.ext.asyncio import AsyncSession

from common.crypto import TenantKeys
from common.identifiers import mask_id_number, mask_name
from common.tenancy import pack_of_version

from ..orders.models import Order
from ..orders.quotes import quote_of
from ..people.context import expected_start
from ..people.models import OrderPerson
from ..people.reading import opened
from ..policies.models import Policy
from ..terminations.repository import TerminationRepository
from ..terminations.rules import Cover, refund_for
from .schemas import LeaverRead, LeaversRead


async def read_leavers(
    session: AsyncSession, order: Order, leavers: Sequence[tuple[OrderPerson, Policy]], keys: TenantKeys
) -> LeaversRead:
    """Return who leaves; a refund is what the rule gives if the change begins as planned."""
    pack = await pack_of_version(session, order.pack_version)
    product = pack.product(order.product_code)
    last_day = (order.starts_on or expected_start(order, product)) - timedelta(days=1)
    policies = [policy for _, policy in leavers]
    claimed = await TerminationRepository(session, order.tenant_id).with_benefit(policies)
    items = []
    for person, policy in leavers:
        values = opened(person, keys)
        cover = Cover(
            policy.contribution, policy.starts_on, policy.ends_on, benefit_paid=policy.id in claimed
        )
        back = refund_for(cover, product, pack.rounding, last_day=policy.ended_on or last_day)
        items.append(
            LeaverRead(
                id=person.id,
                policy_id=policy.id,
                policy_number=policy.number,
                name=mask_name(values.name),
                document_number=mask_id_number(values.document),
                last_day=policy.ended_on or last_day,
                refund=back.amount,
                refund_why=back.why.in_language(),
            )
        )
    refund = sum((item.refund for item in items), Decimal("0.00"))
    due = order.amount_due
    if due is None:
        due = (await quote_of(session, order, pack)).amount
    return LeaversRead(items=items, refund=refund, contribution=due, net=due - refund)
