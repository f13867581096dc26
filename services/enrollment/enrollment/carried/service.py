"""The use case of carrying cover over: a draft for a unit, filled by roster and reviewed by another person."""

from sqlalchemy.ext.asyncio import AsyncSession

from common.audit import record
from common.auth import Actor
from common.auth.scope import reaches
from common.clock import today
from common.tenancy import current_pack

from ..copies.repository import CopyRepository
from ..orders.errors import ProductUnknown, UnitUnknown
from ..orders.models import Order
from ..orders.service import add_draft, require_approved
from .errors import CarriedDayWrong
from .rules import first_possible
from .schemas import CarriedCreate


async def carry_over(session: AsyncSession, *, actor: Actor, body: CarriedCreate) -> Order:
    """Make a draft for cover of a unit that began elsewhere; ProductUnknown, UnitUnknown, CarriedDayWrong.

    It is paid already: after the review policies are issued with the days they have, and nobody is told anew.
    """
    pack = await current_pack(session)
    product = next((p for p in pack.products if p.code == body.product), None)
    if product is None:
        raise ProductUnknown(product=body.product)
    unit = await CopyRepository(session, actor.tenant_id).unit(body.unit_id)
    if unit is None or not reaches(actor, unit.org_path):
        raise UnitUnknown
    await require_approved(session, actor.tenant_id, body.unit_id)
    first = first_possible(today(), product.term_months)
    if not first <= body.starts_on <= today():
        raise CarriedDayWrong(first=first.isoformat(), last=today().isoformat())
    order = await add_draft(
        session,
        actor=actor,
        unit_id=body.unit_id,
        product=product.code,
        pack_version=pack.version,
        kind="carried",
        effective_on=body.starts_on,
    )
    await record(
        session,
        actor_id=actor.id,
        action="order.carried_over",
        subject=f"order:{order.id}",
        detail={"source": body.source, "starts_on": body.starts_on.isoformat()},
    )
    return order
