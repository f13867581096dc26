"""How the kinds of application are told to clients."""

from decimal import Decimal
from typing import Literal

from pydantic import BaseModel


class Condition(BaseModel):
    """Shown and asked for only where the field has one of the values."""

    field: str
    is_one_of: list[str]


class KindField(BaseModel):
    """A field of the form, as a screen draws it."""

    code: str
    title: str
    type: str
    input: str | None = None
    """What the rules read in it: admission_date, discharge_date, event_date, total_cost …"""
    required: bool
    per_stay: bool
    from_register: bool
    options: dict[str, str]
    help: str | None
    when: Condition | None = None
    applicant: Literal["self", "other"] | None = None
    """Asked only of who applies for themselves, or only for another."""
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    max_length: int | None = None
    set_by_platform: bool = False
    from_papers: bool = False
    """What is read on the papers may fill it, so that it need not be typed where there are some."""


class KindDocument(BaseModel):
    """A document that the kind asks for."""

    code: str
    title: str
    types: list[str]
    required: bool
    per_stay: bool
    max_files: int
    sample: str | None
    group: str | None = None
    when: Condition | None = None
    applicant: Literal["self", "other"] | None = None
    """Asked only of who applies for themselves, or only for another."""
    instead: str | None = None
    """The field whose text may stand in the document's place."""


class KindBehalf(BaseModel):
    """How a kind is applied for on behalf of another: relations by code, the statement of consent, who is paid."""

    relations: dict[str, str]
    consent: str
    payees: list[str]
    heir_relations: dict[str, str] = {}
    """How an heir who is paid is related to the person, by code; none where no heir is paid."""
    deceased: Condition | None


class KindRead(BaseModel):
    """A kind of application that the caller may open."""

    code: str
    title: str
    event: str
    products: list[str]
    sexes: list[str]
    """female | male: whom the programmes are for, by their rules of who may join."""
    max_stays: int
    on_behalf: KindBehalf | None
    once_per: str | None
    submit_within_days: int | None
    nodes: list[str]
    fields: list[KindField]
    documents: list[KindDocument]
