"""HTTP of the reporting interface: keys for administrators, facts for their holders (JSON, or CSV for spreadsheets)."""

import csv
import io
import re
from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any, Literal, TypeVar
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel

from common.auth import Actor
from common.http import Cursor, CursorDep, OnceDep, Page, SessionDep
from common.http.paging import cursor

from ..auth import MANAGE_REPORTING, of_whole_union
from . import service
from .auth import KeyHolder, KeySessionDep
from .schemas import ClaimFact, DayFact, FundFact, KeyCreate, KeyMade, KeyRead, ProductFact, UnitFact

router = APIRouter(prefix="/reporting", tags=["reporting"])
Keeper = Annotated[Actor, of_whole_union(MANAGE_REPORTING)]
BEGIN_FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")
Format = Annotated[
    Literal["json", "csv"], Query(alias="format", description="csv 的下一页在响应头 Next-Cursor")
]
Day = Annotated[date | None, Query()]
Fact = TypeVar("Fact", bound=BaseModel)


async def wide_cursor(
    value: Annotated[str | None, Query(alias="cursor", description="上一页的 next_cursor")] = None,
    limit: Annotated[int, Query(ge=1, le=2000)] = 500,
) -> Cursor:
    """Read the page parameters of a machine, which takes more at once than a screen."""
    return await cursor(value, limit)


WideCursorDep = Annotated[Cursor, Depends(wide_cursor)]


@router.post("/keys", status_code=201)
async def make_key(session: SessionDep, actor: Keeper, once: OnceDep, body: KeyCreate) -> KeyMade:
    """新建接口密钥；密钥只显示这一次。"""
    return await once.run(
        session,
        caller=str(actor.id),
        answer=KeyMade,
        work=lambda: service.make_key(session, actor=actor, wanted=body),
    )


@router.get("/keys")
async def list_keys(session: SessionDep, actor: Keeper, page: CursorDep) -> Page[KeyRead]:
    """本工会的接口密钥（不含密钥本身）。"""
    return await service.list_keys(session, actor=actor, cursor=page)


@router.delete("/keys/{key_id}", status_code=204)
async def revoke_key(session: SessionDep, actor: Keeper, key_id: UUID) -> None:
    """停用密钥，立即生效。"""
    await service.revoke_key(session, actor=actor, key_id=key_id)


@router.get("/v1/days", response_model=Page[DayFact])
async def read_days(
    session: KeySessionDep,
    actor: KeyHolder,
    page: WideCursorDep,
    first: Day = None,
    last: Day = None,
    form: Format = "json",
) -> Any:
    """按单位、项目、日期的互助金收入、参保人次、给付。"""
    found = await service.read_days(session, actor=actor, cursor=page, first=first, last=last)
    return _answer(found, DayFact, form)


@router.get("/v1/claims", response_model=Page[ClaimFact])
async def read_claims(
    session: KeySessionDep,
    actor: KeyHolder,
    page: WideCursorDep,
    since: Day = None,
    form: Format = "json",
) -> Any:
    """申请明细：类型、项目、单位、状态、日期、金额，不含任何个人信息。"""
    found = await service.read_claims(session, actor=actor, cursor=page, since=since)
    return _answer(found, ClaimFact, form)


@router.get("/v1/units", response_model=Page[UnitFact])
async def read_units(
    session: KeySessionDep, actor: KeyHolder, page: WideCursorDep, form: Format = "json"
) -> Any:
    """单位及其所属机构。"""
    found = await service.read_units(session, actor=actor, cursor=page)
    return _answer(found, UnitFact, form)


@router.get("/v1/products", response_model=Page[ProductFact])
async def read_products(session: KeySessionDep, actor: KeyHolder, form: Format = "json") -> Any:
    """参保项目。"""
    return _answer(Page(items=await service.read_products(session)), ProductFact, form)


@router.get("/v1/funds", response_model=Page[FundFact])
async def read_funds(session: KeySessionDep, actor: KeyHolder, form: Format = "json") -> Any:
    """各基金余额（仅限全会范围的密钥）。"""
    return _answer(Page(items=await service.read_funds(session, actor=actor)), FundFact, form)


def _answer(page: Page[Fact], fact: type[Fact], form: str) -> Any:
    if form == "json":
        return page
    headers = {"Next-Cursor": page.next_cursor} if page.next_cursor else {}
    return Response(
        _csv(page.items, list(fact.model_fields)), media_type="text/csv; charset=utf-8", headers=headers
    )


def _csv(items: Sequence[BaseModel], fields: Sequence[str]) -> str:
    """Write rows with a heading and a byte-order mark, by which spreadsheets know the encoding."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(fields)
    for item in items:
        values = item.model_dump(mode="json")
        writer.writerow([_cell(values[field]) for field in fields])
    return "\ufeff" + out.getvalue()


def _cell(value: Any) -> str:
    """A cell that no spreadsheet takes for a formula; a minus begins numbers only."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(BEGIN_FORMULAS) and not NUMBER.fullmatch(text) else text
