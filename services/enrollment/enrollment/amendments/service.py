"""Use cases of amendments: begin one, and name who leaves. Who joins comes by roster or form as on any order."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.auth import Actor
from common.clock import now, today
from common.contracts.pack.products import AmendmentRule
from common.crypto import TenantKeys
from common.identifiers import mask_id_number, plain_number
from common.ids import new_id
from common.tenancy import pack_of_version

from ..orders.models import Order, OrderStatus
from ..orders.rules import first_day
from ..orders.service import add_draft, find_order, require_approved
from ..people.models import OrderPerson
from ..people.repository import PeopleRepository
from ..people.service import order_of
from ..policies.models import Policy
from ..sources.repository import SourceRepository
from .errors import (
    AmendmentDayWrong,
    AmendmentNotOffered,
    NobodyFound,
    NoGroupCover,
    NotAnAmendment,
    SomeNotFound,
)
from .schemas import Leavers


async def begin_amendment(
    session: AsyncSession, *, actor: Actor, base_id: UUID, effective_on: date | None
) -> Order:
    """Make a draft that changes a running group cover; it keeps the pack version of the cover it changes.

    NoGroupCover, AmendmentNotOffered, AmendmentDayWrong.
    """
    base = await find_order(session, actor=actor, order_id=base_id)
    await require_approved(session, base.tenant_id, base.unit_id)
    if base.status != OrderStatus.DONE or base.kind != "enrolment" or base.starts_on is None:
        raise NoGroupCover
    last = base.ends_on or base.starts_on
    if last < today():
        raise NoGroupCover
    pack = await pack_of_version(session, base.pack_version)
    product = pack.product(base.product_code)
    if product.amendment is None:
        raise AmendmentNotOffered(what_zh="增减人员", what_en="join or leave")
    first = max(base.starts_on, first_day(product.effective, confirmed_on=today(), requested=effective_on))
    day = effective_on or first
    latest = last - timedelta(days=product.amendment.not_in_last_days)
    if not first <= day <= latest:
        raise AmendmentDayWrong(first=first.isoformat(), last=latest.isoformat())
    return await add_draft(
        session,
        actor=actor,
        unit_id=base.unit_id,
        product=base.product_code,
        pack_version=base.pack_version,
        kind="amendment",
        base_order_id=base.id,
        effective_on=day,
    )


async def add_leavers(
    session: AsyncSession, *, actor: Actor, order_id: UUID, keys: TenantKeys, body: Leavers
) -> int:
    """Name people who leave the group's cover; return how many are new on the list.

    NotAnAmendment, AmendmentNotOffered, NobodyFound, SomeNotFound.
    """
    order = await order_of(session, actor=actor, order_id=order_id, draft=True)
    rule = await _rule(session, order)
    if not rule.remove or order.base_order_id is None:
        raise AmendmentNotOffered(what_zh="减少人员", what_en="leave")
    numbers = {
        number: keys.blinds("document", number)
        for number in (plain_number(typed).upper() for typed in body.document_numbers or ())
    }
    policies = await SourceRepository(session, actor.tenant_id).policies(
        order.base_order_id,
        ids=body.policy_ids,
        indexes=[index for indexes in numbers.values() for index in indexes],
    )
    _require_all(policies, body.policy_ids, numbers)
    people = PeopleRepository(session, actor.tenant_id)
    named = await people.people_on(order.id, [policy.person_id for policy in policies])
    new = [policy for policy in policies if policy.person_id not in named]
    people.add_all([leaver(order, policy) for policy in new])
    order.touch()
    return len(new)


def _require_all(
    policies: Sequence[Policy], ids: Sequence[UUID] | None, numbers: Mapping[str, Sequence[str]]
) -> None:
    """Raise NobodyFound, or SomeNotFound with the ID numbers (masked) that name nobody who is covered."""
    if not policies:
        raise NobodyFound
    found = {policy.document_index for policy in policies}
    strangers = [mask_id_number(number) for number, indexes in numbers.items() if found.isdisjoint(indexes)]
    missing = len(strangers) + len(set(ids or ()) - {policy.id for policy in policies})
    if missing:
        named = "、".join(strangers[:10])
        raise SomeNotFound(
            count=missing, who_zh=f"：{named}" if named else "", who_en=f": {named}" if named else ""
        )


async def _rule(session: AsyncSession, order: Order) -> AmendmentRule:
    if order.kind != "amendment":
        raise NotAnAmendment
    pack = await pack_of_version(session, order.pack_version)
    rule = pack.product(order.product_code).amendment
    if rule is None:
        raise AmendmentNotOffered(what_zh="增减人员", what_en="join or leave")
    return rule


def leaver(order: Order, policy: Policy) -> OrderPerson:
    """Return the row of somebody who leaves; the sealed values move as they are."""
    return OrderPerson(
        id=new_id(),
        created_at=now(),
        order_id=order.id,
        import_id=None,
        sheet_row=None,
        person_id=policy.person_id,
        document_kind=policy.document_kind,
        document_token=policy.document_token,
        document_index=policy.document_index,
        name_token=policy.name_token,
        name_index=policy.name_index,
        mobile_token=policy.mobile_token,
        mobile_index=policy.mobile_index,
        card_token=policy.card_token,
        card_index=policy.card_index,
        bank_name=policy.bank_name,
        note_token=None,
        shares=policy.shares,
        insurable=True,
        reasons=[],
        action="remove",
        policy_id=policy.id,
    )


async def leavers_of(
    session: AsyncSession, *, actor: Actor, order_id: UUID
) -> tuple[Order, Sequence[tuple[OrderPerson, Policy]]]:
    """Return who leaves by an amendment, each with the policy that ends."""
    order = await order_of(session, actor=actor, order_id=order_id)
    return order, await PeopleRepository(session, actor.tenant_id).leavers(order.id)
