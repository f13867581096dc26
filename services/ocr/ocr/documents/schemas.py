"""Requests and responses of documents."""

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, Field

from common.text import Text

from .models import ERASED, Document


class DocumentCreated(BaseModel):
    """A document is stored. `receipt` proves it to the other services: hand it in with a claim, payment, profile."""

    document_id: UUID
    state: str
    media_type: str
    size: int
    sha256: str
    receipt: str


class BoxRead(BaseModel):
    """A place on an upright page (pages count from 0); edges are shares (0 to 1) of the page."""

    page: int
    left: float
    top: float
    right: float
    bottom: float
    polygon: list[tuple[float, float]] = Field(
        [], description="corners round the text, clockwise from top left"
    )


class FieldRead(BaseModel):
    """A value that was read 识别字段. `verified`: an independent check confirms it."""

    value: str
    confidence: float
    source: str
    verified: bool
    box: BoxRead | None = None


class CheckRead(BaseModel):
    """A cross-check 校验 and its outcome."""

    code: str
    passed: bool
    detail: str = ""


class ProblemRead(BaseModel):
    """Why a document could not be read, and what to do."""

    code: str
    message: str

    @classmethod
    def of(cls, problem: dict[str, Any]) -> "ProblemRead":
        """In the language of the request."""
        return cls(code=problem["code"], message=Text(problem["zh"], problem["en"]).in_language())


class DocumentSummary(BaseModel):
    """A document in a list."""

    document_id: UUID
    state: str = Field(description="stored, recognizing, recognized, unreadable or erased")
    type: str | None
    filename: str | None
    media_type: str
    size: int
    sha256: str
    created_at: datetime
    recognized_at: datetime | None
    problem: ProblemRead | None
    thumbnail: bool = Field(description="whether /thumbnail has a small picture")
    pages: int = Field(description="how many pictures /pages/{page} has; they are upright as the boxes count")

    @classmethod
    def of(cls, document: Document, filename: str | None, **more: Any) -> "DocumentSummary":
        """Read it from its row and its opened name."""
        return cls(
            document_id=document.id,
            state=document.state,
            type=document.document_type if document.state != ERASED else None,
            filename=filename,
            media_type=document.media_type,
            size=document.size,
            sha256=document.sha256,
            created_at=document.created_at,
            recognized_at=document.recognized_at,
            problem=ProblemRead.of(document.problem) if document.problem else None,
            thumbnail=document.thumbnail,
            pages=document.pages,
            **more,
        )


class DocumentRead(DocumentSummary):
    """A document and what was read on it, nothing masked: it is the owner's own, or evidence that staff decide on."""

    fields: dict[str, FieldRead] = {}
    checks: list[CheckRead] = []
    ahead: int | None = Field(None, description="how many of the tenant's documents are read before this one")


class DocumentState(BaseModel):
    """Where a document is 识别进度, as the stream of its states says it."""

    document_id: UUID
    state: str
    type: str | None
    ahead: int | None = None
