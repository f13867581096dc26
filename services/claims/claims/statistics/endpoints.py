"""HTTP of the statistics."""

from typing import Annotated

from fastapi import APIRouter, Query

from common.auth import Actor
from common.http import SessionDep, requires

from ..auth import READ_STATISTICS
from . import service
from .schemas import StatisticsRead

router = APIRouter(tags=["statistics"])


@router.get("/statistics")
async def read_statistics(
    session: SessionDep,
    actor: Annotated[Actor, requires(READ_STATISTICS)],
    product_code: Annotated[str | None, Query()] = None,
    year: Annotated[int | None, Query(ge=2000, le=2100)] = None,
) -> StatisticsRead:
    """Return contributions, person-times enrolled, paid total and number of paid claims."""
    return await service.read_statistics(session, actor=actor, product_code=product_code, year=year)
