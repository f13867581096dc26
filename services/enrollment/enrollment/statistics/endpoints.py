"""HTTP of the statistics."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query

from common.auth import Actor
from common.http import CursorDep, OnceDep, SessionDep, requires

from .. import auth
from . import service
from .schemas import ParticipationRead, RebuildRead, SeriesRead, SummaryRead

router = APIRouter(prefix="/statistics", tags=["statistics"])
Reader = Annotated[Actor, requires(auth.STATISTICS_READ)]
Replayer = Annotated[Actor, requires(auth.REPLAY)]
Since = Annotated[date | None, Query(description="从这一天起")]
Until = Annotated[date | None, Query(description="到这一天为止")]
Product = Annotated[str | None, Query(max_length=40)]


@router.get("/summary")
async def summarise(
    session: SessionDep,
    actor: Reader,
    since: Since = None,
    until: Until = None,
    product: Product = None,
    unit_id: UUID | None = None,
) -> SummaryRead:
    """参保概况：参保人次、缴费总额、退费、在保人数、会员人数（所辖范围内）。"""
    return await service.summarise(
        session, actor=actor, since=since, until=until, product=product, unit_id=unit_id
    )


@router.get("/series")
async def list_series(
    session: SessionDep,
    actor: Reader,
    by: Annotated[Literal["month", "year", "product", "unit"], Query()] = "month",
    since: Since = None,
    until: Until = None,
    product: Product = None,
    unit_id: UUID | None = None,
) -> SeriesRead:
    """按月、年、项目或单位统计参保人次和缴费（用于图表）。"""
    return await service.list_series(
        session, actor=actor, by=by, since=since, until=until, product=product, unit_id=unit_id
    )


@router.get("/participation")
async def show_participation(
    session: SessionDep,
    actor: Reader,
    cursor: CursorDep,
    product: Annotated[str, Query(max_length=40)],
    on: date | None = None,
) -> ParticipationRead:
    """参保率：各单位在保人数与会员人数之比，以及是否达到团体参保要求。"""
    return await service.show_participation(session, actor=actor, product_code=product, on=on, cursor=cursor)


@router.post("/rebuild")
async def rebuild(session: SessionDep, actor: Replayer, once: OnceDep) -> RebuildRead:
    """按参保记录重新统计；结果应与原统计一致。"""

    async def work() -> RebuildRead:
        return await service.rebuild(session, actor=actor)

    return await once.run(session, caller=str(actor.id), answer=RebuildRead, work=work)
