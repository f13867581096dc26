"""A document: what was handed in, whose it is, and what was read on it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger
from sqlalchemy.orm import Mapped, mapped_column

from common.clock import now
from common.db import Base, VersionedRow
from common.errors import Conflict

STORED, RECOGNIZING, RECOGNIZED, UNREADABLE, ERASED = (
    "stored",
    "recognizing",
    "recognized",
    "unreadable",
    "erased",
)


class Document(VersionedRow, Base):
    """A document 材料. Its content stands encrypted in the object store under the key of `key_id`."""

    __tablename__ = "document"
    owner_id: Mapped[UUID]
    """Account that handed it in."""
    person_id: Mapped[UUID | None]
    unit_id: Mapped[UUID | None]
    key_id: Mapped[UUID]
    """Whose key encrypts it: the person's; what a handler or staff handed in has its own (older: unit's, account's)."""
    object_name: Mapped[str]
    filename: Mapped[str | None]
    """The name the sender gave, sealed (it may hold a person's name), context "ocr.filename"."""
    media_type: Mapped[str]
    size: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str]
    """Of the content as it was handed in, hexadecimal."""
    state: Mapped[str] = mapped_column(default=STORED)
    document_type: Mapped[str | None]
    recognition: Mapped[str | None]
    """Sealed JSON {"fields", "checks"}, context "ocr.recognition"."""
    problem: Mapped[dict[str, Any] | None]
    """Why it could not be read: {"code", "zh", "en"}."""
    recognized_at: Mapped[datetime | None]
    phash: Mapped[str | None]
    """Fingerprint of the picture (the first page, upright once it was read), 16 hexadecimal digits."""
    thumbnail: Mapped[bool] = mapped_column(default=False)
    """Whether a small picture lies in the store."""
    pages: Mapped[int] = mapped_column(default=0)
    """Pictures of pages, upright as they were read, that lie in the store."""

    def begin_recognition(self) -> None:
        """Somebody reads it now; also again, after a recogniser that did not come to an end."""
        self._check(STORED, RECOGNIZING)
        self.state = RECOGNIZING
        self.touch()

    def recognize(self, document_type: str, recognition: str) -> None:
        """It was read; `recognition` is sealed."""
        self._end(RECOGNIZED, document_type)
        self.recognition = recognition

    def give_up(self, problem: dict[str, Any], recognition: str) -> None:
        """It cannot be read, for a reason that its owner is told."""
        self._end(UNREADABLE, "other")
        self.problem, self.recognition = problem, recognition

    def show(self, *, pages: int, phash: str | None, thumbnail: bool) -> None:
        """Pictures of its pages were made; they lie in the store already."""
        self.pages, self.thumbnail = pages, self.thumbnail or thumbnail
        self.phash = phash or self.phash

    def erase(self) -> None:
        """Forget everything that was said in it; doing it again changes nothing."""
        if self.state != ERASED:
            self.state, self.filename, self.recognition, self.problem = ERASED, None, None, None
            self.phash, self.thumbnail, self.pages = None, False, 0
            self.touch()

    def _end(self, state: str, document_type: str) -> None:
        self._check(RECOGNIZING)
        self.state, self.document_type, self.recognized_at = state, document_type, now()
        self.touch()

    def _check(self, *states: str) -> None:
        if self.state not in states:
            raise Conflict
