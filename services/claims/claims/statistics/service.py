"""Use cases of the statistics: count, sum up."""

from collections.abc import Iterable
from decimal import Decimal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.auth import Actor
from common.tenancy import current_pack

from .repository import StatisticRepository
from .rules import Count, together
from .schemas import StatisticRead, StatisticsRead


async def count(session: AsyncSession, *, tenant_id: UUID, counts: Iterable[Count]) -> None:
    """Add to the counters."""
    summed = together(counts)
    if summed:
        await StatisticRepository(session, tenant_id).add_counts(summed)


async def read_statistics(
    session: AsyncSession, *, actor: Actor, product_code: str | None, year: int | None
) -> StatisticsRead:
    """Return the sums of what the caller's scope reaches (C.07)."""
    found = await StatisticRepository(session, actor.tenant_id).sums(
        actor, product_code=product_code, year=year
    )
    titles = {
        product.code: product.title.text().in_language() for product in (await current_pack(session)).products
    }
    rows = [
        StatisticRead(
            product_code=row.product_code,
            product=titles.get(row.product_code, row.product_code),
            year=row.year,
            contributions=row.contributions,
            enrolled=row.enrolled,
            paid=row.paid,
            paid_claims=row.paid_claims,
        )
        for row in found
    ]
    return StatisticsRead(
        contributions=sum((row.contributions for row in rows), Decimal("0.00")),
        enrolled=sum(row.enrolled for row in rows),
        paid=sum((row.paid for row in rows), Decimal("0.00")),
        paid_claims=sum(row.paid_claims for row in rows),
        rows=rows,
    )
