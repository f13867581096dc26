"""HTTP of the statistics."""

from typing import Annotated

from fastapi import APIRouter, Query

from common.auth import Actor
from common.http import SessionDep, requires

from ..auth import READ_STATISTICS
from . import service
from .schemas import BacklogRead, FundStanding, SeriesRead, StatisticsRead, TimesRead

router = APIRouter(prefix="/statistics", tags=["statistics"])
Reader = Annotated[Actor, requires(READ_STATISTICS)]
Product = Annotated[str | None, Query(max_length=60)]
Months = Annotated[int, Query(ge=1, le=120, description="最近几个月，含本月")]


@router.get("")
async def read_statistics(
    session: SessionDep,
    actor: Reader,
    product_code: Product = None,
    year: Annotated[int | None, Query(ge=2000, le=2100)] = None,
) -> StatisticsRead:
    """Return contributions, person-times enrolled, paid total, number of paid claims and the loss ratio."""
    return await service.read_statistics(session, actor=actor, product_code=product_code, year=year)


@router.get("/series")
async def read_series(
    session: SessionDep, actor: Reader, product_code: Product = None, months: Months = 12
) -> SeriesRead:
    """Return the same by month, for charts."""
    return await service.read_series(session, actor=actor, product_code=product_code, months=months)


@router.get("/payout-times")
async def read_times(
    session: SessionDep, actor: Reader, product_code: Product = None, months: Months = 12
) -> TimesRead:
    """Return how many days payouts took from hand-in to the bank's day: average, median, nine of ten, spread."""
    return await service.read_times(session, actor=actor, product_code=product_code, months=months)


@router.get("/backlog")
async def read_backlog(session: SessionDep, actor: Reader) -> list[BacklogRead]:
    """Return what waits at each node and for how long."""
    return await service.read_backlog(session, actor=actor)


@router.get("/funds")
async def read_fund_standings(session: SessionDep, actor: Reader) -> list[FundStanding]:
    """Return what each fund has, owes and may release; for those who see the whole union."""
    return await service.read_fund_standings(session, actor=actor)
