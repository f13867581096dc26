"""Responses of products."""

from datetime import date
from typing import Literal

from pydantic import BaseModel, Field

from ..amounts import Yuan


class QuestionRead(BaseModel):
    """A frequent question about a product."""

    code: str
    title: str
    title_en: str
    body: str
    body_en: str


class AgeRead(BaseModel):
    """Age limits of a sex in years: at least (from that birthday), above (after it), below (before it)."""

    sex: str
    at_least: int | None
    above: int | None
    below: int | None


class EligibilityRead(BaseModel):
    """Who may be covered."""

    sexes: list[str]
    ages: list[AgeRead]
    over_age_until: int | None
    """Years up to which papers of postponed retirement and the agency's consent help"""
    over_age_papers: list[str]
    participation_share: str | None
    everybody_below: int | None
    health_declaration_version: int | None
    health_declaration: str | None
    health_declaration_en: str | None


class NamedIllnessRead(BaseModel):
    """An illness 病种 that a benefit names, and what it pays for it (yuan)."""

    code: str
    title: str
    title_en: str
    severity: Literal["severe", "mild"] = Field(description="severe 重度，mild 轻度")
    amount: Yuan


class BenefitRead(BaseModel):
    """A benefit that the product pays. `illnesses`: those it names, where it pays by illness; else none."""

    code: str
    title: str
    title_en: str
    per_share: bool = Field(description="金额按份计算")
    illnesses: list[NamedIllnessRead]


class PaperRead(BaseModel):
    """A paper that the payment needs beside the bank voucher."""

    code: str
    title: str
    title_en: str
    formats: list[str]
    required: bool


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
    terms: str | None
    terms_en: str | None
    questions: list[QuestionRead]
    eligibility: EligibilityRead
    refund_rule: str
    amendment: str | None
    """How people who join in mid-term are charged: months | days | full; None: no changes in mid-term"""
    benefits: list[BenefitRead]
    papers: list[PaperRead]


class ProductList(BaseModel):
    """All products of a union."""

    pack_version: int
    items: list[ProductRead]
