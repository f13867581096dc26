"""Requests and responses of the people on an order."""

from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Line = Annotated[str, StringConstraints(max_length=200)]


class ReasonRead(BaseModel):
    """Why a person cannot be covered: what is wrong, where, and what to do."""

    code: str
    field: str
    message: str
    advice: str
    action: str
    """Next step: correct | remove | transfer | admission | change_of_data | finish_order | look_up_cover | renew |
    ask_consent | decide_claim | wait"""
    action_text: str


class PersonRead(BaseModel):
    """A person on an order; personal values are masked."""

    id: UUID
    row: int | None
    """Row of the uploaded sheet, None for a person entered by form."""
    name: str
    document_number: str
    mobile: str
    bank_card: str
    bank_name: str | None
    note: str
    shares: int
    insurable: bool
    reasons: list[ReasonRead]
    outcome: str | None
    action: str = "add"
    """add | remove: in an amendment"""
    contribution: str | None = None
    notice: str | None = None
    """Told of people of a draft: who else has the same card, where a refused person is insurable by now; when the
    person is added also on which other draft of the unit they stand, too"""


class PersonCreate(BaseModel):
    """One person by form 添加人员; the same rules as for a roster's row."""

    model_config = ConfigDict(extra="forbid")

    name: Line = ""
    document_number: Line = ""
    bank_card: Line = ""
    bank_name: Line = ""
    mobile: Line = ""
    note: Line = ""
    shares: Annotated[int, Field(ge=1, le=100)] = 1
    sex: Line = ""
    member_number: Line = ""
    staff_number: Line = ""
    department: Line = ""


class PersonEdit(BaseModel):
    """Values of a person to correct in place; what is left out stays as it is."""

    model_config = ConfigDict(extra="forbid")

    name: Line | None = None
    document_number: Line | None = None
    bank_card: Line | None = None
    bank_name: Line | None = None
    mobile: Line | None = None
    note: Line | None = None
    shares: Annotated[int, Field(ge=1, le=100)] | None = None
    sex: Line | None = None
    member_number: Line | None = None


class PersonLookUp(BaseModel):
    """Whom to look up before adding: a member number or an ID number."""

    model_config = ConfigDict(extra="forbid")

    document_number: Line = ""
    member_number: Line = ""


class PersonFound(BaseModel):
    """What the register has of a person, masked, and what speaks against covering them by this order."""

    known: bool
    name: str
    document_number: str
    mobile: str
    member_number: str | None
    insurable: bool
    reasons: list[ReasonRead]
    notice: str | None = None
    """On which other draft of the unit the person stands, too"""


class PeopleSearch(BaseModel):
    """A search among an order's people; in a body, because numbers and names never stand in an address."""

    model_config = ConfigDict(extra="forbid")

    insurable: bool | None = None
    name: Line | None = None
    document_number: Line | None = None
    member_number: Line | None = None


class PeopleDelete(BaseModel):
    """Whom to take off an order: those ticked, all (of one kind, if `insurable` is given), or who was mended."""

    model_config = ConfigDict(extra="forbid")

    ids: Annotated[list[UUID], Field(min_length=1, max_length=10_000)] | None = None
    all: bool = False
    insurable: bool | None = None
    mended: bool = False
    """The refused rows of people who stand among the insurable by now"""
    words: Line = ""
    """Where the union asks for it: the words to type before everybody is deleted, e.g. 全部删除"""


class PeopleChosen(BaseModel):
    """People of a page whose values are to be seen as they were entered."""

    model_config = ConfigDict(extra="forbid")

    ids: Annotated[list[UUID], Field(min_length=1, max_length=100)]


class PersonEntered(BaseModel):
    """The values of a person by field of the form, whole."""

    id: UUID
    values: dict[str, str]


class PeopleEntered(BaseModel):
    """What was entered of several people."""

    items: list[PersonEntered]


class PeopleCounts(BaseModel):
    """How many people of an order can be covered and how many cannot."""

    insurable: int
    not_insurable: int
    changed: int = 0
    """How many were taken off, or turned out not to be insurable."""


class PeopleExport(BaseModel):
    """Whom an export in the background has: of one order, all or those who can or cannot be covered."""

    order_id: UUID
    insurable: bool | None = None
