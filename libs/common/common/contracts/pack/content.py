"""Texts the apps show: introductions, questions, help, the privacy statement, and the catalogue of the home page."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, model_validator

from .base import Code, LocalProse, LocalText, Part, broken

Audience = Literal["member", "handler", "staff", "public"]


ArticleKind = Literal["introduction", "faq", "help", "announcement", "sample", "health", "news"]


class Article(Part):
    """An article that ships with the pack; the tenant's staff edits it further in the notify service."""

    code: Code
    kind: ArticleKind
    title: LocalText
    body: LocalProse
    product: Code | None = None
    audience: Annotated[tuple[Audience, ...], Field(min_length=1)] = ("public",)
    category: LocalText | None = Field(default=None, description="Rubric 栏目 under which lists show it.")
    pinned: bool = Field(default=False, description="At the top of its list.")
    published_on: date | None = Field(
        default=None, description="Day it is dated; none: the day from which the pack holds."
    )


class Retention(Part):
    """How long data is kept. `left_years`: of somebody who left the union and whom neither cover nor claims need;
    `unreported_days`: of entries that were never reported."""

    left_years: Annotated[int | None, Field(ge=1, le=50)] = None
    unreported_days: Annotated[int | None, Field(ge=30, le=3660)] = None


class Privacy(Part):
    """The privacy statement; consent is recorded with its version."""

    version: Annotated[int, Field(ge=1)]
    effective_from: date
    title: LocalText
    text: LocalProse
    retention: Retention | None = None


class CatalogueItem(Part):
    """An entry of the home page or the service catalogue 所属部门 / 事项名称 (rows A.02, E.03)."""

    code: Code
    department: LocalText
    title: LocalText
    opens: Literal[
        "product", "claim", "dues", "activities", "cover", "payouts", "documents", "applicants", "article",
        "articles", "enrolment",
    ]  # fmt: skip
    target: Code | None = Field(
        default=None,
        description="Code of the product, claim kind or article it opens; kind of a list of articles.",
    )
    audience: Annotated[tuple[Audience, ...], Field(min_length=1)] = ("member",)

    @model_validator(mode="after")
    def _target_named(self) -> "CatalogueItem":
        if (self.opens in {"product", "claim", "article", "articles"}) != (self.target is not None):
            raise broken(
                "product、claim、article、articles 必须写 target，其他不写",
                "product, claim, article and articles need a target, the others have none",
            )
        return self


class Illness(Part):
    """An illness of the tenant's list (row B.07), with the ICD-10 code prefixes that a feed may name it by."""

    code: Code
    title: LocalText
    severity: Literal["severe", "mild"] = "severe"
    icd10: tuple[Annotated[str, Field(pattern=r"^[A-Z][0-9]{2}(\.[0-9A-Za-z]{1,4})?$")], ...] = ()
