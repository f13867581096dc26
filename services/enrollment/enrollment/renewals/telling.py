"""Tells the units at noon of the 1st who is to be renewed; stopped anywhere, it goes on, and nobody is told twice."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.clock import BUSINESS_ZONE, now, today
from common.contracts.enrollment import ExpiringGroup, PolicyExpiring
from common.events import emit

from ..copies.repository import CopyRepository
from . import rules
from .repository import RenewalRepository

UNITS = 200
"""Units per transaction."""


async def tell_units(session: AsyncSession, *, tenant_id: UUID, units: int = UNITS) -> bool:
    """Tell the next units that have anybody to renew; False if there is nothing to do now.

    A notice and its event are one transaction: a worker killed in between has told nobody.
    """
    month = rules.month_of(today())
    if not rules.messages_due(now(), month, BUSINESS_ZONE):
        return False
    repository = RenewalRepository(session, tenant_id)
    run = await repository.run_to_tell(month)
    if run is None:
        return False
    found = await repository.units_to_tell(month, after=run.told_to, limit=units)
    told = 0
    groups: dict[UUID, list[ExpiringGroup]] = {}
    for row in await repository.groups(month, found) if found else ():
        group = ExpiringGroup(
            product_code=row.product_code, people=row.people, first_ends_on=row.first, last_ends_on=row.last
        )
        groups.setdefault(row.unit_id, []).append(group)
    notices = await repository.note(month, {unit: sum(g.people for g in gs) for unit, gs in groups.items()})
    handlers = await CopyRepository(session, tenant_id).handlers(set(notices))
    for unit, notice_id in notices.items():
        event = PolicyExpiring(
            notice_id=notice_id,
            month=f"{month:%Y-%m}",
            unit_id=unit,
            handler_account_id=handlers.get(unit),
            groups=groups[unit],
        )
        emit(session, event)
        told += 1
    run.advance(told=told, to=found[-1] if len(found) == units else None)
    return True
