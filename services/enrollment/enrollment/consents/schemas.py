"""Requests and responses of consents."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from common.opinions import Opinion, Reason

from ..payments.schemas import Receipt

Code = Annotated[str, StringConstraints(max_length=40)]


class ConsentPaper(BaseModel):
    """A paper: which of the product's documents it is, and the receipt ocr gave for it."""

    model_config = ConfigDict(extra="forbid")

    code: Code
    receipt: Receipt


class ConsentAsk(BaseModel):
    """Papers of postponed retirement, with a note if there is one."""

    model_config = ConfigDict(extra="forbid")

    papers: Annotated[list[ConsentPaper], Field(max_length=10)]
    note: Annotated[str, StringConstraints(max_length=500)] | None = None


class ConsentGrant(BaseModel):
    """An opinion, if there is one."""

    model_config = ConfigDict(extra="forbid")

    opinion: Opinion | None = None


class ConsentRefuse(BaseModel):
    """Why the person is not covered."""

    model_config = ConfigDict(extra="forbid")

    reason: Reason


class ConsentPaperRead(BaseModel):
    """A paper with a short-lived link, for whoever has to look."""

    code: str
    document_id: UUID
    url: str | None = None


class ConsentRead(BaseModel):
    """A consent: who is meant (masked), where it stands, the papers."""

    id: UUID
    order_id: UUID
    order_number: str
    person_id: UUID
    name: str
    document_number: str
    state: str
    note: str | None
    reason: str | None
    papers: list[ConsentPaperRead]
    created_at: datetime
    decided_at: datetime | None
