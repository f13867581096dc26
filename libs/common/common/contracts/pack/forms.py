"""Forms as data: fields, conditions and the documents that belong to them (rows A.03, A.06, B.05, B.07)."""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field, model_validator

from .base import Code, LocalText, Part, Variable, broken

FieldType = Literal[
    "text", "long_text", "integer", "money", "date", "choice", "yes_no", "id_number", "mobile", "bank_card", "hospital",
    "credit_code",
]  # fmt: skip
DocumentType = Literal[
    "e_receipt", "outpatient_receipt", "printed_receipt", "vat_invoice", "settlement", "discharge_record",
    "id_card", "bank_card", "social_security_card", "diagnosis", "pathology", "other",
]  # fmt: skip


IDENTITY: frozenset[str] = frozenset({"id_card", "bank_card", "social_security_card"})
"""Cards that say who somebody is: brought with every application, and one like the other."""


class Option(Part):
    """One of the answers of a choice."""

    code: Code
    title: LocalText


class When(Part):
    """A condition: the field `field` has one of the values `is_one_of`."""

    field: Variable
    is_one_of: Annotated[tuple[Code, ...], Field(min_length=1)]


Applicant = Literal["self", "other"]


class FormField(Part):
    """A field. `input`: the benefit input that it fills; `options_from`: "illnesses" or the code of a benefit.

    `from_register`: filled from the person's own data and not typed. `set_to`: filled by the platform when the form
    is handed in. `names_days`: the text has to name so many days (a date of birth and a day of death are two).
    `must_be`: the only answer that is accepted, e.g. "yes" to a health declaration.
    `applicant`: asked only of who applies for themselves ("self"), or only for another ("other", at the counter too).
    """

    code: Variable
    title: LocalText
    type: FieldType
    required: bool = True
    input: Variable | None = None
    options: tuple[Option, ...] = ()
    options_from: Code | None = None
    when: When | None = None
    applicant: Applicant | None = None
    help: LocalText | None = None
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    max_length: Annotated[int, Field(ge=1, le=5000)] | None = None
    must_be: Code | None = None
    from_register: Literal["name", "id_number", "mobile", "bank_card", "staff_number", "unit"] | None = None
    set_to: Literal["today"] | None = None
    names_days: Annotated[int, Field(ge=1, le=5)] | None = None

    @model_validator(mode="after")
    def _coherent(self) -> "FormField":
        if (self.type == "choice") != bool(self.options or self.options_from):
            raise broken(
                "choice 字段要有 options 或 options_from，其他字段不能有",
                "a choice needs options or options_from, and no other field may have them",
            )
        answers = {"yes", "no"} if self.type == "yes_no" else {option.code for option in self.options}
        if self.must_be and self.must_be not in answers:
            raise broken(
                "must_be 必须是该字段的一个选项（yes_no 字段为 yes 或 no）",
                "must_be is one of the field's answers (yes or no for a yes_no field)",
            )
        if self.minimum is not None and self.maximum is not None and self.minimum > self.maximum:
            raise broken("minimum 大于 maximum", "minimum is greater than maximum")
        if self.set_to and (self.type != "date" or self.from_register):
            raise broken("set_to 只用于 date 字段", "only a date of the form itself can be set_to a day")
        if self.names_days and self.type not in {"text", "long_text"}:
            raise broken("names_days 只用于文字字段", "names_days belongs to a field of text")
        return self


class Form(Part):
    """The fields of an application in their order."""

    fields: Annotated[tuple[FormField, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _coherent(self) -> "Form":
        check_fields(self.fields)
        return self

    def field(self, code: str) -> FormField | None:
        """Return the field with this code, or None."""
        return next((field for field in self.fields if field.code == code), None)


class DocumentRule(Part):
    """A required or possible document of an application.

    `types`: what is accepted as it. `recognised`: read by the ocr service to fill and check the form.
    `per`: once per claim or once per stay. `when`: only under this condition; a paper that not every illness has
    names the illnesses. `applicant`: as of a field. `instead_text`: a short text may stand in its place (A.03), such as
    why there is none, in the field `text_field` (left out: the first long text of the form); a person then decides.
    `group`: one document of the group is enough. `sample`: an article that shows a specimen.
    `compared`: its picture is compared with those of other applications (N.04); not for a printed form or another
    paper of which everybody's looks alike. Cards that say who somebody is are never compared.
    """

    code: Code
    title: LocalText
    types: Annotated[tuple[DocumentType, ...], Field(min_length=1)]
    required: bool = True
    recognised: bool = False
    per: Literal["claim", "stay"] = "claim"
    when: When | None = None
    applicant: Applicant | None = None
    instead_text: bool = False
    text_field: Variable | None = None
    group: Code | None = None
    max_files: Annotated[int, Field(ge=1, le=50)] = 5
    sample: Code | None = None
    compared: bool = True

    @property
    def proves(self) -> bool:
        """Whether it proves a cost or an event, so that the same picture in two applications means something."""
        return self.compared and not IDENTITY.issuperset(self.types)


def check_fields(fields: tuple[FormField, ...]) -> None:
    """Refuse two fields of one code, and a condition on a field or an option that the form does not have."""
    by_code = {field.code: field for field in fields}
    if len(by_code) != len(fields):
        raise broken("表单有重复的字段 code", "two fields of the form have one code")
    for field in fields:
        if field.when:
            check_when(field.when, by_code)


def check_when(when: When, by_code: dict[str, FormField]) -> None:
    """Refuse a condition on a field or an option that is not there."""
    field = by_code.get(when.field)
    if field is None:
        raise broken(
            f"条件中的字段 {when.field} 不存在", f"the condition names no field of the form: {when.field}"
        )
    unknown = sorted(set(when.is_one_of) - {option.code for option in field.options}) if field.options else []
    if unknown:
        names = ", ".join(unknown)
        raise broken(f"条件中的选项 {names} 不存在", f"the condition names no option of the field: {names}")
