"""How services say that what they held of an erased person is gone: an erasure is done when all have."""

from typing import ClassVar
from uuid import UUID

from ..events.contract import Event


class _PersonErasureDone(Event):
    request_id: UUID
    person_id: UUID
    rows: int
    """Rows that were blanked or removed."""
    documents: tuple[UUID, ...] = ()
    """Documents about the person, whoever handed them in: ocr erases them, but those that are another person's own"""

    @property
    def key(self) -> str:
        """Person."""
        return str(self.person_id)


class EnrollmentErasureDone(_PersonErasureDone):
    """enrollment has blanked what it held of the person; policies and amounts stay, they name nobody."""

    wire: ClassVar[str] = "enrollment.person_erasure_done.v1"


class ClaimsErasureDone(_PersonErasureDone):
    """claims has blanked what it held of the person; claims' numbers, decisions and the ledger stay."""

    wire: ClassVar[str] = "claims.person_erasure_done.v1"


class NotifyErasureDone(_PersonErasureDone):
    """notify has removed the person's messages and blanked the copy."""

    wire: ClassVar[str] = "notify.person_erasure_done.v1"


class OcrErasureDone(_PersonErasureDone):
    """ocr has destroyed the key of the person's documents."""

    wire: ClassVar[str] = "ocr.person_erasure_done.v1"


class ActivitiesErasureDone(_PersonErasureDone):
    """activities has blanked its copy of the person; counts and what was given stay, they name nobody."""

    wire: ClassVar[str] = "activities.person_erasure_done.v1"


ERASURE_DONE: dict[str, type[_PersonErasureDone]] = {
    kind.topic(): kind
    for kind in (
        EnrollmentErasureDone,
        ClaimsErasureDone,
        NotifyErasureDone,
        OcrErasureDone,
        ActivitiesErasureDone,
    )
}
"""By service."""
