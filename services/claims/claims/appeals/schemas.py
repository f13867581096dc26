"""Requests and answers of appeals and complaints."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from common.opinions import Reason

from ..intake.schemas import DocumentWrite

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=5, max_length=2000)]


class AppealWrite(BaseModel):
    """An appeal 申诉 against the refusal of a claim, or a complaint 投诉 about how it was handled."""

    model_config = ConfigDict(extra="forbid")

    kind: Literal["appeal", "complaint"]
    words: Words
    documents: list[DocumentWrite | str] = Field(default_factory=list, max_length=9)
    """New papers, as receipts of the ocr service; a claim that is looked at again counts them."""


class AppealAnswer(BaseModel):
    """The answer. An appeal is granted (the claim is looked at again) or dismissed; a complaint is answered."""

    model_config = ConfigDict(extra="forbid")

    decision: Literal["granted", "dismissed", "answered"]
    answer: Reason


class AppealStepRead(BaseModel):
    """What was said at a node before; staff alone read it."""

    node: str
    node_title: str
    decision: str
    answer: str
    handler: str
    answered_at: datetime


class AppealPaperRead(BaseModel):
    """A paper that an appeal or complaint brought: what it is and when it came."""

    document_id: UUID
    title: str
    added_at: datetime


class AppealRead(BaseModel):
    """An appeal or complaint; `overdue`: the day of the answer has passed."""

    id: UUID
    claim_id: UUID
    claim_number: str | None
    claim_kind: str
    title: str
    kind: str
    status: str
    words: str
    node: str
    node_title: str
    due_on: date
    overdue: bool
    documents: list[UUID]
    """The papers that it brought; they are shown by the claim's links."""
    papers: list[AppealPaperRead] = []
    """The same papers with their titles and times."""
    may_answer: bool = False
    """Whether the caller may answer it now."""
    why_not: str | None = None
    """To staff who may not answer an open one: why, in words."""
    nobody: str | None = None
    """To staff: that nobody whom the union employs may answer an open one, and what to do about it."""
    answer: str | None
    handler: str
    """To staff the sign-in name, to members `handler_title`."""
    handler_title: str
    """Role and masked name of who answered."""
    earlier: list[AppealStepRead] = []
    """The answers of the nodes before, oldest first; empty for members, whom the last node answers."""
    answered_at: datetime | None
    created_at: datetime
    version: int
