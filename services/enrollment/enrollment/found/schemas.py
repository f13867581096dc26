"""Requests and responses of searches and of what is done with exactly what they show."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from common.opinions import Opinion, Reason

from ..amounts import Yuan
from ..orders.models import OrderStatus


class OrderSearch(BaseModel):
    """A search of orders; in a body, because numbers of people never stand in an address."""

    model_config = ConfigDict(extra="forbid")

    status: OrderStatus | Literal["returned", "to_review"] | None = None
    """`returned`: drafts that came back from the review 打回; `to_review`: those at whose node the caller decides"""
    product: Annotated[str, Field(max_length=40)] | None = None
    number: Annotated[str, Field(max_length=32)] | None = None
    unit_id: UUID | None = None
    credit_code: Annotated[str, Field(max_length=18)] | None = None
    """当前单位编号"""
    requested_start: date | None = None
    created_from: date | None = None
    created_until: date | None = None
    document_number: Annotated[str, Field(max_length=40)] | None = None
    """Orders with this person on them"""
    member_number: Annotated[str, Field(max_length=40)] | None = None
    """会员编号: orders with this member on them"""


class FoundSummary(BaseModel):
    """What a search comes to 汇总金额."""

    orders: int
    people: int
    shares: int
    amount: Yuan


class Expected(BaseModel):
    """What the caller was shown; anything else now, and nothing is reported."""

    model_config = ConfigDict(extra="forbid")

    orders: int
    people: int
    amount: Decimal


class FoundReport(BaseModel):
    """Report exactly the current search 当前查询结果上报."""

    model_config = ConfigDict(extra="forbid")

    search: OrderSearch
    expected: Expected
    opinion: Opinion | None = None


class FoundReturn(BaseModel):
    """Return exactly the current search 当前查询结果打回, with the reason."""

    model_config = ConfigDict(extra="forbid")

    search: OrderSearch
    expected: Expected
    reason: Reason


class FoundOrder(BaseModel):
    """What became of one order."""

    id: UUID
    number: str
    done: bool
    status: str
    code: str | None = None
    message: str | None = None


class FoundResult(BaseModel):
    """What became of each order that was found."""

    done: int
    refused: int
    items: list[FoundOrder]
