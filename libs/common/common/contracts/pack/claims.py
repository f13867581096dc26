"""Kinds of application: claims, subsidies, condolence, loans; who opens them, what they need, how they are decided."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from .base import Code, Days, LocalText, Money, Part, Rate, broken
from .benefits import EventKind
from .forms import DocumentRule, Form, FormField, When, check_fields, check_when

Relation = Literal["self", "spouse", "child", "parent", "sibling", "legal_heir", "union_staff", "colleague"]

Opener = Literal["member", "feed", "counter"]


class Stays(Part):
    """Several hospital stays in one application, each with these fields (row B.05)."""

    max: Annotated[int, Field(ge=1, le=50)] = 10
    fields: Annotated[tuple[FormField, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _coherent(self) -> "Stays":
        check_fields(self.fields)
        return self


class OnBehalf(Part):
    """Applying for another person 代人申请 (row B.02): who may, and who is paid.

    `deceased`: the condition of the form that says that the person has died. Then nobody applies for themselves, and
    the payee is a legal heir who has to be named; otherwise the payee is the person. Without it the applicant says.
    """

    relations: Annotated[tuple[Relation, ...], Field(min_length=1)]
    consent: LocalText
    payees: Annotated[tuple[Literal["insured", "legal_heir"], ...], Field(min_length=1)] = ("insured",)
    deceased: When | None = None

    @model_validator(mode="after")
    def _heir_is_paid(self) -> "OnBehalf":
        if self.deceased and "legal_heir" not in self.payees:
            raise broken("写了 deceased 时 payees 要有 legal_heir", "with deceased, payees need legal_heir")
        return self


class StraightThrough(Part):
    """Deciding the plain cases by rule (N.03): only up to `max_amount` yuan and with every document check passed.

    `opened_by`: only claims that came this way; the others always go to people.
    `sample_share` of them is looked at by a person afterwards (P.06).
    """

    enabled: bool
    max_amount: Money | None = None
    opened_by: Annotated[tuple[Opener, ...], Field(min_length=1)] = ("member", "feed", "counter")
    sample_share: Rate | None = None

    @model_validator(mode="after")
    def _limited(self) -> "StraightThrough":
        if self.enabled and self.max_amount is None:
            raise broken("自动审核必须写 max_amount", "straight-through decisions need a max_amount")
        return self


class ClaimKind(Part):
    """A kind of application.

    `cover`: "product" – one of `products` must be in force on the day of the event; "membership" – being a member is
    enough, and `fund` pays. `opened_by`: the member in the app, the settlement feed, staff at the counter.
    A claim from the feed brings its own evidence: `documents` are asked of members and at the counter only.
    `invited`: the union's message opens it in state to-upload 待上传 (row C.10).
    `submit_within_days` of the event; `decide_within_days` of the hand-in, from the feed of the discharge (row C.09);
    `once_per`: a person may have one such application per year or at all (row E.07).
    `shares_stays_with`: kinds whose applications may rest on the same stay of the same person, with its receipts and
    pictures, once in each (row B.01); both name each other. With every other kind a stay and a receipt are used once.
    """

    code: Code
    title: LocalText
    event: EventKind
    cover: Literal["product", "membership"] = "product"
    products: tuple[Code, ...] = ()
    fund: Code | None = None
    benefits: Annotated[tuple[Code, ...], Field(min_length=1)]
    opened_by: Annotated[tuple[Opener, ...], Field(min_length=1)]
    invited: bool = False
    on_behalf: OnBehalf | None = None
    form: Form
    stays: Stays | None = None
    documents: tuple[DocumentRule, ...] = ()
    straight_through: StraightThrough
    chain: Code
    submit_within_days: Days | None = None
    decide_within_days: Days | None = None
    appeal_days: Days = 60
    once_per: Literal["year", "person"] | None = None
    shares_stays_with: tuple[Code, ...] = ()

    @model_validator(mode="after")
    def _coherent(self) -> "ClaimKind":
        if self.cover == "product" and (not self.products or self.fund):
            raise broken(
                "按项目保障的必须写 products 且不写 fund", "cover by product needs products and no fund"
            )
        if self.cover == "membership" and (self.products or not self.fund):
            raise broken(
                "按会籍保障的必须写 fund 且不写 products", "cover by membership needs a fund and no products"
            )
        if self.stays is None and any(document.per == "stay" for document in self.documents):
            raise broken(
                "没有 stays 的申请不能按每次住院要求材料", "documents per stay need the section stays"
            )
        return self

    @model_validator(mode="after")
    def _applied_for_others(self) -> "ClaimKind":
        fields = [field.code for field in self.all_fields if field.applicant]
        named = fields + [document.code for document in self.documents if document.applicant]
        if named and self.on_behalf is None:
            raise broken(
                f"{named[0]} 写了 applicant，但此类申请没有 on_behalf",
                f"{named[0]} names an applicant, but nobody applies for another here (on_behalf)",
            )
        return self

    @model_validator(mode="after")
    def _conditions_known(self) -> "ClaimKind":
        by_code = {field.code: field for field in self.all_fields}
        if len(by_code) != len(self.all_fields):
            raise broken("form 与 stays 有重复的字段 code", "form and stays share a field code")
        for document in self.documents:
            if document.when:
                check_when(document.when, by_code)
            if document.instead_text and self.text_instead_of(document) is None:
                raise broken(
                    f"材料 {document.code} 可用文字代替，但没有对应的文字字段（text_field）",
                    f"a text may replace the document {document.code}, but the form has no field for it (text_field)",
                )
        if self.on_behalf and self.on_behalf.deceased:
            check_when(self.on_behalf.deceased, by_code)
        return self

    def text_instead_of(self, document: DocumentRule) -> FormField | None:
        """Return the field whose text may stand in a document's place, None if none may."""
        texts = [field for field in self.form.fields if field.type in {"text", "long_text"}]
        if not document.instead_text:
            return None
        if document.text_field is not None:
            return next((field for field in texts if field.code == document.text_field), None)
        return next((field for field in texts if field.type == "long_text"), None)

    @property
    def all_fields(self) -> tuple[FormField, ...]:
        """The fields of the form and those of a stay."""
        return self.form.fields + (self.stays.fields if self.stays else ())

    @property
    def collects(self) -> frozenset[str]:
        """Names of the benefit inputs that the form fills."""
        return frozenset(field.input for field in self.all_fields if field.input)
