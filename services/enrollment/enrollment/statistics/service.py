"""Use cases of the statistics."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.audit import record
from common.auth import Actor
from common.clock import today
from common.contracts.pack import TenantPack
from common.errors import NotFound
from common.http import Cursor
from common.http.paging import cursor_of
from common.tenancy import current_pack

from ..copies.repository import CopyRepository
from ..searching import require_product
from ..spans import require_span
from . import rules
from .repository import StatisticRepository
from .schemas import (
    CountsRead,
    ParticipationRead,
    RebuildRead,
    SeriesRead,
    SeriesRow,
    SummaryRead,
    UnitParticipation,
)


async def summarise(
    session: AsyncSession,
    *,
    actor: Actor,
    since: date | None,
    until: date | None,
    product: str | None,
    unit_id: UUID | None,
) -> SummaryRead:
    """Return what happened between two days and how many are covered today, in the caller's scope."""
    require_span(since, until)
    await require_product(session, product)
    repository = StatisticRepository(session, actor.tenant_id)
    on = today()
    # Open to the future: cover that ended before it began has its last day before a first one still to come.
    rows = await repository.sums(
        actor, group="all", since=since, until=until, product=product, unit_id=unit_id
    )
    counts = _counts(rows[0]) if rows else _counts(None)
    return SummaryRead(
        **counts.model_dump(),
        since=since,
        until=until,
        on=on,
        covered=await repository.covered(actor, on=on, product=product, unit_id=unit_id),
        members=await repository.members(actor, unit_id=unit_id),
    )


def _counts(row: Any) -> CountsRead:
    if row is None:
        zero = rules.ZERO
        return CountsRead(person_times=0, shares=0, contributed=zero, received=zero, refunded=zero, ended=0)
    return CountsRead(
        person_times=row.policies,
        shares=row.shares,
        contributed=row.contributed,
        received=row.received,
        refunded=row.refunded,
        ended=row.ended,
    )


async def list_series(
    session: AsyncSession,
    *,
    actor: Actor,
    by: str,
    since: date | None,
    until: date | None,
    product: str | None,
    unit_id: UUID | None,
) -> SeriesRead:
    """Return the counts by month, year, product or unit, in the caller's scope."""
    require_span(since, until)
    await require_product(session, product)
    repository = StatisticRepository(session, actor.tenant_id)
    rows = await repository.sums(actor, group=by, since=since, until=until, product=product, unit_id=unit_id)
    titles = await _titles(session, actor, by, rows)
    items = [
        SeriesRow(**_counts(row).model_dump(), key=str(row.key), title=titles.get(row.key, str(row.key)))
        for row in rows
    ]
    return SeriesRead(by=by, items=items)


async def _titles(session: AsyncSession, actor: Actor, by: str, rows: Any) -> dict[Any, str]:
    if by == "unit":
        return dict(await CopyRepository(session, actor.tenant_id).unit_names({row.key for row in rows}))
    if by == "product":
        pack = await current_pack(session)
        return {product.code: product.title.text().in_language() for product in pack.products}
    return {}


async def show_participation(
    session: AsyncSession, *, actor: Actor, product_code: str, on: date | None, cursor: Cursor
) -> ParticipationRead:
    """Return how much of each unit takes part in a product on a day, beside the rule of group enrolment."""
    pack = await current_pack(session)
    product = next((p for p in pack.products if p.code == product_code), None)
    if product is None:
        raise NotFound
    day = on or today()
    repository = StatisticRepository(session, actor.tenant_id)
    by_register = pack.registration.people == "admission_first"
    rows = await repository.participation(
        actor,
        on=day,
        product=product.code,
        by_register=by_register,
        after=cursor.after,
        limit=cursor.limit + 1,
    )
    rule = product.eligibility.participation
    members, covered, unknown, theirs = await repository.participation_of_all(
        actor, on=day, product=product.code, by_register=by_register
    )
    more = len(rows) > cursor.limit
    return ParticipationRead(
        product=product.code,
        on=day,
        required=rule.share if rule else None,
        everyone_below=rule.everyone_below if rule else None,
        members=members,
        covered=covered,
        rate=rules.rate_of(covered, members),
        unknown_units=unknown,
        unknown_covered=theirs,
        items=[_unit(row, pack, product_code) for row in rows[: cursor.limit]],
        next_cursor=cursor_of(rows[cursor.limit - 1].id) if more else None,
    )


def _unit(row: Any, pack: TenantPack, product_code: str) -> UnitParticipation:
    rule = pack.product(product_code).eligibility.participation
    return UnitParticipation(
        unit_id=row.id,
        unit_name=row.name,
        members=row.members,
        covered=row.covered,
        rate=rules.rate_of(row.covered, row.members) if row.members is not None else None,
        met=rules.participation_met(rule, covered=row.covered, members=row.members)
        if rule and row.members is not None
        else None,
    )


async def rebuild(session: AsyncSession, *, actor: Actor) -> RebuildRead:
    """Count everything anew; the same numbers come out unless a counter was wrong."""
    repository = StatisticRepository(session, actor.tenant_id)
    await repository.rebuild()
    await record(session, actor_id=actor.id, action="statistics.rebuilt", subject=f"tenant:{actor.tenant_id}")
    system = Actor.system(actor.tenant_id)
    return RebuildRead(
        covered=await repository.covered(system, on=today(), product=None, unit_id=None),
        members=await repository.members(system, unit_id=None),
    )
