"""What ocr says: documents handed in and what was read on them."""

from typing import Any, ClassVar
from uuid import UUID

from ..events.contract import Event, Sealed


class DocumentStored(Event):
    """A document was handed in and is safely stored."""

    wire: ClassVar[str] = "ocr.document_stored.v1"
    document_id: UUID
    owner_id: UUID
    """Account that uploaded it."""
    person_id: UUID | None = None
    media_type: str
    size: int
    sha256: str
    phash: str | None = None
    """Perceptual hash of a picture: 64 bits as 16 hexadecimal digits; near pictures differ in few bits."""

    @property
    def key(self) -> str:
        """Document."""
        return str(self.document_id)


class DocumentRecognized(Event):
    """Recognition of a document has ended: what type it is and what was read, as sealed JSON.

    `recognition` opens to {"fields": {name: {"value", "confidence", "source", "verified"}}, "checks": […]}.
    """

    wire: ClassVar[str] = "ocr.document_recognized.v1"
    document_id: UUID
    owner_id: UUID
    person_id: UUID | None = None
    outcome: str
    """recognized | unreadable"""
    document_type: str
    sha256: str
    recognition: Sealed
    problem: dict[str, Any] | None = None
    phash: str | None = None

    @property
    def key(self) -> str:
        """Document."""
        return str(self.document_id)
