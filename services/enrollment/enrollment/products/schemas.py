"""Responses of products."""

from datetime import date

from pydantic import BaseModel

from ..amounts import Yuan


class ProductRead(BaseModel):
    """A product 参保项目 as the public sees it, in both languages."""

    code: str
    title: str
    title_en: str
    kind: str
    ordered_by: list[str]
    offered: bool
    """Whether units can order it today."""
    offered_from: date | None
    offered_until: date | None
    term_months: int
    price_per_share: Yuan
    share_limit: int
    payer: str
    waiting_days: int
    start_rule: str
    roster_template: bool
    introduction: str | None
    introduction_en: str | None


class ProductList(BaseModel):
    """All products of a union."""

    pack_version: int
    items: list[ProductRead]
