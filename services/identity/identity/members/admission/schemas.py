"""Requests and answers about admission."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from common.identifiers import DocumentKind
from common.opinions import Reason

from ..schemas import MemberRead, MemberSearch


class PaperPut(BaseModel):
    """A paper of postponed retirement: its code in the pack and the receipt that its upload gave."""

    model_config = ConfigDict(extra="forbid")

    code: str = Field(max_length=40)
    receipt: str = Field(max_length=2000)


class AdmissionCreate(BaseModel):
    """Admit one person. "Save and create the next" and "save and leave" are this same call."""

    model_config = ConfigDict(extra="forbid")

    unit_id: UUID | None = None
    """For staff; a handler admits into their own unit."""
    document_kind: DocumentKind = "resident_id"
    document_number: str = Field(max_length=60)
    name: str = Field(max_length=200)
    mobile: str | None = Field(None, max_length=40)
    sex: Literal["female", "male"] | None = None
    born_on: date | None = None
    papers: list[PaperPut] = Field(default_factory=list, max_length=10)


class AdmissionPut(BaseModel):
    """Correct a new or returned person; what is left out stays as it was, for it is shown masked only."""

    model_config = ConfigDict(extra="forbid")

    document_kind: DocumentKind | None = None
    document_number: str | None = Field(None, max_length=60)
    name: str | None = Field(None, max_length=200)
    mobile: str | None = Field(None, max_length=40)
    """An empty one is taken away."""
    sex: Literal["female", "male"] | None = None
    born_on: date | None = None
    papers: list[PaperPut] = Field(default_factory=list, max_length=10)
    """New papers take the place of the old ones; none: the old ones stay."""


class AdmissionsChosen(BaseModel):
    """People of a page whose values are to be seen as they were entered."""

    model_config = ConfigDict(extra="forbid")

    ids: list[UUID] = Field(min_length=1, max_length=100)


class AdmissionEntered(BaseModel):
    """A person's values by field of the form, whole."""

    id: UUID
    values: dict[str, str]


class AdmissionsEntered(BaseModel):
    """What the caller entered of several people; those whom others entered are left out."""

    items: list[AdmissionEntered]


class AdmissionSearch(MemberSearch):
    """Look for persons on their way into the register; without a value, all the caller may see."""

    over_age: Literal["requested", "consented", "refused"] | None = None
    batch_id: UUID | None = None
    """The bulk upload that brought them."""


class SearchRead(BaseModel):
    """The search as it was shown; name it to report, confirm, return or delete exactly these people."""

    id: UUID
    total: int
    created_at: datetime


class AdmissionPage(BaseModel):
    """One page; `search` stands on the first."""

    items: list[MemberRead]
    next_cursor: str | None = None
    search: SearchRead | None = None


class SearchNamed(BaseModel):
    """The search whose result is meant."""

    model_config = ConfigDict(extra="forbid")

    search_id: UUID


class SearchReturned(SearchNamed):
    """Give the people of a search back."""

    reason: Reason


class SearchDeleted(SearchNamed):
    """Delete the people of a search; `words` are the four characters 全部删除."""

    words: str = Field(max_length=20)


class ReportRead(BaseModel):
    """How far a report is; where the system confirms, `confirmed` reaches `total` within seconds."""

    id: UUID
    total: int
    confirmed: int
    state: Literal["confirming", "waiting", "done"]
    """confirming by the system, waiting for a person, done"""


class CountRead(BaseModel):
    """How many people it concerned."""

    people: int


class OverAgeDecision(BaseModel):
    """Whether the agency consents, and why."""

    model_config = ConfigDict(extra="forbid")

    consents: bool
    opinion: Reason


class PaperRead(BaseModel):
    """A paper of postponed retirement; the file is asked of ocr."""

    code: str
    document_id: UUID
    media_type: str
