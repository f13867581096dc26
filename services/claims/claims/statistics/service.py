"""Use cases of the statistics: count, sum up, series, times, backlog, funds."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.auth import Actor
from common.clock import business_day, today
from common.crypto import TenantKeys
from common.events.contract import Sealed
from common.identifiers import plain_name
from common.tenancy import current_pack

from ..auth import READ_STATISTICS, must_be_of_whole_union
from ..ledger.service import list_funds
from .backlog import BacklogRepository
from .repository import SUMS, StatisticRepository
from .rules import ZERO, Count, ratio, times_of
from .schemas import (
    BacklogRead,
    Bucket,
    FundStanding,
    MonthRead,
    SeriesRead,
    StatisticRead,
    StatisticsRead,
    TimesRead,
)

NAME, MOBILE = "person.name", "person.mobile"


async def count(session: AsyncSession, *, tenant_id: UUID, counts: Iterable[Count]) -> None:
    """Add to the counters."""
    found = list(counts)
    if found:
        await StatisticRepository(session, tenant_id).add_counts(found)


def name_key(name: str) -> str:
    """Return a name as it is searched by: without spaces."""
    return "".join(plain_name(name).split())


async def keep_people(
    session: AsyncSession,
    *,
    tenant_id: UUID,
    people: Sequence[tuple[UUID, int, Sealed, Sealed | None]],
    keys: TenantKeys,
) -> None:
    """Let people be found by name and mobile in the list of claims."""
    rows = [
        {
            "id": person_id,
            "version": version,
            "name_index": keys.blind("name", name_key(keys.open_sealed(name, context=NAME))),
            "mobile_index": mobile.index if mobile else None,
        }
        for person_id, version, name, mobile in people
    ]
    await StatisticRepository(session, tenant_id).keep_search(rows)


async def read_statistics(
    session: AsyncSession, *, actor: Actor, product_code: str | None, year: int | None
) -> StatisticsRead:
    """Return the sums of what the caller's scope reaches (C.07), and the loss ratio (赔付率)."""
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
            loss_ratio=ratio(row.paid, row.contributions),
            **_sums(row),
        )
        for row in found
    ]
    contributions = sum((row.contributions for row in rows), ZERO)
    paid = sum((row.paid for row in rows), ZERO)
    return StatisticsRead(
        contributions=contributions,
        enrolled=sum(row.enrolled for row in rows),
        paid=paid,
        paid_claims=sum(row.paid_claims for row in rows),
        loss_ratio=ratio(paid, contributions),
        rows=rows,
    )


def _sums(row: Any) -> dict[str, Any]:
    return {name: getattr(row, name) for name in SUMS}


async def read_series(
    session: AsyncSession, *, actor: Actor, product_code: str | None, months: int
) -> SeriesRead:
    """Return the last months one by one for a chart; months in which nothing happened stand with zeros."""
    last = today()
    first = first_month(last, months)
    repository = StatisticRepository(session, actor.tenant_id)
    found = {
        row.month: _sums(row)
        for row in await repository.series(actor, product_code=product_code, first=first, last=last)
    }
    nothing = {"contributions": ZERO, "enrolled": 0, "paid": ZERO, "paid_claims": 0}
    rows = []
    month = first
    while month <= last:
        sums = found.get(month, nothing)
        rows.append(MonthRead(month=month, loss_ratio=ratio(sums["paid"], sums["contributions"]), **sums))
        month = (month + timedelta(days=32)).replace(day=1)
    return SeriesRead(months=rows)


def first_month(last: date, months: int) -> date:
    """Return the first day of the earliest of so many months that end with `last`'s."""
    back = last.year * 12 + last.month - months
    return date(back // 12, back % 12 + 1, 1)


async def read_times(
    session: AsyncSession, *, actor: Actor, product_code: str | None, months: int
) -> TimesRead:
    """Return how long payouts took from hand-in to the bank's day, of those of the last months."""
    last = today()
    days = await StatisticRepository(session, actor.tenant_id).days(
        actor, product_code=product_code, first=first_month(last, months), last=last
    )
    times = times_of(days)
    return TimesRead(
        payouts=times.payouts,
        average_days=times.average,
        median_days=times.median,
        p90_days=times.p90,
        buckets=[Bucket(days=name, payouts=number) for name, number in times.buckets],
    )


async def read_backlog(session: AsyncSession, *, actor: Actor) -> list[BacklogRead]:
    """Return what waits at each node and for how long, of what the caller's scope reaches."""
    pack = await current_pack(session)
    kinds = {kind.code: kind for kind in pack.claims}
    rows = await BacklogRepository(session, actor.tenant_id).by_node(actor)
    found = []
    for row in rows:
        kind = kinds.get(row.kind)
        nodes = {n.code: n for n in pack.claim_chain(row.kind).nodes} if kind else {}
        node = nodes.get(row.node)
        found.append(
            BacklogRead(
                kind=row.kind,
                kind_title=kind.title.text().in_language() if kind else row.kind,
                node=row.node,
                node_title=node.title.text().in_language() if node else row.node,
                claims=row.claims,
                amount=row.amount or ZERO,
                oldest_since=row.oldest,
                oldest_days=(today() - business_day(row.oldest)).days,
                up_to_1_day=row.day,
                up_to_3_days=row.days3,
                up_to_7_days=row.days7,
                longer=row.claims - row.day - row.days3 - row.days7,
            )
        )
    return found


async def read_fund_standings(session: AsyncSession, *, actor: Actor) -> list[FundStanding]:
    """Return what each fund has, owes and may release; for those who see the whole union."""
    must_be_of_whole_union(actor, READ_STATISTICS)
    floors = {fund.code: fund.floor for fund in (await current_pack(session)).funds}
    return [
        FundStanding(
            fund=fund.fund,
            title=fund.title,
            bank=fund.accounts["bank"],
            owed=-fund.accounts["claims_payable"],
            refunds_owed=-fund.accounts["refunds_payable"],
            in_transit=-fund.accounts["in_transit"],
            available=fund.available,
            floor=floors.get(fund.fund, ZERO),
            covered=fund.available + fund.accounts["claims_payable"] >= floors.get(fund.fund, ZERO),
        )
        for fund in await list_funds(session, actor=actor)
    ]
