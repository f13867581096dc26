"""Requests of cover that is carried over."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints


class CarriedCreate(BaseModel):
    """Whose cover by what, since when, and where it stood until now."""

    model_config = ConfigDict(extra="forbid")

    unit_id: UUID
    product: Annotated[str, Field(max_length=40, examples=["three-in-one"])]
    starts_on: date = Field(description="原系统中的起保日期；到期日按项目的保障期计算")
    source: Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=200)] = Field(
        description="原系统名称和批次，记入审计日志"
    )
